"""A browser drops frames whose names it does not listen for, and says nothing: the page's list is the API's."""

import re
from pathlib import Path

from api.schemas.frames import LIVE

PAGE = Path(__file__).resolve().parents[2] / "ui" / "src" / "shared" / "api" / "eventStream.ts"


def test_the_page_listens_for_every_frame_of_the_live_connection() -> None:
    listed = re.search(r"const EVENTS = \[(.+?)\n\];", PAGE.read_text(encoding="utf-8"), re.S)
    assert listed is not None
    assert sorted(re.findall(r'"(\w+)"', listed[1])) == sorted(LIVE)

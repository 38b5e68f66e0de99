"""The search for planted words finds them in every form that a log may give them, and is not silent about nothing."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.planted import planted_words_in

WORD = "Zephyrlantern 灯塔"


@pytest.mark.parametrize(
    "written",
    [
        WORD.encode(),
        WORD.upper().encode(),
        json.dumps({"a": WORD}).encode(),
        json.dumps(json.dumps({"a": WORD})).encode(),
        repr({"a": WORD.encode()}).encode(),
        quote(WORD).encode(),
        *(base64.b64encode(b"x" * before + WORD.encode() + b"behind it") for before in range(5)),
        *(base64.urlsafe_b64encode(b"?" * before + WORD.encode()) for before in range(3)),
    ],
)
def test_each_form_is_found_with_its_file_and_line(written: bytes, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "api.log").write_bytes(b"first\n..." + written + b"...\n")
    found = planted_words_in(tmp_path, ["Harmlessword", WORD])
    assert found
    assert all(each.startswith(f"below/api.log:2: {WORD}") for each in found)


def test_a_clean_folder_gives_nothing_and_an_empty_one_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no file"):
        planted_words_in(tmp_path, [WORD])
    (tmp_path / "api.log").write_text('{"event": "started"}\n')
    assert planted_words_in(tmp_path, [WORD]) == []


def test_a_word_that_chance_could_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "api.log").touch()
    with pytest.raises(ValueError, match="too short"):
        planted_words_in(tmp_path, ["sea"])

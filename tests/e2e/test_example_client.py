"""The client in docs/ makes the whole journey over plain HTTP and SSE, in both modes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.studio import Studio

CLIENT = Path(__file__).parents[2] / "docs" / "example_client.py"


@pytest.mark.parametrize("mode", ["guided", "free_form"])
def test_the_example_client_goes_all_the_way(studio: Studio, mode: str) -> None:
    done = subprocess.run(
        [sys.executable, str(CLIENT), studio.base_url, studio.token(), mode],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"{studio.base_url}/novels/" in done.stdout
    assert len(CLIENT.read_text().splitlines()) < 80

"""When a real part cannot be had: a visible skip for a newcomer, a failure where all parts are required (CI)."""

import os
from typing import NoReturn

import pytest

REQUIRED = os.environ.get("GENESIS_TEST_REQUIRE") == "1"


def unavailable(part: str, reason: str) -> NoReturn:
    """Say that `part` cannot be had here, and why."""
    sentence = f"{part} cannot be had here: {reason}"
    if REQUIRED:
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)

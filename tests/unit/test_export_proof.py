"""verify.py of exports: forty lines, the standard library, and payloads spelt as their commitments are."""

import re
from pathlib import Path
from typing import Any

import pytest

from infrastructure.event_store.codec import canonical
from infrastructure.exports import verify


@pytest.mark.parametrize(
    "payload",
    [
        {"n": 0.00001, "m": 1e22, "z": -0.0, "big": 2**70, "f": 1.5, "i": 7},
        {"text": '\u0001 "quoted" \ufdd0 and 暗 \\ / \t', "é": {"b": [1, None, True], "a": {}}},
    ],
    ids=["numbers", "texts"],
)
def test_verify_spells_payloads_as_commitments_do(payload: dict[str, Any]) -> None:
    text = canonical(payload).decode()
    assert verify.spelt(text) == verify.spelt(verify.read(text)) == text.encode()


def test_verify_has_forty_lines_and_needs_nothing() -> None:
    text = Path(verify.__file__).read_text()
    assert len(text.splitlines()) <= 40
    assert set(re.findall(r"^(?:import|from) (.+?)(?: import.*)?$", text, re.M)) == {
        "csv, datetime, hashlib, hmac, json, sys, typing",
        "pathlib",
    }

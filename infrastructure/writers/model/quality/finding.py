"""A finding: what is wrong with one place of an answer, in the model's words and in the writer's."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from application.notes import Note

Severity = Literal["ask", "note"]
"""`ask`: worth asking the model once again; `note`: worth telling the writer, not worth a second request."""

_KIND = "finding"

DATA = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` is a JSON pointer within the content number `proposal`; `reason` English, `sentence` the session's."""

    code: str
    proposal: int
    path: str
    reason: str
    sentence: str
    severity: Severity = "ask"


@lru_cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((DATA / "findings.toml").read_text(encoding="utf-8"))


def finding(
    code: str, proposal: int, path: str, language: str, *, severity: Severity = "ask", **values: object
) -> Finding:
    """A finding in words; `values` fill the places of its sentences. Other languages than Chinese read English."""
    told = _words()[code]
    own = told["zh" if language.lower().split("-")[0] == "zh" else "en"]
    given = {"path": path or "/", **values}
    quoted = {name: str(value).replace("<", "‹") for name, value in given.items()}  # no mark of the prompt's
    sentence = Note(own.format(**given), f"{_KIND}.{code}", **given)
    return Finding(code, proposal, path, told["reason"].format(**quoted), sentence, severity)


def catalog() -> dict[str, dict[str, str]]:
    """Every sentence that a finding may have for the writer, by the code of its note and by language."""
    return {f"{_KIND}.{code}": {"en": told["en"], "zh": told["zh"]} for code, told in _words().items()}


def fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(JSON pointer, text) of every string in a content, in order."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from fields(item, f"{path}/{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from fields(item, f"{path}/{index}")


def short(text: str, length: int = 60) -> str:
    """The beginning of a text, to quote it."""
    return text if len(text) <= length else text[:length].rstrip() + "…"

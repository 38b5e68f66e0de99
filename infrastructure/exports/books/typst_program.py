"""Asks Typst for a file until nothing in it lacks a glyph: what no font has is shown as U+FFFD, and told."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infrastructure.exports.books.programs import TEMPLATES, Programs, RenderFailed, font_folders

INSTEAD = "\N{REPLACEMENT CHARACTER}"
"""What is shown for a character that no font has."""
_ROUNDS = 4


def typst_template(*names: str) -> str:
    """Parts of our own, one after another: Typst may read no file of ours."""
    return "\n".join((TEMPLATES / f"{name}.typ").read_text(encoding="utf-8") for name in names)


@dataclass(frozen=True, slots=True)
class Typeset:
    """A file, what it shows as INSTEAD, and the number of pages of one that is printed (else 0)."""

    data: bytes
    missing: tuple[str, ...]
    pages: int


def ask_typst(request: dict[str, Any], data: Any, programs: Programs) -> Typeset:
    """What `request` (see typst_process.py) makes of `data`. Raises RenderFailed."""
    fonts = [str(folder) for folder in (*font_folders(), *programs.fonts) if Path(folder).is_dir()]
    missing: list[str] = []
    for _ in range(_ROUNDS):  # Typst names what it met, which may not be all
        asked = request | {"fonts": fonts, "document": _without(data, missing)}
        told, _, made = programs.run_typst(json.dumps(asked).encode()).partition(b"\n")
        if made:
            return Typeset(made, tuple(missing), json.loads(told)["pages"])
        missing += [one for one in dict.fromkeys(json.loads(told)["missing"]) if one and one not in missing]
    raise RenderFailed("The fonts here lack too many of the text's characters for a PDF. Another format may do.")


def _without(data: Any, missing: Sequence[str]) -> Any:
    if not missing:
        return data
    pattern = re.compile("|".join(re.escape(one) for one in sorted(missing, key=len, reverse=True)))

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(INSTEAD, value)
        if isinstance(value, dict):
            return {key: replaced(one) for key, one in value.items()}
        return [replaced(one) for one in value] if isinstance(value, list) else value

    return replaced(data)

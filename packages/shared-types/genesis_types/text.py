"""Text as it may be kept: what PostgreSQL's jsonb can hold, and nothing that hides or turns round what is read.

Both arrive from people (pasted text) and from models. NUL and lone surrogates are refused with a field error when
people send them, and taken out of a model's text. Control characters and overrides of the writing direction are taken
out of both: nobody means them, and they make a page show something other than what is stored.
https://trojansource.codes
"""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import AfterValidator

# C0 but tab and newline, DEL and C1; embeddings, overrides and isolates of direction. Marks of single characters
# (joiners, left-to-right marks) stay: emoji, Persian and Hebrew need them.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LONE = re.compile("[\ud800-\udfff]")


def _visible(value: str) -> str:
    return _INVISIBLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def _checked(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the NUL character")
    if _LONE.search(value):
        raise ValueError("must not contain lone surrogates")
    visible = _visible(value)
    if value and not visible:
        raise ValueError("must contain something that can be read")
    return visible


CleanText = AfterValidator(_checked)
"""Annotation for str: refuses NUL and lone surrogates, with a sentence; takes out what cannot be seen."""


def clean(value: Any) -> Any:
    """The same JSON value with NUL, lone surrogates and what cannot be seen taken out of every string and key."""
    if isinstance(value, str):
        return _LONE.sub("", _visible(value))
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value


def lone_surrogates(value: Any, path: str = "") -> Iterator[str]:
    """Where they are in a JSON value, as dotted paths; one in a key is told by what holds it."""
    if isinstance(value, str) and _LONE.search(value):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if isinstance(key, str) and _LONE.search(key):
            yield path
        else:
            yield from lone_surrogates(item, f"{path}.{key}" if path else str(key))

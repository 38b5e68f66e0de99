"""Text that PostgreSQL's jsonb can hold: no NUL, no lone surrogates.

Both arrive from people (pasted text) and from models. People's text is refused with a field error;
a model's text is cleaned.
"""

from typing import Any

from pydantic import AfterValidator


def _refuse(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the NUL character")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("must not contain lone surrogates")
    return value


CleanText = AfterValidator(_refuse)
"""Annotation for str: refuses NUL and lone surrogates, with a sentence."""


def clean(value: Any) -> Any:
    """The same JSON value with NUL and lone surrogates taken out of every string and key."""
    if isinstance(value, str):
        return "".join(c for c in value if c != "\x00" and not "\ud800" <= c <= "\udfff")
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    return value

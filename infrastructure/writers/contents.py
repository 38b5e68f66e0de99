"""Looking through a content's strings, for every writer."""

from collections.abc import Iterable
from typing import Any


def texts(value: Any) -> Iterable[str]:
    """Every string in a content, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)

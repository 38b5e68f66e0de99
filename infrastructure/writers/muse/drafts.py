"""A finished content as it grows: field by field, sentence by sentence."""

from collections.abc import Iterator
from typing import Any, cast

from domain.genesis.proposals import Content
from infrastructure.writers.muse.spark import sentences

_EMPTY = object()


def units(value: Any) -> int:
    """How many steps a value takes to be written."""
    if isinstance(value, str):
        return max(1, len(sentences(value)))
    if isinstance(value, dict):
        return sum(units(item) for item in value.values())
    if isinstance(value, list):
        return sum(units(item) for item in value) or 1
    return 1


def partial(content: Content, count: int) -> Content:
    """The first `count` steps of `content`."""
    grown, _ = _grow(content, count)
    return cast(Content, grown) if grown is not _EMPTY else {}


def _grow(value: Any, left: int) -> tuple[Any, int]:
    """(what is there, steps left); _EMPTY when nothing is."""
    if left <= 0:
        return _EMPTY, 0
    if isinstance(value, str):
        parts = sentences(value)
        return (value, left - max(1, len(parts))) if left >= len(parts) else ("".join(parts[:left]).rstrip(), 0)
    if isinstance(value, dict):
        grown: dict[str, Any] = {}
        for key, item in value.items():
            inner, left = _grow(item, left)
            if inner is _EMPTY:
                break
            grown[key] = inner
        return (grown, left) if grown else (_EMPTY, 0)
    if isinstance(value, list) and value:
        items: list[Any] = []
        for item in value:
            inner, left = _grow(item, left)
            if inner is _EMPTY:
                break
            items.append(inner)
        return items, left
    return value, left - 1


def growing(contents: list[Content], steps: int) -> Iterator[tuple[tuple[Content, ...], float]]:
    """`steps` stages of all contents growing side by side, with how much is there, 0 to 1."""
    totals = [units(content) for content in contents]
    for step in range(1, steps + 1):
        share = step / steps
        yield (
            tuple(partial(content, round(total * share)) for content, total in zip(contents, totals, strict=True)),
            share,
        )

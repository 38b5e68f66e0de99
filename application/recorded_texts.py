"""Reads texts, lists and items out of what a stage has confirmed. What is not there, or of another kind, is empty."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue


def text_of(item: Mapping[str, JsonValue], name: str) -> str:
    value = item.get(name)
    return value.strip() if isinstance(value, str) else ""


def number_of(item: Mapping[str, JsonValue], name: str) -> float:
    value = item.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def lines_of(item: Mapping[str, JsonValue], name: str) -> Iterator[str]:
    value = item.get(name)
    return (one for one in (value if isinstance(value, list) else ()) if isinstance(one, str))


def items_of(content: Mapping[str, JsonValue], name: str) -> Iterator[Mapping[str, JsonValue]]:
    value = content.get(name)
    return (one for one in (value if isinstance(value, list) else ()) if isinstance(one, dict))


def said_of(item: Mapping[str, JsonValue], names: tuple[str, ...]) -> str:
    """The texts of these names, one after the other."""
    return " ".join(said for name in names if (said := text_of(item, name)))

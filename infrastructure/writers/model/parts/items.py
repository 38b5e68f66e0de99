"""Looks into contents for the parts of it: lists of items, and who or what is meant by a name. Pure."""

from collections.abc import Mapping
from typing import Any

from domain.genesis.proposals import Content

Item = dict[str, Any]
Kept = Mapping[str, Content]

_LINE = ("name", "role", "one_line_storyline")


def items_of(content: Mapping[str, Any] | None, key: str) -> list[Item]:
    found = (content or {}).get(key)
    return [dict(item) for item in found if isinstance(item, dict)] if isinstance(found, list | tuple) else []


def people_content(people: Any) -> Content:
    return {"characters": people}


def cast_list(people: list[Item]) -> Content:
    return people_content([line_of(one) for one in people])


def line_of(person: Mapping[str, Any]) -> dict[str, Any]:
    return {key: person[key] for key in ("id", *_LINE) if key in person}


def plain(name: str) -> str:
    return " ".join(name.casefold().split())


def same_person(person: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether `person` is who was asked for: by the id, or by a name that is the same or a part of it."""
    if person.get("id") == wanted["id"]:
        return True
    name, other = plain(str(person.get("name"))), plain(str(wanted["name"]))
    return bool(name) and (name in other or other in name)

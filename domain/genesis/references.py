"""Finds what stages say of each other as data: ids that point at nothing, a year, a structure, a length."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from domain.genesis.contradiction import Kind, prose
from domain.genesis.naming import PERSON, PLACE, pointer
from domain.genesis.old_names import name_parts
from domain.genesis.proposals import Content

_CONCEPT, _STORY = GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION
_CHARACTERS, _WORLD, _PLOT = GenesisStage.CHARACTERS, GenesisStage.WORLDVIEW, GenesisStage.PLOT_OUTLINE

_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_SET_IN = re.compile(
    r"\b(?:(?:set|takes place|is set) in|the year is|it is the year) (?:the year )?(?P<en>[12]\d{3})(?![\d’'s-])"
    r"|(?:故事发生在|时间是|背景是)(?P<zh>[12]\d{3})年(?!代)",
    re.IGNORECASE,
)
_LENGTHS_APART = 0.35
"""A book is planned roughly: only a third more or less is a contradiction."""


Items = Sequence[Mapping[str, Any]]


class Finding(NamedTuple):
    """`value`: what would stand at `path`; `sentence` and `proposed` show it. `names`: what is missing, or differs."""

    kind: Kind
    stage: GenesisStage
    path: str
    source: GenesisStage
    sentence: str
    proposed: str | None
    value: JsonValue
    names: tuple[tuple[str, str | None], ...] = ()


class _Links:
    """What the items of one list are referred to by: their ids, and their names for writers who refer by name."""

    def __init__(self, source: GenesisStage, items: Items, called: Mapping[str, str]) -> None:
        self._source, self._called = source, called
        self._known = {str(item.get("id")): str(item.get("name")) for item in items}
        for item in items:
            for name in (item.get("name"), *(item.get("aliases") or ())):
                for one in (str(name), *name_parts(str(name))):
                    self._known.setdefault(one, str(item.get("name")))

    def _name(self, one: str) -> str:
        return self._known.get(one) or self._called.get(one) or one

    def single(self, stage: GenesisStage, where: tuple[str, ...], item: Mapping[str, Any]) -> Iterator[Finding]:
        one = item.get(where[-1])
        if isinstance(one, str) and one and one not in self._known:
            gone = self._name(one)
            yield Finding("missing_reference", stage, pointer(*where), self._source, gone, "", None, ((gone, None),))

    def several(self, stage: GenesisStage, where: tuple[str, ...], item: Mapping[str, Any]) -> Iterator[Finding]:
        ids = [one for one in item.get(where[-1]) or () if isinstance(one, str)]
        kept = [one for one in ids if one in self._known]
        if len(kept) < len(ids):
            gone = tuple((self._name(one), None) for one in dict.fromkeys(ids) if one not in self._known)
            before, after = (", ".join(map(self._name, some)) for some in (ids, kept))
            path, value = pointer(*where), cast(JsonValue, kept)
            yield Finding("missing_reference", stage, path, self._source, before, after, value, gone)


def findings(contents: Mapping[GenesisStage, Content], called: Mapping[str, str]) -> Iterator[Finding]:
    """What disagrees as data. `called`: the last name of ids that are gone."""
    people, places = _items(contents.get(_CHARACTERS), PERSON), _items(contents.get(_WORLD), PLACE)
    of_people, of_places = _Links(_CHARACTERS, people, called), _Links(_WORLD, places, called)
    for person in people:
        for index, relation in enumerate(_items(person, "relations")):
            where = (PERSON, str(person.get("id")), "relations", str(index), "target_id")
            for found in of_people.single(_CHARACTERS, where, relation):
                # a relation says more than whom it is with: what becomes of it only the writer can tell
                yield found._replace(proposed=None)
    for place in places:
        yield from of_places.single(_WORLD, (PLACE, str(place.get("id")), "parent_id"), place)
    for index, chapter in enumerate(_items(contents.get(_PLOT), "chapters")):
        here = ("chapters", str(index))
        if people:
            yield from of_people.single(_PLOT, (*here, "pov_character_id"), chapter)
            yield from of_people.several(_PLOT, (*here, "character_ids"), chapter)
        if places:
            yield from of_places.several(_PLOT, (*here, "location_ids"), chapter)
    yield from _years(contents)
    yield from _plans(contents)


def _items(holder: Mapping[str, Any] | None, key: str) -> Items:
    listed = (holder or {}).get(key)
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list | tuple) else []


def _years(contents: Mapping[GenesisStage, Content]) -> Iterator[Finding]:
    """A year in which the story is said to be set, against the world's own, where that is one year."""
    setting = contents.get(_WORLD, {}).get("setting")
    years: set[str] = set(_YEAR.findall(str(setting.get("time") or ""))) if isinstance(setting, dict) else set()
    if len(years) != 1:
        return
    year = years.pop()
    for stage in (_CONCEPT, _STORY):
        for path, _, text in prose(contents.get(stage, {})):
            for found in _SET_IN.finditer(text):
                group = "en" if found["en"] else "zh"
                if found[group] != year:
                    start, end = found.span(group)
                    after = text[:start] + year + text[end:]
                    yield Finding("setting_year", stage, path, _WORLD, text, after, after, ((found[group], year),))
                    break


def _plans(contents: Mapping[GenesisStage, Content]) -> Iterator[Finding]:
    """Structure and length, which story and plot both state. Which of the two is right only the writer can tell."""
    story, plot = contents.get(_STORY), contents.get(_PLOT)
    if story is None or plot is None:
        return
    planned, made = story.get("structure"), plot.get("structure")
    if planned and made and planned != made:
        names = ((str(made), str(planned)),)
        yield Finding("structure", _PLOT, "/structure", _STORY, str(made), None, None, names)
    wanted = story.get("target_words")
    words = [chapter.get("target_words") for chapter in _items(plot, "chapters")]
    if isinstance(wanted, int) and wanted > 0 and words and all(isinstance(one, int) and one > 0 for one in words):
        total = sum(one for one in words if isinstance(one, int))
        if abs(total - wanted) > _LENGTHS_APART * wanted:
            names = ((str(total), str(wanted)),)
            yield Finding("length", _PLOT, "/chapters", _STORY, str(total), None, None, names)

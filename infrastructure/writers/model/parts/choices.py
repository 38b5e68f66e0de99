"""Lists what of a content a refinement can change, and puts what it does change into parts. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from genesis_types.enums import GenesisStage

from domain.genesis.content import Worldview
from domain.genesis.proposals import Content, locate, pointer_parts
from infrastructure.writers.model.parts.items import items_of, plain
from infrastructure.writers.model.parts.plots import BATCH

_ITEMS = {
    GenesisStage.CHARACTERS: {"characters": "person"},
    GenesisStage.WORLDVIEW: {"rules": "rule", "locations": "place", "factions": "faction"},
    GenesisStage.PLOT_OUTLINE: {"beats": "beat", "chapters": "chapter"},
}
_FIELDS = {
    GenesisStage.CHARACTERS: (),
    GenesisStage.WORLDVIEW: tuple(
        name for name in Worldview.model_fields if name not in ("rules", "locations", "factions")
    ),
    GenesisStage.PLOT_OUTLINE: ("acts", "subplots", "threads"),
}
_LEAN_FIELDS = ("setting",)
_MOST = {"characters": 10, "rules": 10, "locations": 12, "factions": 8, "chapters": 60}
"""So many of a kind there may be, and one more where there are fewer."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one part changes: the items `at` of a list, or a field as a whole where `at` is empty.

    `is_new`: an item that is not there yet. `names`: what it is called.
    """

    top: str
    at: tuple[int, ...] = ()
    is_new: bool = False
    names: str = ""

    @property
    def key(self) -> str:
        return f"{self.top}:{','.join(map(str, self.at))}" if self.at else self.top

    @property
    def path(self) -> str:
        return f"/{self.top}/{self.at[0]}" if self.at else f"/{self.top}"

    @property
    def pointers(self) -> tuple[str, ...]:
        """JSON pointers to all that it changes; to an item that is not there yet, as RFC 6901 has it."""
        if self.is_new:
            return (f"/{self.top}/-",)
        return tuple(f"/{self.top}/{at}" for at in self.at) or (f"/{self.top}",)


def aim(content: Content, path: str) -> Group | None:
    """What stands at a JSON pointer: an item of a list, or a field. A list of items as a whole is no aim."""
    place = locate(content, path)
    if not place or not isinstance(place[0], str):
        return None
    top = place[0]
    items = items_of(content, top)
    if len(place) > 1 and isinstance(place[1], int) and items:
        return Group(top, (place[1],))
    return None if items else Group(top)


def choices(stage: GenesisStage, content: dict[str, Any], *, lean: bool) -> dict[str, Group]:
    """What can be changed, by the label under which a model is told of it: single items, fields, and one more item."""
    found: dict[str, Group] = {}
    for name in _LEAN_FIELDS if lean else _FIELDS[stage]:
        if name in _FIELDS[stage]:
            found[name.replace("_", " ")] = Group(name)
    for top, kind in _ITEMS[stage].items():
        items = items_of(content, top)
        for at, one in enumerate(items):
            found[f"{kind} {at + 1}: {one.get('name') or one.get('title') or one.get('label')}"] = Group(top, (at,))
        if len(items) < _MOST.get(top, 0):
            label = "a new last chapter" if top == "chapters" else f"a new {kind}"
            found[label] = Group(top, (len(items),), is_new=True, names=label)
    return found


def chosen(options: dict[str, Group], said: list[str]) -> list[Group]:
    """What a model has chosen: by the label, or by the name in it."""
    found: list[Group] = []
    for words in said:
        wanted = plain(words)
        if not wanted:
            continue
        for label, group in options.items():
            name = plain(label.partition(": ")[2])
            if wanted in (plain(label), name) and group not in found:
                found.append(group)
                break
    return found


def grouped(wanted: Iterable[Group], *, lean: bool) -> tuple[Group, ...]:
    """People one by one, chapters in batches, of the other lists all that is wanted at once; what is new by itself."""
    at: dict[str, list[int]] = {}
    alone: list[Group] = []
    for one in wanted:
        if one.at and not one.is_new:
            at.setdefault(one.top, []).append(one.at[0])
        else:
            alone.append(one)
    found = [one for one in alone if not one.is_new]
    for top, places in at.items():
        many = {"characters": 1, "chapters": BATCH[lean]}.get(top, len(places))
        found += [Group(top, tuple(places[first : first + many])) for first in range(0, len(places), many)]
    return (*found, *(one for one in alone if one.is_new))


def still_missing(lacks: Iterable[str], content: Content, there: Iterable[Group]) -> Iterator[str]:
    """What the refined proposal lacked and its refinement `content` lacks as well: all but what `there` has brought."""
    brought = {path for group in there for path in group.pointers}
    for path in lacks:
        top, *at = pointer_parts(path)
        lists_end = top == "chapters" and int(at[0]) < len(items_of(content, top))
        is_there = not at and bool(content.get(top))
        if path not in brought and not lists_end and not is_there:
            yield path

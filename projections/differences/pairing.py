"""Pairs the items of two lists: by their id where all have one, else by the longest runs that are the same. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pydantic import JsonValue
from pydantic_core import to_json

from projections.differences.alignment import aligned

_NAMES = ("id", "key", "stage")
"""What names an item within its list: proposals, feedback and most parts of a content; beats; the stages of a state."""

_MOST = 300
"""Edits between two lists without ids that are looked for; with more, what lies between is matched by its place."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """kept: (place before, place after) of items that are in both, by their place after. moved: those of them that have
    to go elsewhere, by their place after: as few as possible. names: of the items, where they have them.
    """

    kept: tuple[tuple[int, int], ...]
    moved: frozenset[int]
    removed: tuple[int, ...]
    added: tuple[int, ...]
    names_before: Sequence[str] | None = None
    names_after: Sequence[str] | None = None


def paired(before: Sequence[JsonValue], after: Sequence[JsonValue]) -> Pairing:
    for name in _NAMES:
        names_before, names_after = _named(before, name), _named(after, name)
        if names_before is not None and names_after is not None and (names_before or names_after):
            places = {named: place for place, named in enumerate(names_before)}
            kept = [(places[named], place) for place, named in enumerate(names_after) if named in places]
            return _pairing(before, after, kept, names_before, names_after)
    return _pairing(before, after, _aligned(before, after), None, None)


def same(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values are the same JSON: unlike in Python, true is not 1, and 1 is written otherwise than 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return one == other


def _named(items: Sequence[JsonValue], name: str) -> list[str] | None:
    """The names of all items; None unless every one has a name of its own."""
    found = [named for item in items if isinstance(item, dict) and isinstance(named := item.get(name), str)]
    return found if len(found) == len(items) == len(set(found)) else None


def _aligned(before: Sequence[JsonValue], after: Sequence[JsonValue]) -> list[tuple[int, int]]:
    """Equal items in the same order; of those between, the first of both sides belong together, and so on."""
    common, _ = aligned([to_json(item) for item in before], [to_json(item) for item in after], _MOST)
    kept: list[tuple[int, int]] = []
    for (x, y), (next_x, next_y) in pairwise([(-1, -1), *common, (len(before), len(after))]):
        kept += zip(range(x + 1, next_x), range(y + 1, next_y), strict=False)
        kept.append((next_x, next_y))
    return kept[:-1]


def _pairing(
    before: Sequence[JsonValue],
    after: Sequence[JsonValue],
    kept: Sequence[tuple[int, int]],
    names_before: Sequence[str] | None,
    names_after: Sequence[str] | None,
) -> Pairing:
    staying = _rising([place for place, _ in kept])
    return Pairing(
        kept=tuple(kept),
        moved=frozenset(place for index, (_, place) in enumerate(kept) if index not in staying),
        removed=tuple(sorted(set(range(len(before))) - {place for place, _ in kept})),
        added=tuple(sorted(set(range(len(after))) - {place for _, place in kept})),
        names_before=names_before,
        names_after=names_after,
    )


def _rising(numbers: Sequence[int]) -> set[int]:
    """The indexes of a longest rising subsequence (patience sorting): what may stay where it is."""
    tops: list[int] = []
    at: list[int] = []
    previous: list[int | None] = []
    for index, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        previous.append(at[pile - 1] if pile else None)
        tops[pile : pile + 1], at[pile : pile + 1] = [number], [index]
    found, step = set[int](), at[-1] if at else None
    while step is not None:
        found.add(step)
        step = previous[step]
    return found

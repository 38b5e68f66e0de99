"""Makes a JSON Patch (RFC 6902) between two JSON values: applied to the one it gives the other. Pure.

Items of lists are matched by id, so that an inserted or moved one is one operation, not a change of all that follow.
"""

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from projections.differences.model import Add, Move, Operation, Remove, Replace, pointer
from projections.differences.pairing import paired, same


def json_patch(before: JsonValue, after: JsonValue) -> tuple[Operation, ...]:
    """The operations, in order; none when the two are the same."""
    return tuple(_value("", before, after))


def _value(path: str, before: JsonValue, after: JsonValue) -> Iterator[Operation]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() - after.keys():
            yield Remove(path=pointer(path, key))
        for key, value in after.items():
            if key in before:
                yield from _value(pointer(path, key), before[key], value)
            else:
                yield Add(path=pointer(path, key), value=value)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _items(path, before, after)
    elif not same(before, after):
        yield Replace(path=path, value=after)


def _items(path: str, before: Sequence[JsonValue], after: Sequence[JsonValue]) -> Iterator[Operation]:
    """First what goes, then place by place what comes or moves, at last what changed within: then places are final."""
    pairing = paired(before, after)
    gone = set(pairing.removed)
    for place in sorted(gone, reverse=True):
        yield Remove(path=pointer(path, place))
    origin = {to: place for place, to in pairing.kept}
    standing: list[int | None] = [place for place in range(len(before)) if place not in gone]
    last = -1  # where the item before this one stands
    for to, value in enumerate(after):
        came_from = origin.get(to)
        if came_from is None:
            last += 1
            standing.insert(last, None)
            yield Add(path=pointer(path, last), value=value)
            continue
        if to in pairing.moved:
            now = standing.index(came_from)
            del standing[now]
            last += now > last
            standing.insert(last, came_from)
            yield Move(from_=pointer(path, now), path=pointer(path, last))
        else:
            last = standing.index(came_from, last + 1)
    for place, to in pairing.kept:
        yield from _value(pointer(path, to), before[place], after[to])

"""Lists what differs between two JSON values as people speak of it: by field, by item, by word. Pure."""

from collections.abc import Iterator

from pydantic import JsonValue

from projections.differences.model import Change, pointer
from projections.differences.pairing import paired, same
from projections.differences.words import Words


def changes(before: JsonValue, after: JsonValue, words: Words, path: str = "") -> tuple[Change, ...]:
    """Each value that differs, in the order of `after`, what was removed at the end of its object or list.

    An item that moved and changed is listed as both. None stands for a value that is not there.
    """
    return tuple(_value(path, before, after, words))


def _value(path: str, before: JsonValue, after: JsonValue, words: Words) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in (*after, *(key for key in before if key not in after)):
            yield from _value(pointer(path, key), before.get(key), after.get(key), words)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _items(path, before, after, words)
    elif same(before, after):
        return
    elif before is None:
        yield Change(kind="added", path=path, after=after)
    elif after is None:
        yield Change(kind="removed", path=path, before=before)
    elif isinstance(before, str) and isinstance(after, str):
        yield Change(kind="changed", path=path, before=before, after=after, words=words.runs(before, after))
    else:
        yield Change(kind="changed", path=path, before=before, after=after)


def _items(path: str, before: list[JsonValue], after: list[JsonValue], words: Words) -> Iterator[Change]:
    pairing = paired(before, after)
    origin = {to: place for place, to in pairing.kept}
    for to, item in enumerate(after):
        name = pointer(path, pairing.names_after[to] if pairing.names_after else to)
        place = origin.get(to)
        if place is None:
            yield Change(kind="added", path=name, after=item, after_index=to)
            continue
        if to in pairing.moved:
            yield Change(kind="moved", path=name, before_index=place, after_index=to)
        yield from _value(name, before[place], item, words)
    for place in pairing.removed:
        name = pointer(path, pairing.names_before[place] if pairing.names_before else place)
        yield Change(kind="removed", path=name, before=before[place], before_index=place)

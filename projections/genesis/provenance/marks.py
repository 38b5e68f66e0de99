"""Follows who wrote which characters of a content through its versions. Pure.

A mark names the step that wrote something, by its number. What a version keeps of the one it came from keeps its marks,
word by word (projections/differences/words.py); what is new in it gets the version's own. Items of lists are matched by
their ids, so that moving one changes no author.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, cast

from pydantic import JsonValue

from domain.genesis.proposals import locate
from projections.differences.model import pointer
from projections.differences.pairing import paired, same
from projections.differences.words import Words


class Span(NamedTuple):
    """So many consecutive characters of a text, written in one step; 0 of whatever is no text."""

    length: int
    step: int


Marks: TypeAlias = "dict[str, Marks] | list[Marks] | tuple[Span, ...]"
"""The shape of the content; in the place of each value that is no object and no list, its spans."""


class Leaf(NamedTuple):
    """A value that is no object and no list. `path`: a JSON pointer; items with an id are named by it."""

    path: str
    value: JsonValue
    spans: tuple[Span, ...]

    @property
    def is_prose(self) -> bool:
        """Whether its characters count: texts, but no ids and no references to items."""
        name = self.path.rsplit("/", 1)[-1]
        parent = self.path.rsplit("/", 2)[-2] if self.path.count("/") > 1 else ""
        return isinstance(self.value, str) and not (
            name in {"id", "key"} or name.endswith("_id") or parent.endswith("_ids")
        )


def written(value: JsonValue, step: int) -> Marks:
    """All of `value` is of one step."""
    if isinstance(value, dict):
        return {key: written(part, step) for key, part in value.items()}
    if isinstance(value, list):
        return [written(part, step) for part in value]
    return (Span(len(value) if isinstance(value, str) else 0, step),)


def carried(before: JsonValue, marks: Marks, after: JsonValue, step: int, words: Words) -> Marks:
    """The marks of `after`, which was made from `before` in this step. `words` bounds the effort for texts."""
    if isinstance(before, dict) and isinstance(after, dict):
        of = cast(dict[str, Marks], marks)
        return {
            key: carried(before[key], of[key], part, step, words) if key in before else written(part, step)
            for key, part in after.items()
        }
    if isinstance(before, list) and isinstance(after, list):
        found = [written(part, step) for part in after]
        for x, y in paired(before, after).kept:
            found[y] = carried(before[x], cast(list[Marks], marks)[x], after[y], step, words)
        return found
    if same(before, after):
        return marks
    if isinstance(before, str) and isinstance(after, str):
        return _reworded(before, cast(tuple[Span, ...], marks), after, step, words)
    return written(after, step)


def kept_locked(content: JsonValue, marks: Marks, base: JsonValue, base_marks: Marks, paths: Sequence[str]) -> Marks:
    """The marks of `content` whose values at `paths` were put back from `base`, where they stand unchanged."""
    for path in paths:
        here, there = locate(content, path), locate(base, path)
        if here and there and same(_at(content, here), _at(base, there)):
            marks = _with(marks, here, _at(base_marks, there))
    return marks


def leaves(value: JsonValue, marks: Marks, path: str = "") -> Iterator[Leaf]:
    """Every leaf below `value`, in its order."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, cast(dict[str, Marks], marks)[key], pointer(path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            name = part.get("id") if isinstance(part, dict) else None
            below = pointer(path, name if isinstance(name, str) else place)
            yield from leaves(part, cast(list[Marks], marks)[place], below)
    else:
        yield Leaf(path, value, cast(tuple[Span, ...], marks))


def below(value: JsonValue, marks: Marks, path: str) -> tuple[Leaf, ...] | None:
    """The leaves at and below `path` ("" for all); None when there is nothing."""
    if not path.strip("/"):
        return tuple(leaves(value, marks))
    place = locate(value, path)
    if place is None:
        return None
    return tuple(leaves(_at(value, place), _at(marks, place), _named(value, place)))


def _reworded(before: str, spans: tuple[Span, ...], after: str, step: int, words: Words) -> tuple[Span, ...]:
    steps = [span.step for span in spans for _ in range(span.length)]
    found, at = list[Span](), 0
    for run in words.runs(before, after):
        if run.op == "added":
            _append(found, len(run.text), step)
        elif run.op == "kept":
            for one in steps[at : at + len(run.text)]:
                _append(found, 1, one)
        if run.op != "added":
            at += len(run.text)
    return tuple(found) or (Span(0, step),)


def _append(spans: list[Span], length: int, step: int) -> None:
    if spans and spans[-1].step == step:
        spans[-1] = Span(spans[-1].length + length, step)
    else:
        spans.append(Span(length, step))


def _at(node: Any, place: Sequence[str | int]) -> Any:
    for part in place:
        node = node[part]
    return node


def _with(marks: Marks, place: Sequence[str | int], new: Marks) -> Marks:
    if not place:
        return new
    part, rest = place[0], place[1:]
    if isinstance(marks, dict) and isinstance(part, str):
        return marks | {part: _with(marks[part], rest, new)}
    assert isinstance(marks, list)
    assert isinstance(part, int)
    return [*marks[:part], _with(marks[part], rest, new), *marks[part + 1 :]]


def _named(value: JsonValue, place: Sequence[str | int]) -> str:
    """`place` as a JSON pointer, items named by their ids."""
    path, node = "", cast(Any, value)
    for part in place:
        node = node[part]
        name = node.get("id") if isinstance(part, int) and isinstance(node, dict) else None
        path = pointer(path, name if isinstance(name, str) else part)
    return path

"""A contradiction between confirmed stages, as a value, and the walk over the texts in which one can stand."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, cast
from uuid import UUID, uuid5

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from domain.genesis.naming import pointer
from domain.genesis.proposals import Content, locate

Kind = Literal[
    "old_name", "gone_name", "ambiguous_name", "missing_reference", "setting_year", "structure", "length", "found"
]

_CALLED = ("id", "key", "title", "name", "label", "term")
_NAMESPACE = UUID("3f0c5f0e-54ab-4c5e-9d53-5a6f6f4b9a10")
_NO_PROSE = re.compile(
    "id|.*_ids?|role|kind|type|structure|status|key|comparable_titles|adjustments_made|banned|genre|subgenres"
)
"""Keys whose values are choices, ids, other people's books or an account of changes: names in them mean nothing."""

TITLES = frozenset({"title", "working_title", "alternative_titles", "label"})
"""Keys of texts in which every word may have a capital."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`stage` and `path` (JSON pointer, items by their ids) say where it stands, `source` which stage says otherwise.

    `sentence` is what stands there, `proposed` how it would read, None when only the writer can tell. `value` is the
    whole of what would then stand at `path`. `names`: what is called otherwise now, (old, new); new None: it is gone.
    `locked`: the writer has locked this text. `unsure`: part of it is left for the writer to look at.

    Of kind `found`, `source_path` and `source_sentence` are where it says otherwise, `found_by` the model, `said` its
    words, `search_id` what it was asked in; `id` is of the proposed change, too, `placed_id` of the two texts alone:
    another wording is no other finding.

    `placed_id`: the id that it had where texts were told apart by their places in lists; older dismissals name it.
    """

    id: UUID
    kind: Kind
    stage: GenesisStage
    path: str
    source: GenesisStage
    sentence: str
    proposed: str | None = None
    value: JsonValue = None
    names: tuple[tuple[str, str | None], ...] = ()
    locked: bool = False
    unsure: bool = False
    placed_id: UUID | None = None
    found_by: str | None = None
    said: str = ""
    source_path: str | None = None
    source_sentence: str | None = None
    search_id: UUID | None = None

    @property
    def ids(self) -> set[UUID]:
        """All that a dismissal may name it by."""
        return {self.id} if self.placed_id is None else {self.id, self.placed_id}

    @property
    def dismissed_as(self) -> UUID:
        """What a dismissal names it by."""
        return self.placed_id if self.kind == "found" and self.placed_id is not None else self.id


def contradiction_id(kind: Kind, stage: GenesisStage, path: str, now: JsonValue, after: JsonValue) -> UUID:
    """The same for the same finding in the same text: what was dismissed stays so, until the text is another."""
    return uuid5(_NAMESPACE, json.dumps([kind, stage, path, now, after], ensure_ascii=False))


def lasting_path(content: Content, path: str) -> str:
    """`path` with what items are called instead of where they stand in their lists: a move changes nothing.

    Items are told apart by their ids, else by their keys or titles; what has neither has no place at all.
    """
    parts, node = list[str](), cast(Any, content)
    for key in locate(content, path) or ():
        node = node[key]
        called = (node.get(name) for name in _CALLED) if isinstance(node, dict) else ()
        name = next((one for one in called if isinstance(one, str) and one), "-")
        parts.append(name if isinstance(key, int) else key)
    return pointer(*parts)


def told_apart(found: Iterable[Contradiction]) -> Iterator[Contradiction]:
    """Of several with one id (the same words in items that are called the same) the later ones get ids of their own."""
    count = Counter[UUID]()
    for one in found:
        n = count[one.id]
        count[one.id] += 1
        yield replace(one, id=uuid5(one.id, str(n))) if n else one


def prose(content: Content) -> Iterator[tuple[str, str, str]]:
    """(JSON pointer, key, text) of every text in `content` that is written for readers."""
    yield from _prose(content, "", "")


def _prose(node: Any, path: str, key: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(node, str):
        yield path, key, node
    elif isinstance(node, dict):
        for name, item in node.items():
            if not _NO_PROSE.fullmatch(name):
                yield from _prose(item, path + pointer(name), name)
    elif isinstance(node, list | tuple):
        ids = [item.get("id") if isinstance(item, dict) else None for item in node]
        for index, (own, item) in enumerate(zip(ids, node, strict=True)):
            # of two items with one id a pointer by that id would find the first only
            step = own if isinstance(own, str) and own and ids.count(own) == 1 else str(index)
            yield from _prose(item, path + pointer(step), key)


Edit = tuple[int, int, str]
"""From, to, and what stands there then."""

_AROUND = 160
_ENDS = re.compile(r"[.!?…]+[\"”’')\]]*\s+|[。！？…]+[”’」』）]*|\n+")


def edited(text: str, edits: list[Edit]) -> str:
    """`text` after `edits`, which are in order and do not overlap."""
    parts, at = [], 0
    for start, end, new in edits:
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]])


def excerpt(text: str, edits: list[Edit]) -> tuple[str, str]:
    """The sentences in which something changes, before and after; of very long ones, what is around it."""
    ends = [found.end() for found in _ENDS.finditer(text)]
    windows: list[tuple[int, int]] = []
    for start, end, _ in edits:
        first = max([0, start - _AROUND, *(one for one in ends if one <= start)])
        last = min([len(text), end + _AROUND, *(one for one in ends if one >= end)])
        if windows and first <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(last, windows[-1][1]))
        else:
            windows.append((first, last))
    before, after = [], []
    for first, last in windows:
        within = [(start - first, end - first, new) for start, end, new in edits if first <= start and end <= last]
        marks = ("…" if first and first not in ends else "", "…" if last < len(text) and last not in ends else "")
        before.append(marks[0] + text[first:last].strip() + marks[1])
        after.append(marks[0] + edited(text[first:last], within).strip() + marks[1])
    return " … ".join(before), " … ".join(after)

"""What counts of confirmed stages when they are compared, and which changes to them are possible."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import ValidationError

from domain.genesis.contradiction import Contradiction
from domain.genesis.proposals import Content, FormerName, FoundContradiction, StageRecord, locate, resolve
from domain.genesis.stages import STAGE_BY_KEY, STAGE_ORDER


@dataclass(frozen=True, slots=True)
class Settled:
    """What counts of a stage that is confirmed. `search`: the id of the search that `found`."""

    content: Content
    former: tuple[FormerName, ...] = ()
    dismissed: frozenset[UUID] = frozenset()
    locked_paths: tuple[str, ...] = ()
    found: tuple[FoundContradiction, ...] = ()
    search: UUID | None = None


def settled(stages: Mapping[GenesisStage, StageRecord]) -> dict[GenesisStage, Settled]:
    """The stages that are confirmed, in their order."""
    return {
        stage: Settled(
            record.confirmed,
            record.former,
            frozenset(record.dismissed),
            record.locked_paths,
            record.found,
            record.search,
        )
        for stage in STAGE_ORDER
        if (record := stages[stage]).confirmed is not None
    }


def is_locked(stage: Settled, path: str) -> bool:
    """Whether the writer has locked the text at `path`, or something in it."""
    here = locate(stage.content, path) or ()
    locked = (locate(stage.content, one) for one in stage.locked_paths)
    return any(there is not None and there == here[: len(there)] for there in locked)


def with_changes(content: Content, chosen: Iterable[Contradiction]) -> Content:
    """`content` with what is proposed in `chosen`, all of the same stage."""
    result = copy.deepcopy(content)
    for one in chosen:
        place = locate(content, one.path)
        assert place is not None, "contradictions are found in the content itself"
        node: Any = result
        for key in place[:-1]:
            node = node[key]
        node[place[-1]] = one.value
    return result


def possible(found: list[Contradiction], stages: Mapping[GenesisStage, Settled]) -> Iterator[Contradiction]:
    """What is proposed only where the stage's shape takes it as it is: a longer name may not fit."""
    for stage in dict.fromkeys(one.stage for one in found):
        own = _one_for_each_path([one for one in found if one.stage is stage])
        changes, content = [one for one in own if one.proposed is not None], stages[stage].content
        fits = _fits(stage, content, changes)
        refused = set() if fits else {one.id for one in changes if not _fits(stage, content, [one])}
        for one in own:
            yield replace(one, proposed=None, value=None) if one.id in refused else one


def _one_for_each_path(found: list[Contradiction]) -> list[Contradiction]:
    """A text is changed by one of them at a time: the next is found when the text is another."""
    first: dict[str, Contradiction] = {}
    for one in found:
        if one.proposed is not None:
            first.setdefault(one.path, one)
    return [one for one in found if one.proposed is None or first[one.path] is one]


def _fits(stage: GenesisStage, content: Content, changes: Sequence[Contradiction]) -> bool:
    if not changes:
        return True
    changed = with_changes(content, changes)
    try:
        shaped = STAGE_BY_KEY[stage].content.model_validate(changed).model_dump(mode="json")
    except ValidationError:
        return False
    return all(resolve(cast(Content, shaped), one.path)[1] == one.value for one in changes)

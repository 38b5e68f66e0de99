"""Compares two states, of one session or of two: by stage, item, field and word, and as JSON Patch. Pure."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from projections.differences.changes import changes
from projections.differences.json_patch import json_patch
from projections.differences.model import Change, Operation
from projections.differences.words import Words
from projections.genesis.views import SessionState, StageView, View

_OF_SESSION = {"title", "seed", "genre", "audience", "language", "mode", "status", "current_stage"}
_OF_STAGE = {"status", "locked_paths", "shortlist", "confirmed_proposal_id"}


class ComparedState(View):
    """One side: which session, after so many events, as it was shown at the time `at`."""

    session_id: UUID
    version: int
    at: datetime
    title: str


class StageDifferences(View):
    """What differs in one stage. `settings`: its status, its locks, which proposals are shortlisted or confirmed."""

    stage: GenesisStage
    label: str
    label_zh: str
    confirmed: tuple[Change, ...]
    proposals: tuple[Change, ...]
    feedback: tuple[Change, ...]
    settings: tuple[Change, ...]


class SessionDifferences(View):
    """What differs between two states.

    equal: whether the writer's work is the same: premise, status, stages. Versions, ids of sessions, times, warnings,
        actions and running work are not compared for it, so a branch equals the moment that it came from.
    patch: RFC 6902, from the whole body of the one state to the whole body of the other.
    """

    before: ComparedState
    after: ComparedState
    equal: bool
    session: tuple[Change, ...]
    stages: tuple[StageDifferences, ...]
    patch: tuple[Operation, ...]


class StateAt(Protocol):
    """A state, and the time as of which it was shown."""

    @property
    def state(self) -> SessionState: ...

    @property
    def at(self) -> datetime: ...


def session_differences(before: StateAt, after: StateAt) -> SessionDifferences:
    """What leads from the one to the other; only stages in which something differs are listed."""
    words = Words()
    session = changes(_json(before.state, _OF_SESSION), _json(after.state, _OF_SESSION), words)
    found = (
        _stage(before.state, after.state, *pair, words)
        for pair in zip(before.state.stages, after.state.stages, strict=True)
    )
    stages = tuple(stage for stage in found if stage is not None)
    return SessionDifferences(
        before=_side(before),
        after=_side(after),
        equal=not session and not stages,
        session=session,
        stages=stages,
        patch=json_patch(before.state.model_dump(mode="json"), after.state.model_dump(mode="json")),
    )


def _stage(
    before: SessionState, after: SessionState, one: StageView, other: StageView, words: Words
) -> StageDifferences | None:
    confirmed = changes(before.confirmed_data.get(one.stage), after.confirmed_data.get(one.stage), words)
    proposals = changes(_listed(one, "proposals"), _listed(other, "proposals"), words)
    feedback = changes(_listed(one, "feedback"), _listed(other, "feedback"), words)
    settings = changes(_json(one, _OF_STAGE), _json(other, _OF_STAGE), words)
    if not (confirmed or proposals or feedback or settings):
        return None
    return StageDifferences(
        stage=one.stage,
        label=one.label,
        label_zh=one.label_zh,
        confirmed=confirmed,
        proposals=proposals,
        feedback=feedback,
        settings=settings,
    )


def _json(view: View, fields: set[str]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = view.model_dump(mode="json", include=fields)
    return found


def _listed(stage: StageView, field: str) -> JsonValue:
    return _json(stage, {field})[field]


def _side(shown: StateAt) -> ComparedState:
    state = shown.state
    return ComparedState(session_id=state.session_id, version=state.version, at=shown.at, title=state.title)

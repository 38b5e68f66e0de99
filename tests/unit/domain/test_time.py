"""A session's time and a wait's: extended, run out, noted once; and what can still be done then."""

from datetime import timedelta

import pytest
from genesis_types.enums import GenesisMode, GenesisStatus

from domain.aggregate import Limits
from domain.genesis.commands import (
    AbandonGenesis,
    ConfirmStage,
    ExpireWait,
    ExtendSession,
    FinishGenesis,
    GenerateInspiration,
    PauseSession,
)
from domain.genesis.events import (
    GenerationRequested,
    SessionExtended,
    WaitExpired,
)
from domain.genesis.stages import STAGE_ORDER
from tests.support.genesis import (
    CONTENT,
    NOW,
    all_confirmed,
    names,
    started,
    with_concepts,
)

CONCEPT, STORY, CHARACTERS, WORLD, PLOT = STAGE_ORDER


def test_extending_adds_hours_to_what_is_left_or_to_now() -> None:
    story = started()
    (extended,) = story.when(ExtendSession(hours=3))
    assert isinstance(extended, SessionExtended)
    assert extended.expires_at == NOW + Limits().session + timedelta(hours=3)
    story.later(days=100).when(ExtendSession(hours=3))
    assert story.state.expires_at == story.now + timedelta(hours=3)


def test_a_session_whose_time_is_up_pauses_and_an_extension_wakes_it() -> None:
    story = started().later(days=100)
    assert names(story.when(PauseSession(), by=None)) == ["GenerationCancelled", "SessionPaused"]
    assert story.state.status.value == "PAUSED"
    assert story.refused(GenerateInspiration()).code == "SESSION_PAUSED"
    story.when(ExtendSession(hours=1))
    assert story.state.status is GenesisStatus.IN_PROGRESS


@pytest.mark.parametrize("mode", list(GenesisMode))
def test_a_session_that_is_ready_can_be_finished_although_its_time_is_up(mode: GenesisMode) -> None:
    story = all_confirmed(mode).later(days=100)
    story.when(PauseSession(), by=None)
    assert names(story.when(FinishGenesis())) == ["GenesisCompleted"]
    assert story.state.status is GenesisStatus.COMPLETED


def test_a_paused_session_that_is_not_ready_cannot_be_finished_and_says_what_is_missing() -> None:
    story = with_concepts().later(days=100)
    story.when(PauseSession(), by=None)
    assert story.refused(FinishGenesis()).code == "NOT_READY"
    assert story.refused(ConfirmStage(stage=CONCEPT, content=CONTENT[CONCEPT])).code == "SESSION_PAUSED"


def test_a_wait_that_times_out_is_noted_once_and_the_session_goes_on() -> None:
    story = with_concepts()
    (expired,) = story.when(ExpireWait(turn=2), by=None)
    assert expired == WaitExpired(occurred_at=story.now, turn=2)
    assert story.refused(ExpireWait(turn=2), by=None).code == "WAIT_OVER"
    assert (story.state.status, story.state.turn) == (GenesisStatus.IN_PROGRESS, 1)
    (requested,) = story.when(GenerateInspiration())
    assert isinstance(requested, GenerationRequested)
    assert requested.turn == 2
    story.proposals_arrive()
    assert names(story.when(ExpireWait(turn=3), by=None)) == ["WaitExpired"]


@pytest.mark.parametrize("turn", [0, 1, 3])
def test_a_wait_that_the_session_does_not_have_cannot_time_out(turn: int) -> None:
    assert with_concepts().refused(ExpireWait(turn=turn), by=None).code == "WAIT_OVER"


def test_no_wait_times_out_while_a_writer_works_or_after_the_end() -> None:
    story = started()
    assert story.refused(ExpireWait(turn=2), by=None).code == "WAIT_OVER"
    story.when(AbandonGenesis())
    assert story.refused(ExpireWait(turn=story.state.turn + 1), by=None).code == "WAIT_OVER"
    paused = with_concepts().later(days=100)
    paused.when(PauseSession(), by=None)
    assert paused.refused(ExpireWait(turn=paused.state.turn + 1), by=None).code == "WAIT_OVER"

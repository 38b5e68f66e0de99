"""The session projection: given events, then rows."""

from uuid import uuid4

import pytest
from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus, StageStatus

from domain.genesis.commands import (
    AbandonGenesis,
    BranchGenesis,
    CancelGeneration,
    ConfirmStage,
    EditContent,
    ExpireWait,
    ExtendSession,
    FailGeneration,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    PauseSession,
    ProvideFeedback,
    SelectConcept,
)
from domain.genesis.stages import STAGE_ORDER
from projections.genesis.session import GENESIS_SESSION, SessionRow, StageRow
from projections.genesis.timeline import TimelineRow
from tests.support.genesis import ANN, CONTENT, SESSION, Story, started, with_concepts
from tests.support.projections import project, rows

CONCEPT = GenesisStage.CONCEPT_SELECTION


def session_row(story: Story) -> SessionRow:
    (row,) = rows(project(GENESIS_SESSION, story.events), SessionRow)
    return row


def stage_row(story: Story, stage: GenesisStage) -> StageRow:
    (row,) = [row for row in rows(project(GENESIS_SESSION, story.events), StageRow) if row.stage is stage]
    return row


def timeline(story: Story) -> list[TimelineRow]:
    return rows(project(GENESIS_SESSION, story.events), TimelineRow)


def test_a_started_session_waits_for_its_first_concepts() -> None:
    row = session_row(started())
    assert (row.id, row.user_id, row.mode, row.version, row.turn) == (SESSION, ANN, GenesisMode.GUIDED, 2, 1)
    assert row.status is GenesisStatus.IN_PROGRESS
    assert row.is_pending
    assert row.pending is not None
    assert row.pending["command_type"] == "GENERATE_INSPIRATION"
    assert row.pending["stage"] == CONCEPT
    assert row.seed == "a lighthouse keeper and a bell"


def test_proposals_end_the_wait_and_lie_in_their_stage() -> None:
    story = with_concepts(3)
    assert not session_row(story).is_pending
    assert session_row(story).pending is None
    stage = stage_row(story, CONCEPT)
    assert stage.status is StageStatus.PROPOSED
    assert [proposal.version for proposal in stage.record.proposals] == [1, 2, 3]


def test_a_failure_is_shown_until_the_next_generation_begins() -> None:
    story = started()
    pending = story.state.pending
    assert pending is not None
    story.when(FailGeneration(correlation_id=pending.correlation_id, code="TIMEOUT", message="No answer."), by=None)
    row = session_row(story)
    assert not row.is_pending
    assert row.last_failure == {
        "code": "TIMEOUT",
        "message": "No answer.",
        "stage": CONCEPT.value,
        "correlation_id": str(pending.correlation_id),
        "at": story.now.isoformat(),
    }
    story.when(GenerateInspiration())
    assert session_row(story).last_failure is None


def test_a_wait_in_vain_is_shown_until_anything_happens() -> None:
    story = with_concepts()
    story.when(ExpireWait(turn=2), by=None)
    row = session_row(story)
    assert row.last_failure is not None
    assert (row.last_failure["code"], row.last_failure["turn"]) == ("WAIT_EXPIRED", 2)
    assert (row.is_pending, row.turn, row.status) == (False, 1, GenesisStatus.IN_PROGRESS)
    assert (timeline(story)[-1].event_type, timeline(story)[-1].data) == ("WaitExpired", {"turn": 2})
    story.when(SelectConcept(proposal_ids=(story.proposal_id(CONCEPT),)))
    assert session_row(story).last_failure is None


def test_a_cancelled_generation_is_neither_pending_nor_failed() -> None:
    story = started()
    story.when(CancelGeneration())
    row = session_row(story)
    assert (row.is_pending, row.pending, row.last_failure, row.turn) == (False, None, None, 2)


def test_feedback_and_shortlist_are_kept_in_the_stage() -> None:
    story = with_concepts(2)
    chosen = story.proposal_id(CONCEPT, 0)
    story.when(SelectConcept(proposal_ids=(chosen,)))
    story.when(ProvideFeedback(proposal_id=chosen, text="darker", path="/title"))
    record = stage_row(story, CONCEPT).record
    assert record.shortlist == (chosen,)
    assert [(item.text, item.path) for item in record.feedback] == [("darker", "/title")]
    assert session_row(story).is_pending


def test_a_confirmation_fixes_the_content_and_opens_the_next_stage() -> None:
    story = with_concepts(1)
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT)))
    row = session_row(story)
    assert row.confirmed_data == {CONCEPT: story.state.stages[CONCEPT].confirmed}
    assert row.current_stage is GenesisStage.STORY_CONCEPTION
    assert row.is_pending
    assert stage_row(story, CONCEPT).status is StageStatus.CONFIRMED


def test_confirming_anew_marks_later_stages_stale() -> None:
    story = started(GenesisMode.FREE_FORM, seed="")
    for stage in STAGE_ORDER[:2]:
        story.when(ConfirmStage(stage=stage, content=CONTENT[stage]))
    story.when(ConfirmStage(stage=CONCEPT, content=CONTENT[CONCEPT] | {"title": "Another"}))
    assert stage_row(story, GenesisStage.STORY_CONCEPTION).status is StageStatus.STALE
    assert stage_row(story, CONCEPT).status is StageStatus.CONFIRMED
    assert timeline(story)[-1].data["stale"] == (GenesisStage.STORY_CONCEPTION,)


def test_the_writers_own_hand_and_locks() -> None:
    story = with_concepts(1)
    first = story.proposal_id(CONCEPT)
    edit = EditContent(
        stage=CONCEPT, proposal_id=first, content=CONTENT[CONCEPT] | {"title": "Mine"}, locked_paths=("/title",)
    )
    story.when(edit)
    record = stage_row(story, CONCEPT).record
    assert record.locked_paths == ("/title",)
    assert record.proposals[-1].content["title"] == "Mine"
    assert [entry.event_type for entry in timeline(story)[-2:]] == ["ContentEdited", "LocksChanged"]
    assert timeline(story)[-1].data["locked"] == 1


def test_navigation_moves_the_current_stage() -> None:
    story = started(GenesisMode.FREE_FORM, seed="")
    story.when(NavigateToStage(stage=GenesisStage.PLOT_OUTLINE))
    assert session_row(story).current_stage is GenesisStage.PLOT_OUTLINE


def test_a_session_pauses_and_is_extended() -> None:
    story = started(seed="")
    story.later(days=15).when(PauseSession(), by=None)
    assert session_row(story).status is GenesisStatus.PAUSED
    story.when(ExtendSession(hours=5))
    row = session_row(story)
    assert row.status is GenesisStatus.IN_PROGRESS
    assert row.expires_at == story.state.expires_at


def test_a_finished_session_names_its_novel() -> None:
    story = started(GenesisMode.FREE_FORM, seed="")
    for stage in STAGE_ORDER:
        story.when(ConfirmStage(stage=stage, content=CONTENT[stage]))
    story.when(FinishGenesis())
    row = session_row(story)
    assert (row.status, row.current_stage) == (GenesisStatus.COMPLETED, GenesisStage.FINISHED)
    assert row.novel_id == story.state.novel_id
    assert timeline(story)[-1].data == {"novel_id": row.novel_id, "title": "The Drowned Bell"}


def test_an_abandoned_session_stops_its_work() -> None:
    story = started()
    story.when(AbandonGenesis(reason="another idea"))
    row = session_row(story)
    assert (row.status, row.is_pending) == (GenesisStatus.ABANDONED, False)
    assert timeline(story)[-1].data == {"reason": "another idea"}


def test_a_branch_begins_with_what_its_source_had() -> None:
    story = with_concepts(1)
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT)))
    state = story.state
    origin = uuid4()
    branch = Story()
    branch.when(BranchGenesis(from_session_id=origin, at_version=state.version), source=state)
    row = session_row(branch)
    assert (row.source_session_id, row.source_version) == (origin, state.version)
    assert not row.is_pending
    assert set(row.confirmed_data) == {CONCEPT}
    assert [item.stage for item in rows(project(GENESIS_SESSION, branch.events), StageRow)] == [CONCEPT]


def test_the_timeline_has_one_entry_per_event_and_no_manuscript() -> None:
    story = with_concepts(2)
    chosen = story.proposal_id(CONCEPT)
    story.when(ProvideFeedback(proposal_id=chosen, text="more salt in the wind"))
    story.proposals_arrive(1)
    story.when(ConfirmStage(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT)))
    entries = timeline(story)
    assert [entry.version for entry in entries] == list(range(1, len(story.events) + 1))
    assert [entry.event_type for entry in entries] == [type(event).__name__ for event in story.events]
    text = "".join(entry.model_dump_json() for entry in entries)
    assert "more salt" not in text
    assert "sank with her brother" not in text
    recorded = next(entry for entry in entries if entry.event_type == "ProposalsRecorded")
    assert (recorded.data["count"], recorded.data["model"], recorded.data["cost_usd"]) == (2, "muse-1", None)
    assert recorded.correlation_id is not None


@pytest.mark.parametrize("stage", STAGE_ORDER)
def test_an_untouched_stage_has_no_row(stage: GenesisStage) -> None:
    assert [row for row in rows(project(GENESIS_SESSION, started().events), StageRow) if row.stage is stage] == []

"""Every decision of the genesis session: given a history, when a command, then these facts."""

from datetime import timedelta
from uuid import uuid5

import pytest
from genesis_types.enums import CommandType, GenesisMode, GenesisStage, GenesisStatus, Origin, StageStatus

from domain.aggregate import Limits
from domain.genesis.commands import (
    AbandonGenesis,
    BranchGenesis,
    CancelGeneration,
    ConfirmStage,
    EditContent,
    FailGeneration,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    ProvideFeedback,
    SelectConcept,
    StartGenesis,
)
from domain.genesis.decide import decide
from domain.genesis.decide_work import work_id
from domain.genesis.events import (
    ContentEdited,
    FeedbackGiven,
    GenerationCancelled,
    GenerationFailed,
    GenerationRequested,
    GenesisBranched,
    GenesisCompleted,
    ProposalsRecorded,
    StageConfirmed,
    StageEntered,
)
from domain.genesis.stages import STAGE_ORDER
from tests.support.genesis import (
    ANN,
    CONTENT,
    NOW,
    SESSION,
    Story,
    all_confirmed,
    command_id,
    names,
    started,
    with_concepts,
)

CONCEPT, STORY, CHARACTERS, WORLD, PLOT = STAGE_ORDER


def test_the_guided_order_puts_people_before_their_world() -> None:
    assert [stage.value for stage in STAGE_ORDER] == [
        "CONCEPT_SELECTION", "STORY_CONCEPTION", "CHARACTERS", "WORLDVIEW", "PLOT_OUTLINE",
    ]  # fmt: skip


def test_a_guided_start_with_a_seed_asks_for_concepts_at_once() -> None:
    story = Story()
    facts = story.when(StartGenesis(mode=GenesisMode.GUIDED, seed="a bell under the sea"))
    assert names(facts) == ["GenesisStarted", "GenerationRequested"]
    work = facts[1]
    assert isinstance(work, GenerationRequested)
    assert (work.stage, work.kind, work.count, work.turn) == (CONCEPT, "inspiration", 3, 1)
    assert work.correlation_id == work_id(command_id(1))
    assert work.deadline_at == NOW + Limits().generation
    assert story.state.pending == work


@pytest.mark.parametrize(("mode", "seed"), [(GenesisMode.GUIDED, "  "), (GenesisMode.FREE_FORM, "a bell")])
def test_a_start_without_a_seed_or_in_free_form_waits_for_the_writer(mode: GenesisMode, seed: str) -> None:
    assert names(Story().when(StartGenesis(mode=mode, seed=seed))) == ["GenesisStarted"]


def test_a_session_lives_as_long_as_the_installation_says() -> None:
    story = Story()
    facts = decide(story.command(StartGenesis(), limits=Limits(session=timedelta(hours=2))), None, NOW)
    assert facts[0].model_dump()["expires_at"] == NOW + timedelta(hours=2)


def test_asking_for_inspiration_starts_work_that_bears_the_commands_own_row() -> None:
    story = started(GenesisMode.FREE_FORM)
    (work,) = story.when(GenerateInspiration(count=5, instructions="stranger"))
    assert isinstance(work, GenerationRequested)
    assert (work.command_id, work.command_type, work.count) == (command_id(2), CommandType.GENERATE_INSPIRATION, 5)
    assert work.instructions == "stranger"


def test_asking_in_another_open_stage_enters_it() -> None:
    story = started(GenesisMode.FREE_FORM)
    assert names(story.when(GenerateInspiration(stage=WORLD))) == ["StageEntered", "GenerationRequested"]
    assert story.state.current_stage is WORLD


def test_the_number_of_proposals_keeps_to_the_stage() -> None:
    story = started(GenesisMode.FREE_FORM)
    work = story.when(GenerateInspiration(stage=WORLD, count=10))[-1]
    assert isinstance(work, GenerationRequested)
    assert work.count == 3


def test_proposals_are_validated_numbered_and_end_the_work() -> None:
    story = started()
    (recorded,) = story.proposals_arrive(3)
    assert isinstance(recorded, ProposalsRecorded)
    assert [proposal.version for proposal in recorded.proposals] == [1, 2, 3]
    assert {proposal.origin for proposal in recorded.proposals} == {Origin.AI}
    assert recorded.proposals[0].content["hook"] == ""  # the full shape, defaults filled in
    assert story.state.pending is None
    assert story.state.stages[CONCEPT].status is StageStatus.PROPOSED


def test_more_proposals_than_asked_for_are_left_out() -> None:
    story = started()
    (recorded,) = story.proposals_arrive(7)
    assert isinstance(recorded, ProposalsRecorded)
    assert len(recorded.proposals) == 3


def test_a_models_nul_and_lone_surrogates_are_cleaned_at_the_door() -> None:
    story = started()
    story.proposals_arrive(1, hook="a\x00b\ud800c")
    assert story.state.stages[CONCEPT].proposals[0].content["hook"] == "abc"


def test_a_failed_generation_leaves_the_session_ready_to_try_again() -> None:
    story = started()
    work = story.state.pending
    assert work is not None
    body = FailGeneration(correlation_id=work.correlation_id, code="MODEL_UNAVAILABLE", message="No answer.")
    (failed,) = story.when(body, by=None)
    assert isinstance(failed, GenerationFailed)
    assert (failed.stage, failed.code) == (CONCEPT, "MODEL_UNAVAILABLE")
    assert story.state.pending is None


def test_feedback_is_kept_and_starts_a_refinement_of_that_proposal() -> None:
    story = with_concepts()
    proposal = story.proposal_id(CONCEPT, 1)
    given, work = story.when(ProvideFeedback(proposal_id=proposal, text="call her Mara", path="/title"))
    assert isinstance(given, FeedbackGiven)
    assert isinstance(work, GenerationRequested)
    assert (given.stage, given.path) == (CONCEPT, "/title")
    assert (work.kind, work.proposal_id, work.feedback_id, work.count) == ("refinement", proposal, given.feedback_id, 1)
    story.proposals_arrive()
    assert story.state.stages[CONCEPT].proposals[-1].revision_of == proposal
    assert len(story.state.stages[CONCEPT].proposals) == 4  # regenerating never destroys


def test_a_shortlist_holds_each_concept_once() -> None:
    story = with_concepts()
    one, two = story.proposal_id(CONCEPT, 0), story.proposal_id(CONCEPT, 1)
    story.when(SelectConcept(proposal_ids=(one, two, one)))
    assert story.state.stages[CONCEPT].shortlist == (one, two)


def test_confirming_in_guided_mode_enters_the_next_stage_and_asks_for_it_in_one_go() -> None:
    story = with_concepts()
    facts = story.when(ConfirmStage(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT)))
    assert names(facts) == ["StageConfirmed", "StageEntered", "GenerationRequested"]
    work = facts[2]
    assert isinstance(work, GenerationRequested)
    assert work.stage is STORY
    assert work.command_id == work.correlation_id != command_id(3)  # an inbox row of its own
    assert story.state.current_stage is STORY


def test_confirming_in_free_form_only_confirms() -> None:
    story = started(GenesisMode.FREE_FORM)
    facts = story.when(ConfirmStage(stage=WORLD, content=CONTENT[WORLD]))
    assert names(facts) == ["StageConfirmed"]
    assert story.state.current_stage is CONCEPT


def test_a_stage_can_be_confirmed_with_the_writers_own_content() -> None:
    story = with_concepts()
    (confirmed, *_) = story.when(ConfirmStage(stage=CONCEPT, content=CONTENT[CONCEPT] | {"title": "Mine"}))
    assert isinstance(confirmed, StageConfirmed)
    assert (confirmed.content["title"], confirmed.proposal_id) == ("Mine", None)


def test_confirming_the_last_stage_in_guided_mode_waits_for_the_finish() -> None:
    story = all_confirmed()
    assert story.state.pending is None
    assert story.state.current_stage is PLOT
    assert story.state.facts.frontier is None


def test_confirming_something_else_later_marks_what_was_built_on_it_as_stale() -> None:
    story = all_confirmed()
    facts = story.when(ConfirmStage(stage=STORY, content=CONTENT[STORY] | {"working_title": "Another"}))
    assert names(facts) == ["StageConfirmed", "StageEntered"]  # led to the first stage that it made stale
    assert story.state.current_stage is CHARACTERS
    status = {stage: record.status for stage, record in story.state.stages.items()}
    assert status == {
        CONCEPT: StageStatus.CONFIRMED,
        STORY: StageStatus.CONFIRMED,
        CHARACTERS: StageStatus.STALE,
        WORLD: StageStatus.STALE,
        PLOT: StageStatus.STALE,
    }
    assert story.state.stages[WORLD].confirmed is not None  # nothing is overwritten
    story.when(ConfirmStage(stage=WORLD, proposal_id=story.proposal_id(WORLD)))
    assert story.state.stages[WORLD].status is StageStatus.CONFIRMED


def test_confirming_the_same_again_makes_nothing_stale() -> None:
    story = all_confirmed()
    story.when(ConfirmStage(stage=STORY, proposal_id=story.proposal_id(STORY)))
    assert all(record.status is StageStatus.CONFIRMED for record in story.state.stages.values())


def test_going_to_a_stage_is_a_fact() -> None:
    story = all_confirmed()
    assert story.when(NavigateToStage(stage=CONCEPT)) == (StageEntered(occurred_at=NOW, stage=CONCEPT),)


def test_an_edit_lies_beside_the_proposal_it_came_from() -> None:
    story = with_concepts()
    base = story.proposal_id(CONCEPT)
    (edited,) = story.when(
        EditContent(stage=CONCEPT, proposal_id=base, content=CONTENT[CONCEPT] | {"title": "By hand"})
    )
    assert isinstance(edited, ContentEdited)
    assert (edited.proposal.origin, edited.proposal.revision_of, edited.proposal.version) == (Origin.AI_EDITED, base, 4)
    story.when(EditContent(stage=CONCEPT, content=CONTENT[CONCEPT]))
    assert story.state.stages[CONCEPT].proposals[-1].origin is Origin.HUMAN


def test_cancelling_ends_the_work_and_takes_a_turn() -> None:
    story = started()
    (cancelled,) = story.when(CancelGeneration())
    assert isinstance(cancelled, GenerationCancelled)
    assert (cancelled.turn, story.state.pending) == (2, None)


@pytest.mark.parametrize("mode", list(GenesisMode))
def test_finishing_makes_a_novel_of_all_that_is_confirmed(mode: GenesisMode) -> None:
    story = all_confirmed(mode)
    (completed,) = story.when(FinishGenesis())
    assert isinstance(completed, GenesisCompleted)
    assert completed.novel_id == uuid5(command_id(story.count), "novel")
    assert completed.title == "The Drowned Bell"
    assert set(completed.content) == set(STAGE_ORDER)
    assert (story.state.status, story.state.current_stage) == (GenesisStatus.COMPLETED, GenesisStage.FINISHED)


def test_abandoning_stops_the_work_first() -> None:
    story = started()
    assert names(story.when(AbandonGenesis(reason="another idea"))) == ["GenerationCancelled", "GenesisAbandoned"]
    assert story.state.status is GenesisStatus.ABANDONED
    assert story.state.turn == 3


def test_a_branch_takes_the_content_and_leaves_the_pending_work() -> None:
    source = with_concepts()
    source.when(GenerateInspiration())
    body = BranchGenesis(from_session_id=SESSION, at_version=source.state.version)
    branch = Story()
    (branched,) = branch.when(body, source=source.state)
    assert isinstance(branched, GenesisBranched)
    assert branch.state.stages == source.state.stages
    assert (branch.state.pending, branch.state.version, branch.state.user_id) == (None, 1, ANN)


def test_a_finished_session_branches_into_its_last_stage() -> None:
    source = all_confirmed()
    source.when(FinishGenesis())
    branch = Story()
    branch.when(BranchGenesis(from_session_id=SESSION, at_version=source.state.version), source=source.state)
    assert branch.state.current_stage is PLOT


def test_the_same_command_on_the_same_state_gives_the_same_facts() -> None:
    story = with_concepts()
    command = story.command(GenerateInspiration())
    assert decide(command, story.session, NOW) == decide(command, story.session, NOW)

"""Every refusal: the code a program reads, a sentence a writer understands, and nothing changed."""

from uuid import uuid4

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.commands import (
    AbandonGenesis,
    BranchGenesis,
    CancelGeneration,
    ConfirmStage,
    EditContent,
    ExtendSession,
    FailGeneration,
    FinishGenesis,
    GenerateInspiration,
    NavigateToStage,
    PauseSession,
    ProvideFeedback,
    PublicBody,
    RecordProposals,
    SelectConcept,
    StartGenesis,
)
from domain.genesis.rejections import InvalidContent, SessionNotFound
from domain.genesis.stages import STAGE_ORDER
from domain.rejections import CommandActive
from tests.support.genesis import BOB, CONTENT, SESSION, Story, started, with_concepts
from tests.unit.domain.test_decisions import all_confirmed

CONCEPT, STORY, CHARACTERS, WORLD, PLOT = STAGE_ORDER


def test_an_unknown_session_and_a_strangers_session_are_refused_alike() -> None:
    unknown = Story().refused(NavigateToStage(stage=STORY))
    foreign = with_concepts().refused(NavigateToStage(stage=STORY), by=BOB)
    assert isinstance(unknown, SessionNotFound)
    assert isinstance(foreign, SessionNotFound)
    assert str(unknown) == str(foreign)


def test_a_session_begins_once() -> None:
    assert started().refused(StartGenesis()).code == "SESSION_EXISTS"


ENDED: list[PublicBody] = [
    SelectConcept(proposal_ids=(uuid4(),)),
    GenerateInspiration(),
    ConfirmStage(stage=CONCEPT, content=CONTENT[CONCEPT]),
    NavigateToStage(stage=CONCEPT),
    FinishGenesis(),
    AbandonGenesis(),
    EditContent(stage=CONCEPT, content=CONTENT[CONCEPT]),
    CancelGeneration(),
    ExtendSession(),
]


@pytest.mark.parametrize("body", ENDED, ids=lambda body: type(body).__name__)
@pytest.mark.parametrize("end", [FinishGenesis(), AbandonGenesis()], ids=lambda body: type(body).__name__)
def test_nothing_but_a_branch_follows_the_end(body: PublicBody, end: PublicBody) -> None:
    story = all_confirmed()
    story.when(end)
    assert story.refused(body).code == "SESSION_ENDED"


def test_feedback_after_the_end_is_refused() -> None:
    story = all_confirmed()
    proposal = story.proposal_id(CONCEPT)
    story.when(FinishGenesis())
    assert story.refused(ProvideFeedback(proposal_id=proposal, text="more")).code == "SESSION_ENDED"


@pytest.mark.parametrize(
    "body",
    [GenerateInspiration(), FinishGenesis(), ConfirmStage(stage=CONCEPT, content=CONTENT[CONCEPT])],
    ids=lambda body: type(body).__name__,
)
def test_one_generation_at_a_time(body: PublicBody) -> None:
    assert isinstance(started().refused(body), CommandActive)


def test_feedback_waits_for_the_running_generation() -> None:
    story = with_concepts()
    story.when(GenerateInspiration())
    body = ProvideFeedback(proposal_id=story.proposal_id(CONCEPT), text="darker")
    assert isinstance(story.refused(body), CommandActive)


def test_a_confirmation_in_free_form_need_not_wait() -> None:
    story = started(GenesisMode.FREE_FORM)
    story.when(GenerateInspiration())
    story.when(ConfirmStage(stage=STORY, content=CONTENT[STORY]))


def test_an_empty_stage_cannot_be_confirmed() -> None:
    story = started(GenesisMode.FREE_FORM)
    refused = story.refused(ConfirmStage(stage=CONCEPT, proposal_id=uuid4()))
    assert (refused.code, refused.message) == ("STAGE_EMPTY", "There is nothing to confirm in this stage yet.")
    assert story.refused(ConfirmStage(stage=CONCEPT)).code == "STAGE_EMPTY"


def test_an_unknown_proposal_is_refused_everywhere() -> None:
    story = with_concepts()
    for body in (
        SelectConcept(proposal_ids=(uuid4(),)),
        ConfirmStage(stage=CONCEPT, proposal_id=uuid4()),
        ProvideFeedback(proposal_id=uuid4(), text="x"),
        EditContent(stage=CONCEPT, proposal_id=uuid4(), content=CONTENT[CONCEPT]),
    ):
        assert story.refused(body).code == "UNKNOWN_PROPOSAL"


@pytest.mark.parametrize("stage", [CHARACTERS, WORLD, PLOT])
def test_guided_mode_opens_one_stage_after_another(stage: GenesisStage) -> None:
    story = with_concepts()
    for body in (
        NavigateToStage(stage=stage),
        GenerateInspiration(stage=stage),
        EditContent(stage=stage, content=CONTENT[stage]),
        ConfirmStage(stage=stage, content=CONTENT[stage]),
    ):
        refused = story.refused(body)
        assert refused.code == "STAGE_NOT_OPEN"
        assert "“Concept”" in refused.message


@pytest.mark.parametrize("mode", list(GenesisMode))
def test_nobody_walks_into_the_finish(mode: GenesisMode) -> None:
    story = started(mode)
    assert story.refused(NavigateToStage(stage=GenesisStage.FINISHED)).code == "WRONG_STAGE"


def test_going_where_one_is_is_refused() -> None:
    assert with_concepts().refused(NavigateToStage(stage=CONCEPT)).code == "ALREADY_THERE"


def test_the_finish_needs_every_stage() -> None:
    refused = with_concepts().refused(FinishGenesis())
    assert refused.code == "NOT_READY"
    assert "“Concept”" in refused.message


def test_there_must_be_something_to_cancel_and_to_choose_from() -> None:
    story = started(GenesisMode.FREE_FORM)
    assert story.refused(CancelGeneration()).code == "NOTHING_TO_CANCEL"
    assert story.refused(SelectConcept(proposal_ids=(uuid4(),))).code == "STAGE_EMPTY"


def test_content_of_the_wrong_shape_names_each_field() -> None:
    story = with_concepts()
    body = ConfirmStage(stage=CONCEPT, content={"title": "", "logline": 7, "colour": "red"})
    refused = story.refused(body)
    assert isinstance(refused, InvalidContent)
    fields = {field for field, _ in refused.errors}
    assert {"content.title", "content.logline", "content.colour", "content.central_conflict"} <= fields


def test_an_edit_says_what_it_changes() -> None:
    story = with_concepts()
    assert story.refused(EditContent(stage=CONCEPT)).code == "EMPTY_EDIT"
    locks = EditContent(stage=CONCEPT, proposal_id=story.proposal_id(CONCEPT), locked_paths=("/nowhere",))
    assert story.refused(locks).code == "UNKNOWN_PATH"
    assert story.refused(EditContent(stage=CONCEPT, locked_paths=("/title",))).code == "STAGE_EMPTY"


def test_feedback_points_at_something_that_is_there() -> None:
    story = with_concepts()
    body = ProvideFeedback(proposal_id=story.proposal_id(CONCEPT), text="x", path="/nowhere")
    assert story.refused(body).code == "UNKNOWN_PATH"


def test_outcomes_of_work_that_has_ended_are_refused() -> None:
    story = started()
    assert story.state.pending is not None
    correlation_id = story.state.pending.correlation_id
    story.when(CancelGeneration())
    late = RecordProposals(
        correlation_id=correlation_id, contents=(CONTENT[CONCEPT],), writer="m", model="m", prompt_version="1"
    )
    assert story.refused(late, by=None).code == "WORK_NOT_ACTIVE"
    failure = FailGeneration(correlation_id=correlation_id, code="X", message="x")
    assert story.refused(failure, by=None).code == "WORK_NOT_ACTIVE"


def test_a_session_does_not_pause_before_its_time() -> None:
    assert started().refused(PauseSession(), by=None).code == "NOT_READY"


def test_a_branch_needs_a_moment_that_exists_in_a_session_of_ones_own() -> None:
    source = with_concepts()
    body = BranchGenesis(from_session_id=SESSION, at_version=99)
    assert isinstance(Story().refused(body), SessionNotFound)
    assert isinstance(Story().refused(body, by=BOB, source=source.state), SessionNotFound)
    assert Story().refused(body, source=source.state).code == "UNKNOWN_VERSION"

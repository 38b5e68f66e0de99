"""What an outcome says of how it came about, and what a request says of how it is to be written."""

from typing import Any
from uuid import UUID

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.asked import Asked, AttemptMade, SentPart
from domain.genesis.commands import FailGeneration, GenerateInspiration, ProvideFeedback, RecordProposals
from domain.genesis.events import FeedbackGiven, GenerationFailed, GenerationRequested, ProposalsRecorded
from domain.genesis.proposals import Proposal, StageRecord
from tests.support.genesis import CONTENT, NOW, Story, started

CONCEPT = GenesisStage.CONCEPT_SELECTION
ATTEMPT = AttemptMade(
    number=1,
    cause="FLAWED",
    parameters={"max_tokens": 900},
    parts=(SentPart(role="user", name="spark", hash="ab"),),
    input_tokens=12,
    output_tokens=3,
)
ASKED = Asked(attempts=(ATTEMPT,), left_out=("notes",))


def generating(count: int = 1) -> Story:
    story = started(GenesisMode.FREE_FORM)
    story.when(GenerateInspiration(count=count))
    return story


def recorded(story: Story, count: int, **more: Any) -> ProposalsRecorded:
    body = RecordProposals(
        correlation_id=pending(story).correlation_id,
        contents=(CONTENT[CONCEPT],) * count,
        writer="model",
        model="m",
        prompt_version="p-1",
        **more,
    )
    (event,) = story.when(body, by=None)
    assert isinstance(event, ProposalsRecorded)
    return event


def pending(story: Story) -> GenerationRequested:
    assert story.state.pending is not None
    return story.state.pending


def test_an_outcome_says_how_many_were_wanted_what_was_noted_and_what_was_asked() -> None:
    story = generating(3)
    event = recorded(story, 2, item_notes=(("Too like the first.",),), notes=("Notes in short.",), asked=ASKED)
    assert (event.wanted, event.notes, event.asked) == (3, ("Notes in short.",), ASKED)
    assert [proposal.notes for proposal in event.proposals] == [("Too like the first.",), ()]
    record = story.state.stages[CONCEPT]
    assert record.last_round is not None
    assert (record.last_round.wanted, record.last_round.came) == (3, 2)


def test_a_failure_says_what_was_asked_in_vain() -> None:
    story = generating()
    body = FailGeneration(
        correlation_id=pending(story).correlation_id, code="EMPTY", message="Nothing.", model="m", asked=ASKED
    )
    (event,) = story.when(body, by=None)
    assert isinstance(event, GenerationFailed)
    assert (event.model, event.asked) == ("m", ASKED)


@pytest.mark.parametrize("kind", ["inspiration", "refinement"])
def test_a_request_can_be_for_fewer_details_and_for_the_muse(kind: str) -> None:
    story = generating()
    proposal_id = recorded(story, 1).proposals[0].id
    wanted: dict[str, Any] = {"fewer_details": True, "writer": "muse"}
    body = (
        GenerateInspiration(**wanted)
        if kind == "inspiration"
        else ProvideFeedback(proposal_id=proposal_id, text="Darker.", **wanted)
    )
    work = story.when(body)[-1]
    assert isinstance(work, GenerationRequested)
    assert (work.kind, work.fewer_details, work.writer) == (kind, True, "muse")


def test_a_note_that_is_asked_for_again_stands_there_once() -> None:
    story = generating()
    proposal_id = recorded(story, 1).proposals[0].id
    said = ProvideFeedback(proposal_id=proposal_id, text="Darker.")
    given, work = story.when(said)
    assert isinstance(given, FeedbackGiven)
    story.when(FailGeneration(correlation_id=pending(story).correlation_id, code="EMPTY", message="Nothing."), by=None)
    (again,) = story.when(said)
    assert isinstance(again, GenerationRequested)
    assert again.feedback_id == given.feedback_id
    assert isinstance(work, GenerationRequested)
    assert len(story.state.stages[CONCEPT].feedback) == 1


def test_attempts_of_two_workers_are_numbered_on() -> None:
    both = ASKED.after(ASKED)
    assert [one.number for one in both.attempts] == [1, 2]
    assert ASKED.after(None) == ASKED


def test_what_was_written_before_there_were_notes_can_still_be_read() -> None:
    old = {
        "id": UUID(int=1),
        "stage": CONCEPT,
        "version": 1,
        "content": {},
        "origin": "ai",
        "created_at": NOW,
    }
    assert Proposal.model_validate(old).notes == ()
    assert StageRecord.model_validate({"proposals": [old]}).last_round is None
    event = ProposalsRecorded.model_validate(
        {
            "occurred_at": NOW,
            "correlation_id": UUID(int=2),
            "stage": CONCEPT,
            "proposals": [old],
            "writer": "muse",
            "model": "muse",
            "prompt_version": "1",
            "usage": {},
            "cost_usd": None,
            "price_source": None,
        }
    )
    assert (event.wanted, event.notes, event.asked) == (None, (), None)

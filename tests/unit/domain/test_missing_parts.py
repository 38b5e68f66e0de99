"""A proposal of which some parts did not come: what is written down, and how the rest is asked for."""

import json
from uuid import UUID

import pytest
from genesis_types.enums import GenesisMode

from domain.aggregate import DomainEvent
from domain.genesis.commands import (
    BranchGenesis,
    FailGeneration,
    GenerateInspiration,
    ProvideFeedback,
    RecordProposals,
    StartGenesis,
)
from domain.genesis.events import GenerationRequested, GenesisBranched, ProposalsRecorded
from domain.genesis.stage_fold import MOST_INCOMPLETE
from domain.genesis.stages import STAGE_ORDER
from domain.rejections import Refused
from infrastructure.event_store.codec import CODEC, EventCodec, UnreadableEvent
from tests.support.genesis import CONTENT, Story

CHARACTERS = STAGE_ORDER[2]
MISSING = ("/characters/1", "/characters/2")


def recorded(missing: tuple[str, ...], contents: int = 1) -> Story:
    story = Story()
    story.when(StartGenesis(mode=GenesisMode.FREE_FORM))
    facts = story.when(GenerateInspiration(stage=CHARACTERS, count=1))
    work = next(fact for fact in facts if isinstance(fact, GenerationRequested))
    outcome = RecordProposals(
        correlation_id=work.correlation_id,
        contents=(CONTENT[CHARACTERS],) * contents,
        writer="model",
        model="small",
        prompt_version="1",
        missing=missing,
    )
    story.when(outcome, by=None)
    return story


def test_what_is_missing_is_written_down_and_can_be_asked_for() -> None:
    story = recorded(MISSING)
    (event,) = [fact for fact in story.events if isinstance(fact, ProposalsRecorded)]
    last = story.state.stages[CHARACTERS].last_round
    assert event.missing == MISSING
    assert last is not None
    assert (last.missing, last.proposal_id) == (MISSING, event.proposals[0].id)

    (work,) = story.when(GenerateInspiration(stage=CHARACTERS, count=3, rest=True))
    assert isinstance(work, GenerationRequested)
    assert (work.rest_of, work.count, work.kind) == (event.proposals[0].id, 1, "inspiration")


def test_the_rest_is_a_revision_of_what_came() -> None:
    story = recorded(MISSING)
    (work,) = story.when(GenerateInspiration(stage=CHARACTERS, rest=True))
    assert isinstance(work, GenerationRequested)
    outcome = RecordProposals(
        correlation_id=work.correlation_id,
        contents=(CONTENT[CHARACTERS],),
        writer="model",
        model="small",
        prompt_version="1",
    )
    story.when(outcome, by=None)
    first, second = story.state.stages[CHARACTERS].proposals
    assert second.revision_of == first.id
    last = story.state.stages[CHARACTERS].last_round
    assert last is not None
    assert (last.missing, last.proposal_id) == ((), None)


def outcome_of(story: Story, work: GenerationRequested, **more: object) -> ProposalsRecorded:
    outcome = RecordProposals.model_validate(
        {
            "correlation_id": work.correlation_id,
            "contents": (CONTENT[CHARACTERS],) * work.count,
            "writer": "model",
            "model": "small",
            "prompt_version": "1",
            **more,
        }
    )
    (recorded,) = story.when(outcome, by=None)
    assert isinstance(recorded, ProposalsRecorded)
    return recorded


def asked_for(story: Story, body: GenerateInspiration | ProvideFeedback) -> GenerationRequested:
    return next(fact for fact in story.when(body) if isinstance(fact, GenerationRequested))


def begun() -> Story:
    story = Story()
    story.when(StartGenesis(mode=GenesisMode.FREE_FORM))
    return story


def test_each_incomplete_proposal_of_a_round_can_be_completed() -> None:
    story = begun()
    work = asked_for(story, GenerateInspiration(stage=CHARACTERS, count=3))
    made = outcome_of(story, work, item_missing=(("/characters/1",), (), MISSING)).proposals
    record = story.state.stages[CHARACTERS]
    assert [(one.proposal_id, one.missing) for one in record.incomplete] == [
        (made[0].id, ("/characters/1",)),
        (made[2].id, MISSING),
    ]

    rest = asked_for(story, GenerateInspiration(stage=CHARACTERS, count=3, rest_of=made[2].id))
    assert (rest.rest_of, rest.count, rest.kind, rest.feedback_id) == (made[2].id, 1, "inspiration", None)
    completed = outcome_of(story, rest)
    assert completed.proposals[0].revision_of == made[2].id
    left = story.state.stages[CHARACTERS].incomplete
    assert [one.proposal_id for one in left] == [made[0].id], "what is complete is asked for no more"
    assert asked_for(story, GenerateInspiration(stage=CHARACTERS, rest_of=made[0].id)).rest_of == made[0].id


def test_the_rest_of_a_refinement_is_asked_for_with_its_note() -> None:
    story = begun()
    work = asked_for(story, GenerateInspiration(stage=CHARACTERS, count=1))
    (first,) = outcome_of(story, work).proposals
    refining = asked_for(story, ProvideFeedback(proposal_id=first.id, text="Let all of them be afraid."))
    (partial,) = outcome_of(story, refining, item_unchanged=(MISSING,)).proposals
    rest = asked_for(story, GenerateInspiration(stage=CHARACTERS, rest_of=partial.id))
    assert (rest.kind, rest.proposal_id, rest.rest_of, rest.feedback_id) == (
        "refinement",
        partial.id,
        partial.id,
        refining.feedback_id,
    )
    again = outcome_of(story, rest, item_unchanged=(MISSING[1:],))
    assert again.incomplete[0].feedback_id == refining.feedback_id, "the note is the same as long as any of it is open"
    (newest,) = again.proposals
    done = outcome_of(story, asked_for(story, GenerateInspiration(stage=CHARACTERS, rest=True)))
    assert done.proposals[0].revision_of == newest.id
    assert story.state.stages[CHARACTERS].incomplete == ()


def test_a_rest_that_fails_can_be_asked_for_again() -> None:
    story = recorded(MISSING)
    partial = story.state.stages[CHARACTERS].incomplete
    work = asked_for(story, GenerateInspiration(stage=CHARACTERS, rest_of=partial[0].proposal_id))
    story.when(FailGeneration(correlation_id=work.correlation_id, code="TIMED_OUT", message="Too late."), by=None)
    assert story.state.stages[CHARACTERS].incomplete == partial
    asked_for(story, GenerateInspiration(stage=CHARACTERS, rest_of=partial[0].proposal_id))


def test_what_only_the_newest_proposals_lack_is_kept() -> None:
    story = begun()
    for _ in range(MOST_INCOMPLETE + 1):
        work = asked_for(story, GenerateInspiration(stage=CHARACTERS, count=1))
        outcome_of(story, work, item_missing=(MISSING,))
    record = story.state.stages[CHARACTERS]
    assert [one.proposal_id for one in record.incomplete] == [one.id for one in record.proposals[1:]]


def test_the_rest_of_an_unknown_proposal_is_refused() -> None:
    refused = recorded(MISSING).refused(GenerateInspiration(stage=CHARACTERS, rest_of=UUID(int=9)))
    assert isinstance(refused, Refused)
    assert refused.code == "UNKNOWN_PROPOSAL"


def test_an_outcome_that_an_older_build_has_kept_is_recorded_as_it_was_meant() -> None:
    (event,) = [fact for fact in recorded(MISSING).events if isinstance(fact, ProposalsRecorded)]
    assert [(one.proposal_id, one.missing) for one in event.incomplete] == [(event.proposals[0].id, MISSING)]


def test_stored_rounds_of_older_builds_can_be_completed() -> None:
    (event,) = [fact for fact in recorded(MISSING).events if isinstance(fact, ProposalsRecorded)]
    old = event.model_dump(mode="json", exclude={"incomplete", "rest_of"})
    assert CODEC.decode("ProposalsRecorded", 1, json.dumps(old)) == event
    whole = old | {"missing": []}
    decoded = CODEC.decode("ProposalsRecorded", 1, json.dumps(whole))
    assert isinstance(decoded, ProposalsRecorded)
    assert decoded.incomplete == ()


def test_records_of_older_branches_can_be_completed() -> None:
    story = recorded(MISSING)
    record = story.state.stages[CHARACTERS]
    body = BranchGenesis(from_session_id=story.state.session_id, at_version=story.state.version)
    (branched,) = Story().when(body, source=story.state)
    assert isinstance(branched, GenesisBranched)
    old = branched.model_dump(mode="json")
    for one in old["stages"].values():
        del one["incomplete"], one["search"]
    decoded = CODEC.decode("GenesisBranched", 2, json.dumps(old))
    assert isinstance(decoded, GenesisBranched)
    assert decoded.stages[CHARACTERS].incomplete == record.incomplete


@pytest.mark.parametrize("name", ["GenerationRequested", "ProposalsRecorded", "GenesisBranched"])
def test_an_older_build_says_that_the_event_is_newer_than_itself(name: str) -> None:
    newest = CODEC.newest(name)
    assert newest is not None
    older = type(name, (DomainEvent,), {"schema_version": newest - 1})
    steps = {(name, at): lambda payload: payload for at in range(1, newest - 1)}
    with pytest.raises(UnreadableEvent, match="newer build: upgrade this one"):
        EventCodec({name: older}, steps).decode(name, newest, "{}")


@pytest.mark.parametrize("contents", [0, 1], ids=["nothing was proposed", "all came"])
def test_where_nothing_is_missing_there_is_no_rest(contents: int) -> None:
    story = recorded((), contents) if contents else Story()
    if not contents:
        story.when(StartGenesis(mode=GenesisMode.FREE_FORM))
    refused = story.refused(GenerateInspiration(stage=CHARACTERS, rest=True))
    assert isinstance(refused, Refused)
    assert refused.code == "NOTHING_MISSING"

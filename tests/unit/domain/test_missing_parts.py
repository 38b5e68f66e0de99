"""A proposal of which some parts did not come: what is written down, and how the rest is asked for."""

import pytest
from genesis_types.enums import GenesisMode

from domain.genesis.commands import GenerateInspiration, RecordProposals, StartGenesis
from domain.genesis.events import GenerationRequested, ProposalsRecorded
from domain.genesis.stages import STAGE_ORDER
from domain.rejections import Refused
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


@pytest.mark.parametrize("contents", [0, 1], ids=["nothing was proposed", "all came"])
def test_where_nothing_is_missing_there_is_no_rest(contents: int) -> None:
    story = recorded((), contents) if contents else Story()
    if not contents:
        story.when(StartGenesis(mode=GenesisMode.FREE_FORM))
    refused = story.refused(GenerateInspiration(stage=CHARACTERS, rest=True))
    assert isinstance(refused, Refused)
    assert refused.code == "NOTHING_MISSING"

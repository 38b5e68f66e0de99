"""Given / when / then for the genesis session, with plain values, a fixed clock and readable ids."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.aggregate import Command, Limits
from domain.genesis.commands import (
    AnyBody,
    ConfirmStage,
    GenerateInspiration,
    RecordProposals,
    StartGenesis,
)
from domain.genesis.decide import decide
from domain.genesis.decide_lifetime import SOURCE
from domain.genesis.events import Event
from domain.genesis.session import Session, fold
from domain.genesis.stages import STAGE_ORDER
from domain.rejections import Rejection

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ANN = UUID("aaaaaaaa-0000-4000-8000-000000000001")
BOB = UUID("bbbbbbbb-0000-4000-8000-000000000002")
SESSION = UUID("5e551000-0000-4000-8000-000000000003")

CONTENT: dict[GenesisStage, dict[str, Any]] = {
    GenesisStage.CONCEPT_SELECTION: {
        "title": "The Drowned Bell",
        "logline": "A lighthouse keeper hears a bell that sank with her brother.",
        "premise_question": "What if the sea gave back what it took, one sound at a time?",
        "central_conflict": "She must choose between the voice and the living.",
    },
    GenesisStage.STORY_CONCEPTION: {
        "working_title": "The Drowned Bell",
        "premise_sentence": "A keeper bargains with the sea.",
        "theme_statement": "Grief is a debt that only the living can forgive.",
    },
    GenesisStage.CHARACTERS: {
        "characters": [{"id": "mara", "name": "Mara Venn", "one_line_storyline": "She learns to let the light go out."}]
    },
    GenesisStage.WORLDVIEW: {"setting": {"place": "Skerry Point"}},
    GenesisStage.PLOT_OUTLINE: {
        "beats": [{"key": "midpoint", "label": "Midpoint", "target_pct": 50, "summary": "The bell answers."}],
        "chapters": [{"n": 1, "title": "The Lamp", "summary": "Mara lights the lamp alone."}],
    },
}


def command_id(number: int) -> UUID:
    """A stable id for the `number`th command of a test."""
    return uuid5(SESSION, f"command:{number}")


@dataclass
class Story:
    """A session's history as a test tells it. Every step goes through `decide` and `fold`, as in production."""

    session: Session | None = None
    events: list[Event] = field(default_factory=list)
    now: datetime = NOW
    count: int = 0

    @property
    def state(self) -> Session:
        assert self.session is not None
        return self.session

    def command(
        self, body: AnyBody, *, by: UUID | None = ANN, source: Session | None = None, limits: Limits | None = None
    ) -> Command:
        self.count += 1
        return Command(
            command_id(self.count), SESSION, by, body, limits or Limits(), {SOURCE: source} if source else {}
        )

    def when(self, body: AnyBody, *, by: UUID | None = ANN, source: Session | None = None) -> tuple[Event, ...]:
        """Decide, then fold the facts; they are returned for `then`."""
        facts = decide(self.command(body, by=by, source=source), self.session, self.now)
        self.session = fold(SESSION, facts, self.session)
        self.events.extend(facts)
        return facts

    def refused(self, body: AnyBody, *, by: UUID | None = ANN, source: Session | None = None) -> Rejection:
        """The rejection of `body`; nothing has changed."""
        with pytest.raises(Rejection) as caught:
            decide(self.command(body, by=by, source=source), self.session, self.now)
        return caught.value

    def later(self, **delta: float) -> "Story":
        self.now += timedelta(**delta)
        return self

    def proposals_arrive(self, count: int = 1, **changes: Any) -> tuple[Event, ...]:
        """The pending work ends with `count` proposals of its stage."""
        pending = self.state.pending
        assert pending is not None
        contents = tuple(CONTENT[pending.stage] | changes for _ in range(count))
        return self.when(
            RecordProposals(
                correlation_id=pending.correlation_id,
                contents=contents,
                writer="muse",
                model="muse-1",
                prompt_version="1",
            ),
            by=None,
        )

    def proposal_id(self, stage: GenesisStage, index: int = -1) -> UUID:
        return self.state.stages[stage].proposals[index].id


def started(mode: GenesisMode = GenesisMode.GUIDED, seed: str = "a lighthouse keeper and a bell") -> Story:
    """A session that has just begun; guided with a seed: its first generation runs."""
    story = Story()
    story.when(StartGenesis(mode=mode, seed=seed))
    return story


def with_concepts(count: int = 3) -> Story:
    """A guided session with concepts on the table."""
    story = started()
    story.proposals_arrive(count)
    return story


def names(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def all_confirmed(mode: GenesisMode = GenesisMode.GUIDED) -> Story:
    story = started(mode)
    for stage in STAGE_ORDER:
        if story.state.pending is None:
            story.when(GenerateInspiration(stage=stage))
        story.proposals_arrive()
        story.when(ConfirmStage(stage=stage, proposal_id=story.proposal_id(stage)))
    return story

"""Commands against a real store, with fixed ids: what the tests of the write path speak in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from genesis_types.enums import GenesisStage

from application.command_results import CommandOutcome, new_stream_id
from application.handle_command import CommandHandler
from application.ports import EventStore
from application.wakeups import Hints
from domain.aggregate import Command
from domain.genesis.commands import (
    AnyBody,
    BranchGenesis,
    ConfirmStage,
    GenerateInspiration,
    RecordProposals,
    StartGenesis,
)
from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_ORDER

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

CONTENTS: dict[GenesisStage, Content] = {
    GenesisStage.CONCEPT_SELECTION: {
        "title": "The Salt Clock",
        "logline": "A clockmaker must stop the tide that counts down her city.",
        "premise_question": "What if the sea kept time?",
        "central_conflict": "She can save the city or the sea's memory of her son.",
    },
    GenesisStage.STORY_CONCEPTION: {
        "working_title": "The Salt Clock",
        "premise_sentence": "A clockmaker bargains with the sea.",
        "theme_statement": "Grief is a debt that cannot be paid in time.",
    },
    GenesisStage.CHARACTERS: {
        "characters": [{"id": "ines", "name": "Ines", "one_line_storyline": "She learns to let the tide in."}]
    },
    GenesisStage.WORLDVIEW: {
        "setting": {"place": "Marrow Quay"},
        "rules": [{"id": "tides", "name": "Tides", "statement": "The sea repeats what it is told."}],
    },
    GenesisStage.PLOT_OUTLINE: {
        "beats": [{"key": "midpoint", "label": "Midpoint", "target_pct": 50, "summary": "The tide does not turn."}],
        "chapters": [{"n": 1, "title": "Low Water", "summary": "The clock stops."}],
    },
}


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Desk:
    """One writer at one store: says commands, remembers the session."""

    def __init__(self, store: EventStore, *, user_id: UUID | None = None, hints: Hints | None = None) -> None:
        self.store = store
        self.clock = TestClock()
        self.user_id = user_id or uuid4()
        self.session_id = uuid4()
        self.hints = hints
        self.commands = CommandHandler(store, self.clock, hints)

    def command(self, body: AnyBody, *, command_id: UUID | None = None, user_id: UUID | None = None) -> Command:
        own_id = command_id or uuid4()
        creates = isinstance(body, StartGenesis | BranchGenesis)
        return Command(
            command_id=own_id,
            stream_id=new_stream_id(own_id) if creates else self.session_id,
            user_id=user_id or self.user_id,
            body=body,
        )

    async def send(self, command: Command, *, expected_version: int | None = None) -> CommandOutcome:
        return await self.commands.handle(command, expected_version=expected_version)

    async def do(self, body: AnyBody, **options: Any) -> CommandOutcome:
        expected_version = options.pop("expected_version", None)
        return await self.send(self.command(body, **options), expected_version=expected_version)

    async def start(self, **body: Any) -> CommandOutcome:
        answer = await self.do(StartGenesis(**body))
        self.session_id = answer.session_id
        return answer

    async def record(self, correlation_id: UUID, stage: GenesisStage, *, count: int = 1) -> CommandOutcome:
        """The outcome of a generation, as the worker records it."""
        body = RecordProposals(
            correlation_id=correlation_id,
            contents=tuple(CONTENTS[stage] for _ in range(count)),
            writer="muse",
            model="muse",
            prompt_version="1",
        )
        command = Command(uuid5(correlation_id, "outcome"), self.session_id, None, body)
        return await self.send(command)

    async def propose(self, stage: GenesisStage = GenesisStage.CONCEPT_SELECTION, *, count: int = 1) -> UUID:
        """Ask for proposals and get them; the id of the first."""
        answer = await self.do(GenerateInspiration(stage=stage, count=count))
        assert answer.correlation_id is not None
        await self.record(answer.correlation_id, stage, count=count)
        return uuid5(answer.correlation_id, "proposal:0")

    async def confirm_all(self) -> None:
        """Every stage confirmed with the writer's own content (free-form)."""
        for stage in STAGE_ORDER:
            await self.do(ConfirmStage(stage=stage, content=CONTENTS[stage]))

    async def confirm_all_guided(self) -> None:
        """Every stage confirmed in guided mode, each next generation answered."""
        for stage in STAGE_ORDER:
            answer = await self.do(ConfirmStage(stage=stage, content=CONTENTS[stage]))
            if answer.correlation_id is not None:
                await self.record(answer.correlation_id, STAGE_ORDER[STAGE_ORDER.index(stage) + 1])

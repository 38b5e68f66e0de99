"""A writer with an account, whose generations are paid for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4, uuid5

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from application.chapter_writers import ChapterRequest
from application.command_results import CommandOutcome
from application.contents_writers import ContentsRequest
from application.credits import CreditPolicy
from application.handle_command import CommandHandler
from application.writers import WriterRequest
from domain.account.account import Account, account_id
from domain.account.aggregate import ACCOUNT
from domain.account.commands import (
    GrantCredits,
)
from domain.aggregate import Body, Command, DomainEvent
from domain.genesis.commands import (
    FailGeneration,
    RecordProposals,
)
from infrastructure.event_store.codec import CODEC
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from tests.support.account import adds_up
from tests.support.commands import CONTENTS, Desk

STAGE = GenesisStage.CONCEPT_SELECTION
EACH = 1_000


class Prices:
    """Every generation costs at most 1000; what it used is what was reported."""

    async def estimate(self, request: WriterRequest) -> int:
        return EACH

    async def estimate_chapter(self, request: ChapterRequest) -> int:
        return EACH

    async def estimate_contents(self, request: ContentsRequest) -> int:
        return EACH

    def charge(self, usage: Mapping[str, JsonValue], cost_usd: float | None, model: str) -> int | None:
        return None if cost_usd is None else round(cost_usd)


class Till:
    """A writer with an account, at a desk whose commands are paid for."""

    def __init__(self, desk: Desk, pool: Pool) -> None:
        self.desk, self.pool = desk, pool
        self.policies = (CreditPolicy(Prices()),)
        desk.commands = CommandHandler(desk.store, desk.clock, policies=self.policies)
        self.stream = account_id(desk.user_id)

    def process(self) -> CommandHandler:
        """Another process: it remembers nothing of what others did."""
        return CommandHandler(PostgresEventStore(self.pool, "genesis.events"), self.desk.clock, policies=self.policies)

    async def give(self, body: Body, *, command_id: UUID | None = None) -> CommandOutcome:
        return await self.desk.commands.handle(Command(command_id or uuid4(), self.stream, None, body))

    async def grant(self, amount: int, **more: Any) -> None:
        await self.give(GrantCredits(user_id=self.desk.user_id, amount=amount, **more))

    async def account(self) -> Account:
        found: Account = await self.desk.store.load(ACCOUNT, self.stream)
        adds_up(found.ledger)
        return found

    async def names(self) -> list[str]:
        """The account's facts, in order."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT event_type FROM domain_events WHERE aggregate_id = %s ORDER BY aggregate_version",
                (str(self.stream),),
            )
            return [row[0] for row in await cursor.fetchall()]

    async def events(self) -> list[DomainEvent]:
        """The account's facts from the beginning, decoded."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT event_type, event_version, payload::text FROM domain_events WHERE aggregate_id = %s"
                " ORDER BY aggregate_version",
                (str(self.stream),),
            )
            return [CODEC.decode(*row) for row in await cursor.fetchall()]

    async def written(self) -> tuple[int, ...]:
        async with self.pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT (SELECT count(*) FROM command_inbox), (SELECT count(*) FROM domain_events),"
                " (SELECT count(*) FROM event_outbox)"
            )
            return tuple((await cursor.fetchall())[0])

    def outcome(self, correlation_id: UUID, cost: float | None = 300) -> Command:
        body = RecordProposals(
            correlation_id=correlation_id,
            contents=(CONTENTS[STAGE],),
            writer="model",
            model="m",
            prompt_version="1",
            cost_usd=cost,
        )
        return Command(uuid5(correlation_id, "outcome"), self.desk.session_id, None, body)

    def failure(self, correlation_id: UUID) -> Command:
        body = FailGeneration(correlation_id=correlation_id, code="X", message="x")
        return Command(uuid5(correlation_id, "outcome"), self.desk.session_id, None, body)

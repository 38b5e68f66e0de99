"""Estimates a generation before it is asked for, from the read side: the most it can cost, and how much is read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from genesis_types.enums import CommandType, GenesisStage
from psycopg.rows import dict_row

from application.credits import Pricing
from application.writers import WriterRequest
from domain.genesis.events import GenerationRequested
from domain.genesis.premise import Premise
from domain.genesis.proposals import StageRecord
from domain.genesis.stages import STAGE_BY_KEY, STAGE_ORDER
from infrastructure.postgres.pool import Pool
from infrastructure.writers.prompt_size import PromptSize

_SESSION = """
SELECT s.title, s.seed, s.genre, s.audience, s.language, s.current_stage::text,
    coalesce(
        (SELECT jsonb_object_agg(r.stage, r.record) FROM genesis_stage_records r WHERE r.session_id = s.id), '{}'
    ) AS records
FROM genesis_sessions s WHERE s.id = %(session_id)s AND s.user_id = %(user_id)s
"""

NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """`amount`: the most that it can cost, in the smallest unit. `size` None: of the muse, or of no generation."""

    amount: int = 0
    size: PromptSize | None = None


class Estimates:
    """Foresees what a writer would be asked, were it asked now. `pricing` None: credits are off, and it costs nothing.

    `size` says how much of a request the one who will be asked first can read.
    """

    def __init__(
        self, pool: Pool, pricing: Pricing | None, size: Callable[[WriterRequest], Awaitable[PromptSize | None]]
    ) -> None:
        self._pool = pool
        self._pricing = pricing
        self._size = size

    @property
    def priced(self) -> bool:
        """Whether generations are paid for in credits."""
        return self._pricing is not None

    async def of(
        self,
        session_id: UUID,
        user_id: UUID,
        stage: GenesisStage | None,
        count: int | None,
        proposal_id: UUID | None,
        *,
        search: bool = False,
    ) -> Foreseen | None:
        """What a generation would be; with `proposal_id` it refines that one, with `search` it finds contradictions.

        None: there is no such session, or it is not this user's. Raises Refused when nobody knows its price.
        """
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(_SESSION, {"session_id": session_id, "user_id": user_id})
            row = await cursor.fetchone()
        if row is None:
            return None
        wanted = stage or GenesisStage(row["current_stage"])
        if wanted not in STAGE_BY_KEY:  # a finished session asks for nothing
            return Foreseen()
        request = replace(_request(session_id, row, wanted, count, proposal_id, search=search), user_id=user_id)
        amount = await self._pricing.estimate(request) if self._pricing is not None else 0
        return Foreseen(amount, await self._size(request))


def _request(
    session_id: UUID,
    row: dict[str, Any],
    stage: GenesisStage,
    count: int | None,
    proposal_id: UUID | None,
    *,
    search: bool = False,
) -> WriterRequest:
    records = {key: StageRecord.model_validate(row["records"].get(key, {})) for key in STAGE_ORDER}
    data = STAGE_BY_KEY[stage]
    refines = proposal_id is not None
    command_type = CommandType.PROVIDE_FEEDBACK if refines else CommandType.GENERATE_INSPIRATION
    command_type = CommandType.FIND_CONTRADICTIONS if search else command_type
    now = datetime.now(UTC)
    work = GenerationRequested(
        occurred_at=now,
        correlation_id=NOBODY,
        command_id=NOBODY,
        command_type=command_type,
        stage=stage,
        kind="agreement" if search else "refinement" if refines else "inspiration",
        count=1 if refines or search else min(count or data.default_count, data.max_count),
        proposal_id=proposal_id,
        turn=0,
        deadline_at=now,
    )
    return WriterRequest(
        work=work,
        premise=Premise.model_validate({name: row[name] for name in Premise.model_fields}),
        confirmed={
            key: record.confirmed
            for key, record in records.items()
            if (key != stage or search) and record.confirmed is not None
        },
        record=records[stage],
        target=records[stage].proposal(proposal_id) if proposal_id else None,
        feedback=tuple((key, said) for key in STAGE_ORDER for said in records[key].feedback),
        session_id=session_id,
        stale=tuple(key for key in STAGE_ORDER if records[key].stale),
    )

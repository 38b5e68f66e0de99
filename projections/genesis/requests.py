"""Answers what was sent for a proposal, or in a generation: requests with their parts, parameters, tokens, price."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from genesis_types.enums import GenesisStage
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from pydantic import Field, JsonValue

from projections.genesis.views import View

# A branch has proposals that were made in the session it comes from, or further up.
_LINE = """
WITH RECURSIVE line AS (
    SELECT s.id, s.source_session_id, 1 AS steps FROM genesis_sessions s
    WHERE s.id = %(session_id)s AND s.user_id = %(user_id)s
    UNION ALL
    SELECT s.id, s.source_session_id, line.steps + 1 FROM line
    JOIN genesis_sessions s ON s.id = line.source_session_id AND s.user_id = %(user_id)s
    WHERE line.steps < 100
)"""
_BEYOND = f"{_LINE} SELECT source_session_id FROM line ORDER BY steps DESC LIMIT 1"  # noqa: S608  (constants)
_REQUEST = """
SELECT g.correlation_id, g.stage, g.writer, g.model, g.prompt_version, g.usage, g.cost_usd, g.price_source, g.notes,
    g.asked, g.ended_at, g.failure,
    coalesce((
        SELECT jsonb_object_agg(p.hash, p.text) FROM sent_parts p
        WHERE p.session_id = g.session_id AND p.hash IN (
            SELECT part->>'hash' FROM jsonb_array_elements(g.asked->'attempts') AS attempt,
                jsonb_array_elements(attempt->'parts') AS part
        )
    ), '{{}}') AS texts
FROM line JOIN genesis_generations g ON g.session_id = line.id
WHERE {which}
LIMIT 1
"""
_OF_PROPOSAL = _LINE + _REQUEST.format(which="g.proposal_ids @> to_jsonb(%(proposal_id)s::text)")
_OF_GENERATION = _LINE + _REQUEST.format(which="g.correlation_id = %(correlation_id)s")


class SentPartView(View):
    """One part of what was sent, in its order; its text is in `texts` by its hash (SHA-256, hex digits)."""

    role: Literal["system", "user", "schema"]
    name: str
    hash: str


class AttemptView(View):
    """One request. `cause`: what was wrong with its answer, null of the one that was taken. Tokens null: unknown."""

    number: int
    cause: str | None
    parameters: dict[str, JsonValue]
    parts: tuple[SentPartView, ...]
    input_tokens: int | None
    output_tokens: int | None


class WorkRequest(View):
    """What was sent in a generation. `attempts` empty: nothing was (the muse), or nobody wrote it down (older ones).

    `cost_usd` null is unknown, which is not zero. `left_out`: what of the material was told in short. `failure`: the
    code of why it failed.
    """

    session_id: UUID
    correlation_id: UUID
    stage: GenesisStage
    writer: str
    model: str
    prompt_version: str
    attempts: tuple[AttemptView, ...]
    texts: Annotated[dict[str, str], Field(description="The text of each part by its hash.")]
    removed: Annotated[
        tuple[str, ...], Field(description="Hashes of parts whose text is not kept any more: GENESIS_SENT_DAYS.")
    ]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    price_source: str | None
    ended_at: datetime
    failure: str | None = None


class ProposalRequest(WorkRequest):
    """The same of the generation that a proposal comes from."""

    proposal_id: UUID


class Requests:
    """None from a question means: no such proposal or generation, not this user's, or one that asked no writer."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    async def of(self, session_id: UUID, user_id: UUID, proposal_id: UUID) -> ProposalRequest | None:
        row = await self._row(_OF_PROPOSAL, session_id, user_id, proposal_id=str(proposal_id))
        return None if row is None else ProposalRequest(**row, proposal_id=proposal_id)

    async def of_generation(self, session_id: UUID, user_id: UUID, correlation_id: UUID) -> WorkRequest | None:
        row = await self._row(_OF_GENERATION, session_id, user_id, correlation_id=correlation_id)
        return None if row is None else WorkRequest(**row)

    async def _row(self, query: str, session_id: UUID, user_id: UUID, **which: Any) -> dict[str, Any] | None:
        async with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query.encode(), {"session_id": session_id, "user_id": user_id, **which})
            row = await cursor.fetchone()
        return None if row is None else _told(row) | {"session_id": session_id}

    async def beyond(self, session_id: UUID, user_id: UUID) -> UUID | None:
        """Somebody else's session that the first of this user's in its line came from; None: there is none."""
        async with self._pool.connection() as connection:
            row = await (
                await connection.execute(_BEYOND.encode(), {"session_id": session_id, "user_id": user_id})
            ).fetchone()
        return None if row is None else row[0]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = row.pop("asked") or {}
    usage: dict[str, Any] = row.pop("usage")
    attempts = asked.get("attempts", ())
    hashes = dict.fromkeys(part["hash"] for attempt in attempts for part in attempt.get("parts", ()))
    return row | {
        "attempts": attempts,
        "removed": tuple(one for one in hashes if one not in row["texts"]),
        "left_out": asked.get("left_out", ()),
        "input_tokens": _count(usage, "input_tokens"),
        "output_tokens": _count(usage, "output_tokens"),
    }


def _count(usage: dict[str, Any], name: str) -> int | None:
    value = usage.get(name)
    return value if isinstance(value, int) else None

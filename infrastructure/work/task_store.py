"""Stores async_tasks: one row per generation or draft of a chapter, written only by the holder of its lease.

Not history: it may be lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from genesis_types.enums import TaskStatus
from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from pydantic import JsonValue

from application.writers import Spent
from infrastructure.postgres.pool import Pool

LEASE_SECONDS = 15.0
"""A worker that has not written for so long is taken for dead."""

_CREATE = """
INSERT INTO async_tasks (id, session_id, user_id, task_type, triggered_by_command_id, input_data)
VALUES (%(id)s, %(session_id)s, %(user_id)s, %(task_type)s, %(command_id)s, %(input)s)
ON CONFLICT (id) DO NOTHING
"""
_CLAIM = """
UPDATE async_tasks SET status = 'RUNNING', lease_owner = %(owner)s, phase = 'starting', message = '', model = %(model)s,
    lease_expires_at = clock_timestamp() + make_interval(secs => %(lease)s),
    started_at = coalesce(started_at, clock_timestamp())
WHERE id = %(id)s AND status IN ('PENDING', 'RUNNING')
    AND (lease_owner IS NULL OR lease_owner = %(owner)s OR lease_expires_at < clock_timestamp())
RETURNING id, status::text, progress::float8, draft, draft_seq, result_data, error_data, retry_count, max_retries, parts
"""
_STATUS = "SELECT status::text FROM async_tasks WHERE id = %(id)s"
# The worker's every write: only the lease holder's, and only while the work is still wanted. What is None stays.
_WRITE = """
UPDATE async_tasks SET lease_expires_at = clock_timestamp() + make_interval(secs => %(lease)s),
    phase = %(phase)s, message = coalesce(%(message)s, message),
    progress = greatest(%(progress)s, progress),
    draft = coalesce(%(draft)s, draft), draft_seq = coalesce(%(seq)s, draft_seq),
    retry_count = retry_count + %(retried)s, error_data = coalesce(%(error)s, error_data),
    result_data = CASE WHEN %(retried)s > 0 THEN NULL ELSE coalesce(%(result)s, result_data) END,
    parts = CASE WHEN %(forget_parts)s THEN NULL ELSE coalesce(%(parts)s, parts) END,
    cost_usd = coalesce(%(cost)s, cost_usd), model = coalesce(%(model)s, model),
    input_tokens = coalesce(%(input)s, input_tokens), output_tokens = coalesce(%(output)s, output_tokens)
WHERE id = %(id)s AND lease_owner = %(owner)s AND status = 'RUNNING'
    AND EXISTS (SELECT FROM command_inbox WHERE correlation_id = %(id)s AND status = 'PROCESSING')
RETURNING 1
"""
_FINISH = """
UPDATE async_tasks SET status = %(status)s::task_status, phase = %(phase)s, message = %(message)s,
    error_data = coalesce(%(error)s, error_data), cost_usd = coalesce(%(cost)s, cost_usd),
    input_tokens = coalesce(%(input)s, input_tokens), output_tokens = coalesce(%(output)s, output_tokens),
    completed_at = clock_timestamp(), model = coalesce(%(model)s, model),
    lease_owner = NULL, lease_expires_at = NULL
WHERE id = %(id)s AND lease_owner = %(owner)s AND status = 'RUNNING'
"""
_LEFT = """
SELECT parts->'parts' FROM async_tasks
WHERE session_id = %(session)s AND status = 'FAILED' AND parts->>'material' = %(material)s
ORDER BY created_at DESC LIMIT 1
"""
_RELEASE = """
UPDATE async_tasks SET lease_expires_at = clock_timestamp()
WHERE id = %(id)s AND lease_owner = %(owner)s AND status = 'RUNNING'
"""
# Rows whose work has ended without them: the worker died after the outcome, or the outcome came from the sweeper.
_SETTLE = """
UPDATE async_tasks AS t SET completed_at = clock_timestamp(), lease_owner = NULL, lease_expires_at = NULL,
    status = CASE WHEN i.status = 'COMPLETED' THEN 'COMPLETED' WHEN i.error_message = 'CANCELLED' THEN 'CANCELLED'
        ELSE 'FAILED' END::task_status
FROM command_inbox AS i
WHERE i.correlation_id = t.id AND i.status IN ('COMPLETED', 'FAILED') AND t.status IN ('PENDING', 'RUNNING')
    AND (t.lease_expires_at IS NULL OR t.lease_expires_at < clock_timestamp())
"""


@dataclass(frozen=True, slots=True)
class Task:
    """The work of one stream, a session's or a chapter's: what its row says of it before anybody works on it."""

    correlation_id: UUID
    stream_id: UUID
    user_id: UUID
    command_id: UUID
    task_type: str
    facts: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A task whose lease is ours, as it was left: a draft to go on numbering from, perhaps a result already."""

    id: UUID
    status: str
    progress: float
    draft: dict[str, Any] | None
    draft_seq: int
    result_data: dict[str, Any] | None
    error_data: dict[str, Any] | None
    retry_count: int
    max_retries: int
    parts: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """What is shown of running work. `draft` None leaves the stored one as it is."""

    percent: float
    phase: str
    message: str
    draft: Mapping[str, JsonValue] | None
    seq: int


class Tasks:
    """Every write of a worker names its lease; False says that the lease or the work is gone.

    `model` is the configured one's name, by which tokens and cost are told apart, unless a writer names another label.
    """

    def __init__(self, pool: Pool, *, lease_seconds: float = LEASE_SECONDS, model: str | None = None) -> None:
        self._pool = pool
        self._model = model
        self._lease = lease_seconds

    async def claim(self, task: Task, owner: str) -> Claimed | None:
        """The row of `task`, made if there is none, leased to `owner`. None: another holds it, or it has ended."""
        parameters = {"id": task.correlation_id, "owner": owner, "lease": self._lease, "model": self._model}
        row = {
            "id": task.correlation_id,
            "session_id": task.stream_id,
            "user_id": task.user_id,
            "command_id": task.command_id,
            "task_type": task.task_type,
            "input": Jsonb(task.facts),
        }
        async with self._pool.connection() as connection, connection.cursor(row_factory=class_row(Claimed)) as cursor:
            await cursor.execute(_CLAIM, parameters)
            claimed = await cursor.fetchone()
            if claimed is None:
                await connection.execute(_CREATE, row)
                await cursor.execute(_CLAIM, parameters)
                claimed = await cursor.fetchone()
            return claimed

    async def status(self, correlation_id: UUID) -> TaskStatus | None:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_STATUS, {"id": correlation_id})).fetchone()
        return TaskStatus(row[0]) if row else None

    async def flush(self, correlation_id: UUID, owner: str, progress: TaskProgress) -> bool:
        """Store what is shown and renew the lease."""
        return await self._write(
            correlation_id,
            owner,
            phase=progress.phase,
            message=progress.message,
            progress=round(min(max(progress.percent, 0), 100), 2),
            draft=None if progress.draft is None else Jsonb(progress.draft),
            seq=progress.seq,
        )

    async def retrying(self, correlation_id: UUID, owner: str, error: Mapping[str, JsonValue], message: str) -> bool:
        """Count a failed attempt that will be repeated; `message` is for the writer."""
        return await self._write(
            correlation_id, owner, phase="retrying", message=message, error=Jsonb(error), retried=1
        )

    async def keep_parts(self, correlation_id: UUID, owner: str, parts: Mapping[str, JsonValue] | None) -> bool:
        """Store what has come of a large content, instead of what was stored before; None forgets it."""
        stored = None if parts is None else Jsonb(parts)
        return await self._write(
            correlation_id, owner, phase="writing", message=None, parts=stored, forget_parts=parts is None
        )

    async def parts_left(self, session_id: UUID, material: str) -> dict[str, Any] | None:
        """The parts that a generation of the session left when it failed, if it had the same material; the newest's."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(_LEFT, {"session": session_id, "material": material})).fetchone()
        return row[0] if row else None

    async def keep_result(
        self,
        correlation_id: UUID,
        owner: str,
        result: Mapping[str, JsonValue],
        spent: Spent,
        *,
        label: str | None = None,
    ) -> bool:
        """Store the writer's end before its outcome is recorded, so that a re-run need not write again."""
        return await self._write(
            correlation_id, owner, phase="recording", progress=100, result=Jsonb(result), model=label, **_charge(spent)
        )

    async def finish(
        self,
        correlation_id: UUID,
        owner: str,
        status: TaskStatus,
        *,
        error: Mapping[str, JsonValue] | None = None,
        message: str = "",
        spent: Spent | None = None,
        label: str | None = None,
    ) -> None:
        """End the task; its draft stays. Nothing happens when the lease is another's."""
        values: dict[str, str | None] = {
            "status": status.value,
            "phase": status.value.lower(),
            "message": message,
            "owner": owner,
        }
        values["model"] = label
        stored = None if error is None else Jsonb(error)
        async with self._pool.connection() as connection:
            await connection.execute(_FINISH, {"id": correlation_id, "error": stored, **_charge(spent), **values})

    async def release(self, correlation_id: UUID, owner: str) -> None:
        """Let another worker go on at once."""
        async with self._pool.connection() as connection:
            await connection.execute(_RELEASE, {"id": correlation_id, "owner": owner})

    async def settle(self) -> int:
        """End the rows whose work has ended without them; how many there were."""
        async with self._pool.connection() as connection:
            return (await connection.execute(_SETTLE)).rowcount

    async def _write(
        self, correlation_id: UUID, owner: str, *, phase: str, message: str | None = "", **values: Any
    ) -> bool:
        parameters = (
            dict.fromkeys(("progress", "draft", "seq", "error", "result", "model", "parts"))
            | _charge(None)
            | {"retried": 0, "forget_parts": False}
            | values
        )
        parameters |= {"id": correlation_id, "owner": owner, "lease": self._lease, "phase": phase, "message": message}
        async with self._pool.connection() as connection:
            return await (await connection.execute(_WRITE, parameters)).fetchone() is not None


def _charge(spent: Spent | None) -> dict[str, Any]:
    """What is stored of what was used; None stays unknown, which is not nought."""
    usage: Mapping[str, JsonValue] = {} if spent is None else spent.usage
    counted = {name: usage.get(f"{name}_tokens") for name in ("input", "output")}
    tokens = {name: count if isinstance(count, int) else None for name, count in counted.items()}
    return {"cost": None if spent is None else spent.cost_usd, **tokens}

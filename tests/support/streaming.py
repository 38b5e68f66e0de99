"""Reading a stream as a client does, and what a worker does meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from application.wakeups import DRAFTS
from domain.genesis.stages import STAGE_ORDER
from tests.support.api import Served
from tests.support.commands import CONTENTS


@dataclass(frozen=True)
class Frame:
    """One server-sent event."""

    event: str
    data: Any
    id: str | None = None


@asynccontextmanager
async def opened_stream(
    http: httpx.AsyncClient, path: str, resume: str | None = None, **params: Any
) -> AsyncIterator[AsyncIterator[Frame]]:
    """The frames of a stream, pings left out."""
    headers = {} if resume is None else {"Last-Event-ID": resume}
    async with http.stream("GET", path, headers=headers, params=params) as response:
        assert response.status_code == 200, (await response.aread()).decode()
        yield frames(response)


async def frames(response: httpx.Response) -> AsyncIterator[Frame]:
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield Frame(fields["event"], json.loads(fields["data"]), fields.get("id"))
            fields = {}
        else:
            fields = {}


def path(session_id: str) -> str:
    return f"/api/v1/genesis/{session_id}/events/stream"


async def until_state(stream: AsyncIterator[Frame], version: int) -> list[Frame]:
    """All frames up to and with the state at `version`."""
    seen = []
    async with asyncio.timeout(30):
        async for frame in stream:
            seen.append(frame)
            if frame.event == "state" and frame.data["version"] >= version:
                break
    return seen


def kinds(seen: list[Frame]) -> list[tuple[str, str | None]]:
    return [(frame.event, frame.id) for frame in seen]


async def write_draft(api: Served, session_id: str, work: str, seq: int, text: str, *, stored: bool = True) -> None:
    """What the worker does while it writes: the draft is stored, and told."""
    if stored:
        async with api.studio.pool.connection() as connection:
            await connection.execute(
                "INSERT INTO async_tasks (id, session_id, user_id, task_type, status, progress, phase, draft,"
                " draft_seq)"
                " VALUES (%s, %s, %s, 'GENERATE_INSPIRATION', 'RUNNING', %s, 'writing', %s, %s)"
                " ON CONFLICT (id) DO UPDATE SET draft = excluded.draft, draft_seq = excluded.draft_seq,"
                " progress = excluded.progress",
                (work, session_id, api.account.id, seq, orjson.dumps([{"title": text}]).decode(), seq),
            )
    await api.studio.hints.publish(
        DRAFTS,
        {
            "session_id": session_id,
            "user_id": str(api.account.id),
            "correlation_id": work,
            "seq": seq,
            "offset": 0,
            "phase": "writing",
            "percent": float(seq),
            "message": "",
            "content": [{"title": text}],
        },
    )


async def whole_genesis(api: Served, session_id: str) -> int:
    """From the first stage to the finish, with a generation on the way; the last version."""
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    for seq in range(1, 6):
        await write_draft(api, session_id, begun["correlation_id"], seq, "salt " * seq)
        await asyncio.sleep(0.01)
    await api.outcome(session_id, begun["correlation_id"], stage=STAGE_ORDER[0], count=3)
    begun = await api.command("GENERATE_INSPIRATION", session_id)
    await api.failure(session_id, begun["correlation_id"])
    for stage in STAGE_ORDER:
        await api.command("CONFIRM_STAGE", session_id, stage=stage, content=CONTENTS[stage])
    return int((await api.command("FINISH_GENESIS", session_id))["version"])

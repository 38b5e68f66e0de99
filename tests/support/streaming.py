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
    async with http.stream("GET", path, headers=headers, params=params or None) as response:
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


async def answers(http: httpx.AsyncClient) -> None:
    """Returns when the server does."""
    async with asyncio.timeout(30):
        while True:
            try:
                await http.get("/live")
            except httpx.TransportError:
                await asyncio.sleep(0.02)
            else:
                return


def path(session_id: str) -> str:
    return f"/api/v1/genesis/{session_id}/events/stream"


def live(*sessions: str, lists: bool = False) -> str:
    """The path of one connection for `sessions`, each as it is asked for: `id:version`, and the pages that show it."""
    return f"/api/v1/live?sessions={','.join(sessions)}" + ("&lists=1" if lists else "")


async def until_ready(stream: AsyncIterator[Frame]) -> list[Frame]:
    """What opens a live connection, up to the frame that says so."""
    seen = []
    async with asyncio.timeout(30):
        async for frame in stream:
            if frame.event == "ready":
                return seen
            seen.append(frame)
    raise AssertionError("the connection ended")


async def until_at(stream: AsyncIterator[Frame], session_id: str, version: int) -> list[Frame]:
    """All frames of a live connection up to and with this session's state at `version`."""
    seen = []
    async with asyncio.timeout(30):
        async for frame in stream:
            seen.append(frame)
            body = frame.data["data"]
            if frame.event == "state" and frame.data["session_id"] == session_id and body["version"] >= version:
                return seen
    raise AssertionError("the connection ended")


def of(session_id: str | None, seen: list[Frame]) -> list[Frame]:
    """One session's frames of a live connection, as its own stream has them; None: those of the lists."""
    return [
        Frame(frame.event, frame.data["data"], None if frame.data["id"] is None else str(frame.data["id"]))
        for frame in seen
        if frame.data["session_id"] == session_id
    ]


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


async def beginning(answer: httpx.Response) -> AsyncIterator[str]:
    """The lines of the body; of a stream, those that it opens with."""
    endless = answer.headers["content-type"].startswith("text/event-stream")
    left = 2
    async for line in answer.aiter_lines():
        yield line
        left -= line.startswith("data: ")
        if endless and not left:
            return

"""The API as clients meet it: real uvicorn on loopback, PostgreSQL, Redis and a running projector."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
from fastapi import FastAPI
from genesis_types.enums import GenesisStage
from pydantic import SecretStr

from api.app import create_app
from api.server import Server, configuration
from application.command_results import CommandOutcome
from domain.aggregate import Command
from domain.genesis.commands import FailGeneration, RecordProposals
from infrastructure.bootstrap import Studio, studio
from infrastructure.identity.authentication import Identity
from infrastructure.processes import projector
from infrastructure.settings import Settings
from tests.support.commands import CONTENTS
from tests.support.reading import eventually

COMMANDS = "/api/v1/genesis/commands"
_NO_TLS = False
"""Addresses here are http. Reading every certificate of the machine takes 25 ms of a processor for each client."""


@dataclass
class Served:
    """A running API, the studio beside it (as the worker has one), and a signed-in program."""

    app: FastAPI
    base_url: str
    studio: Studio
    account: Identity
    http: httpx.AsyncClient
    projecting: "Projecting"

    async def client(self, account: Identity | None = None, **headers: str) -> httpx.AsyncClient:
        """A client of its own; with the Bearer token of `account` if one is given. Close it."""
        if account is not None:
            headers["Authorization"] = f"Bearer {await self.studio.accounts.issue_bearer(account.id)}"
        return httpx.AsyncClient(base_url=self.base_url, headers=headers, timeout=60, verify=_NO_TLS)

    async def stranger(self) -> Identity:
        """Another account."""
        user_id = uuid4()
        async with self.studio.pool.connection() as connection:
            await connection.execute(
                "INSERT INTO users (id, name, name_key) VALUES (%s, %s, %s)", (user_id, str(user_id), str(user_id))
            )
        return Identity(user_id, str(user_id), "writer")

    async def command(self, command_type: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
        """An accepted command's answer."""
        body = {"command_type": command_type, "payload": payload}
        answer = await self.http.post(COMMANDS, json=body if session_id is None else body | {"session_id": session_id})
        assert answer.status_code in (200, 202), answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def start(self, **payload: Any) -> str:
        """A new session's id; free-form, so that nothing waits, unless the payload says otherwise."""
        answer = await self.command("START_GENESIS", **({"mode": "free_form"} | payload))
        return str(answer["session_id"])

    async def state(self, session_id: str, min_version: int = 0) -> dict[str, Any]:
        answer = await self.http.get(f"/api/v1/genesis/{session_id}/state", params={"min_version": min_version})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def readable(self, session_id: str, version: int) -> None:
        """Returns when the read side has reached `version`, however short the API's own patience is."""

        async def reached() -> bool:
            return (await self.studio.queries.version_of(UUID(session_id), self.account.id) or 0) >= version

        await eventually(reached)

    async def outcome(
        self, session_id: str, correlation_id: str, *, stage: GenesisStage, count: int = 1, **more: Any
    ) -> CommandOutcome:
        """The end of a generation, as the worker records it; `more` of its body."""
        values: dict[str, Any] = {"writer": "muse", "model": "muse", "prompt_version": "1", **more}
        body = RecordProposals(
            correlation_id=UUID(correlation_id), contents=tuple(CONTENTS[stage] for _ in range(count)), **values
        )
        return await self.recorded(session_id, body)

    async def failure(self, session_id: str, correlation_id: str) -> CommandOutcome:
        body = FailGeneration(
            correlation_id=UUID(correlation_id), code="WRITER_FAILED", message="It could not be done."
        )
        return await self.recorded(session_id, body)

    async def recorded(self, session_id: str, body: RecordProposals | FailGeneration) -> CommandOutcome:
        """A generation's outcome, as the worker records it."""
        command = Command(uuid5(body.correlation_id, "outcome"), UUID(session_id), None, body)
        return await self.studio.commands.handle(command)

    async def written(self) -> tuple[int, int, int]:
        """How many rows the inbox, the log and the outbox have."""
        async with self.studio.pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT (SELECT count(*) FROM command_inbox), (SELECT count(*) FROM domain_events),"
                " (SELECT count(*) FROM event_outbox)"
            )
            row = await cursor.fetchone()
        assert row is not None
        return row[0], row[1], row[2]


@dataclass
class Projecting:
    """The projector as a task, which a test can stop."""

    settings: Settings
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(projector.run(self.settings, self._stop))

    async def stop(self) -> None:
        if self._task is not None:
            self._stop.set()
            await self._task
            self._task = None


async def follow_login(http: httpx.AsyncClient, token: str) -> httpx.Response:
    """What a browser does with a one-time address: opens it, then presses its button."""
    shown = await http.get("/login", params={"token": token})
    if shown.status_code != 200:
        return shown
    found = re.search(r'name="token" value="([^"]+)"', shown.text)
    assert found is not None
    return await http.post("/login", data={"token": found[1]}, headers={"Origin": str(http.base_url).rstrip("/")})


@asynccontextmanager
async def listening(app: FastAPI) -> AsyncIterator[tuple[str, Server]]:
    """(base URL, server) of `app` on a free loopback port."""
    server = Server(configuration(app, "127.0.0.1", 0))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the API did not start"
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", server
    finally:
        app.state.readers.streams.close()
        server.should_exit = True
        await serving


@asynccontextmanager
async def served(
    database_url: str,
    redis_url: str | None,
    *,
    pages: Path = Path("/nowhere"),
    longest_stream: float = 900,
    patience: float = 5,
    **more: Any,
) -> AsyncIterator[Served]:
    """Everything running, and an owner who is signed in. `more`: other settings."""
    settings = Settings(
        database_url=SecretStr(database_url),
        redis_url=SecretStr(redis_url) if redis_url is not None else None,
        **more,
    )
    app = create_app(settings, pages=pages, longest_stream=longest_stream, patience=patience)
    projecting = Projecting(settings)
    projecting.start()
    try:
        async with studio(settings, application_name="test", pool_size=4) as beside, listening(app) as (base_url, _):
            account = await beside.accounts.ensure_owner()
            token = await beside.accounts.issue_bearer(account.id, "test")
            async with httpx.AsyncClient(
                base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=60, verify=_NO_TLS
            ) as http:
                yield Served(app, base_url, beside, account, http, projecting)
    finally:
        await projecting.stop()

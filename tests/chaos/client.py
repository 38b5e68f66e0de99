"""A good client: every command has an id of its own and is sent again, with that id, until it is answered."""

import asyncio
import time
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.chaos.journal import Journal

State = dict[str, Any]
ANSWER_SECONDS = 240.0
"""No outage of the monkey's is that long: who is not answered by then has been forgotten."""


class Forgotten(Exception):
    """The studio did not answer in all that time."""


@dataclass(frozen=True)
class Outcome:
    """The one answer to a command. `code` is empty for success."""

    command_id: str
    status: int
    code: str
    body: dict[str, Any]

    @property
    def done(self) -> bool:
        return self.status in (200, 202)


class Client:
    """One account over HTTP. Everything that is answered goes into the journal."""

    def __init__(self, base_url: str, token: str, journal: Journal, dice: Random) -> None:
        self.headers = {"Authorization": f"Bearer {token}"}
        limits = httpx.Limits(max_connections=60, max_keepalive_connections=20)
        self.http = httpx.AsyncClient(base_url=base_url, headers=self.headers, timeout=12, limits=limits)
        self.journal = journal
        self.dice = dice

    def new_id(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    async def give(
        self,
        kind: str,
        session_id: str | None = None,
        *,
        expected_version: int | None = None,
        command_id: str | None = None,
        **payload: Any,
    ) -> Outcome:
        """Raises Forgotten."""
        command_id = command_id or self.new_id()
        body: dict[str, Any] = {"command_type": kind, "command_id": command_id, "payload": payload}
        if session_id is not None:
            body["session_id"] = session_id
        if expected_version is not None:
            body["expected_version"] = expected_version
        answer = await self._insist("POST", "/api/v1/genesis/commands", json=body)
        said = dict(answer.json())
        outcome = Outcome(command_id, answer.status_code, str(said.get("code", "")), said)
        if outcome.done:
            keys = ("session_id", "status", "version", "correlation_id", "result")
            self.journal.note("answered", command_id=command_id, type=kind, **{key: said[key] for key in keys})
        else:
            self.journal.note("refused", command_id=command_id, type=kind, status=outcome.status, code=outcome.code)
        return outcome

    async def state(self, session_id: str, min_version: int = 0) -> State:
        """Raises Forgotten, and KeyError for a session that is answered but not found."""
        path = f"/api/v1/genesis/{session_id}/state"
        answer = await self._insist("GET", path, params={"min_version": min_version})
        if answer.status_code != 200:
            self.journal.note("unexpected", what="state", session_id=session_id, status=answer.status_code)
            raise KeyError(session_id)
        return dict(answer.json())

    async def novel(self, novel_id: str, min_version: int) -> bool:
        answer = await self._insist("GET", f"/api/v1/novels/{novel_id}", params={"min_version": min_version})
        return answer.status_code == 200

    async def _insist(self, method: str, path: str, **how: Any) -> httpx.Response:
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            pause = 0.2 + self.dice.random() * 0.3
            try:
                answer = await self.http.request(method, path, **how)
            except (httpx.TransportError, httpx.DecodingError):
                self.journal.counts["connections lost"] += 1
            else:
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
                self.journal.counts[f"{answer.status_code} met"] += 1
                if answer.status_code not in (429, 503):
                    self.journal.note("unexpected", what=path, status=answer.status_code)
                pause = min(float(answer.headers.get("Retry-After", 0)), 5.0) + pause
            await asyncio.sleep(pause)
        self.journal.note("forgotten", what=path)
        raise Forgotten(path)

    async def close(self) -> None:
        await self.http.aclose()

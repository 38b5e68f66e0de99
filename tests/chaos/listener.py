"""A client of one session's stream: cut by the monkey or by itself, it resumes, and notes each version it was shown."""

import asyncio
import json
from contextlib import suppress

import httpx

from tests.chaos.client import Client

_CATCH_UP_SECONDS = 120.0


class Listener:
    """Listens from `start` on, from the beginning of the session. Not to be started twice."""

    def __init__(self, client: Client, session_id: str) -> None:
        self._client = client
        self._session_id = session_id
        self._seen: list[int] = []
        self._resets = 0
        self._openings = 0
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> "Listener":
        self._task = asyncio.create_task(self._listen())
        return self

    async def end(self, until: int) -> None:
        """Until version `until` has been shown. What was seen goes into the journal, complete or not."""
        assert self._task is not None
        with suppress(TimeoutError):
            async with asyncio.timeout(_CATCH_UP_SECONDS):
                while not self._seen or max(self._seen) < until:
                    self._heard.clear()
                    await self._heard.wait()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._client.journal.note(
            "stream",
            session_id=self._session_id,
            versions=self._seen,
            until=until,
            openings=self._openings,
            resets=self._resets,
        )

    async def _listen(self) -> None:
        dice = self._client.dice
        path = f"/api/v1/genesis/{self._session_id}/events/stream"
        while True:
            headers = {"Last-Event-ID": str(self._seen[-1])} if self._seen else {}
            timeout, known = httpx.Timeout(12, read=25), {"min_version": 1}
            with suppress(httpx.TransportError, httpx.DecodingError, TimeoutError):
                async with (
                    asyncio.timeout(1 + dice.random() * 8),  # it leaves by itself, as phones do
                    self._client.http.stream("GET", path, headers=headers, params=known, timeout=timeout) as answer,
                ):
                    if answer.status_code == 200:
                        self._openings += 1
                        await self._read(answer)
                    elif answer.status_code not in (429, 503):
                        self._client.journal.note("unexpected", what="stream", status=answer.status_code)
            await asyncio.sleep(0.05 + dice.random() * 0.3)

    async def _read(self, answer: httpx.Response) -> None:
        event = ""
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "timeline":
                self._seen.append(int(json.loads(value)["version"]))
                self._heard.set()
            elif name == "data" and event == "reset":
                self._resets += 1

"""State frames of a long outline that was saved many times: `python -m benchmarks.frames [saves] [readers] [events]`.

One session, an outline of 1.4 MB saved so often, and readers of its stream. Then another stage is entered so
often. Measured for each event: from the command's answer until every reader has the state, what the API process spends
in the meantime, and how large the frame is. Written for comparing two builds: it uses nothing but the interface.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

from benchmarks.floor import server
from benchmarks.http_commands import free_port, process, wait_for_port
from infrastructure.identity.authentication import Authentication
from infrastructure.postgres.pool import make_pool, opened
from tests.support.outlines import outline
from tests.support.redis import RedisServer

SIZE = 1_400_000


class Reader:
    """One client of the stream: the version of the last state it has, and how large that frame was."""

    def __init__(self) -> None:
        self.version, self.size = 0, 0
        self.moved = asyncio.Event()

    async def follow(self, http: httpx.AsyncClient, session_id: str) -> None:
        async with http.stream("GET", f"/api/v1/genesis/{session_id}/events/stream") as response:
            buffer = bytearray()
            searched = 0
            async for piece in response.aiter_raw():
                buffer += piece
                while (end := buffer.find(b"\n\n", max(0, searched - 1))) >= 0:
                    self._take(bytes(buffer[: end + 2]))
                    del buffer[: end + 2]
                    searched = 0
                searched = len(buffer)

    def _take(self, frame: bytes) -> None:
        if frame.startswith(b"event: state"):
            self.size = len(frame)
            _, _, tail = frame.rpartition(b'"version":')
            self.version = int(tail.partition(b",")[0])
            self.moved.set()

    async def until(self, version: int) -> None:
        while self.version < version:
            self.moved.clear()
            await self.moved.wait()


async def command(
    http: httpx.AsyncClient, kind: str, session_id: str | None = None, **payload: object
) -> dict[str, object]:
    body = {"command_type": kind, "payload": payload} | ({"session_id": session_id} if session_id else {})
    answer = await http.post("/api/v1/genesis/commands", json=body)
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found


async def run(base_url: str, token: str, api: psutil.Process, *, saves: int, readers: int, events: int) -> None:
    async with httpx.AsyncClient(
        base_url=base_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=120,
        limits=httpx.Limits(max_connections=None),
    ) as http:
        session = str((await command(http, "START_GENESIS", mode="free_form"))["session_id"])
        await command(http, "NAVIGATE_TO_STAGE", session, stage="PLOT_OUTLINE")
        version = 0
        for n in range(saves):
            answer = await command(http, "EDIT_CONTENT", session, stage="PLOT_OUTLINE", content=outline(SIZE, seed=n))
            version = int(str(answer["version"]))
        await http.get(f"/api/v1/genesis/{session}/state", params={"min_version": version})
        following = [Reader() for _ in range(readers)]
        tasks = [asyncio.create_task(reader.follow(http, session)) for reader in following]
        await asyncio.wait_for(asyncio.gather(*(reader.until(version) for reader in following)), 300)
        took, busy = [], []
        for n in range(events):
            before, began = api.cpu_times(), time.perf_counter()
            stage = ("PLOT_OUTLINE", "CHARACTERS")[(n + 1) % 2]
            wanted = int(str((await command(http, "NAVIGATE_TO_STAGE", session, stage=stage))["version"]))
            await asyncio.wait_for(asyncio.gather(*(reader.until(wanted) for reader in following)), 300)
            took.append(time.perf_counter() - began)
            after = api.cpu_times()
            busy.append(after.user + after.system - before.user - before.system)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    print(f"saves {saves}, readers {readers}, frame {following[0].size:,} bytes")
    print(
        f"event to the last reader: median {statistics.median(took) * 1000:,.0f} ms, worst {max(took) * 1000:,.0f} ms"
    )
    print(f"API processor time per event: median {statistics.median(busy) * 1000:,.0f} ms")
    print(f"API memory: {api.memory_info().rss / 1024**2:,.0f} MB")


def main(saves: int = 13, readers: int = 50, events: int = 10) -> None:
    with server() as cluster, cluster.database() as url, tempfile.TemporaryDirectory(prefix="genesis-frames-") as home:
        redis = RedisServer(Path(home))
        port = free_port()
        try:

            async def owner() -> str:
                async with opened(make_pool(url, "bench", min_size=1, max_size=1)) as pool:
                    accounts = Authentication(pool)
                    return await accounts.issue_bearer((await accounts.ensure_owner()).id, "bench")

            token = asyncio.run(owner())
            environment = {
                "GENESIS_DATABASE_URL": url,
                "GENESIS_REDIS_URL": redis.url,
                "GENESIS_PORT": str(port),
                "GENESIS_LOG_LEVEL": "WARNING",
            }
            with process("projector", environment), process("api", environment) as api:
                wait_for_port(port)
                asyncio.run(
                    run(
                        f"http://127.0.0.1:{port}",
                        token,
                        psutil.Process(api.pid),
                        saves=saves,
                        readers=readers,
                        events=events,
                    )
                )
        finally:
            redis.stop()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))

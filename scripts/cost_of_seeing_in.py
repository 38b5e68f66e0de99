"""What metrics, request ids, log lines and the way past traces cost a command: with and without, in turns, one process.

Prints the median ratio of processor time per command over rounds that take turns, with its quartiles, and the same for
two equal kinds: what is noise. The client is inside, PostgreSQL outside.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx

from infrastructure.observability.logging import configure
from tests.support.api import COMMANDS, Served, served
from tests.support.postgres import Cluster

ROUNDS, COMMANDS_A_ROUND = 90, 40


@contextmanager
def _without() -> Iterator[None]:
    with ExitStack() as stack:
        for name, value in (
            ("infrastructure.observability.metrics.Metrics.command", lambda *_: None),
            ("api.http.middleware._count", lambda *_: None),
            ("api.http.middleware._request_id", lambda _: "0" * 32),
            ("api.http.middleware.bind_contextvars", lambda **_: {}),
            ("api.http.middleware.reset_contextvars", lambda **_: None),
            ("api.routes.commands._note", lambda *_: None),
            ("api.routes.commands.tracing.on", lambda: False),
            ("infrastructure.event_store.store.span", lambda *_, **__: nullcontext()),
        ):
            stack.enter_context(patch(name, value))
        yield


async def _round(http: httpx.AsyncClient, token: str) -> float:
    """Processor seconds of this thread per command."""
    began = time.thread_time()
    for _ in range(COMMANDS_A_ROUND):
        body: dict[str, Any] = {
            "command_type": "START_GENESIS",
            "command_id": str(uuid4()),
            "payload": {"mode": "free_form"},
        }
        answer = await http.post(COMMANDS, json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
    return (time.thread_time() - began) / COMMANDS_A_ROUND


async def _measure(api: Served) -> None:
    await api.projecting.stop()
    token = await api.studio.accounts.issue_bearer(api.account.id, "cost")
    transport = httpx.ASGITransport(app=api.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for _ in range(3):
            await _round(http, token)
        kinds = ("with", "again", "without")
        found: dict[str, list[float]] = {kind: [] for kind in kinds}
        for number in range(ROUNDS):
            for place in range(len(kinds)):
                kind = kinds[(number + place) % len(kinds)]
                with _without() if kind == "without" else nullcontext():
                    found[kind].append(await _round(http, token))
    for kind in ("again", "without"):
        ratios = [one / other for one, other in zip(found["with"], found[kind], strict=True)]
        low, middle, high = statistics.quantiles(ratios)
        print(f"with / {kind}: {middle:.3f} ({low:.3f} to {high:.3f})")
    print({kind: f"{statistics.median(seconds) * 1e6:.0f} microseconds" for kind, seconds in found.items()})


async def main() -> None:
    configure("cost", "INFO")
    with tempfile.TemporaryDirectory(prefix="cost-") as folder:
        cluster = Cluster(Path(folder))
        try:
            with cluster.database() as url:
                async with served(url, None) as api:
                    await _measure(api)
        finally:
            cluster.stop()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

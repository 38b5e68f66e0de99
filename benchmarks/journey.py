"""Click to first draft, over the whole running studio: command, relay, bus, handle, executor, writer, stream."""

import json
import statistics
import time
from typing import Any
from uuid import uuid4

import httpx

from benchmarks.floor import Row, figure, say, show
from tests.support.studio import running_studio


def _command(http: httpx.Client, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    body = {"command_type": kind, "command_id": str(uuid4()), "payload": payload}
    answer = http.post("/api/v1/genesis/commands", json=body | ({"session_id": session_id} if session_id else {}))
    answer.raise_for_status()
    return dict(answer.json())


def _first_draft(http: httpx.Client, session_id: str) -> float:
    """Seconds from the click on "give me inspiration" to the first words on the page."""
    with http.stream("GET", f"/api/v1/genesis/{session_id}/events/stream", timeout=30) as stream:
        lines = stream.iter_lines()
        for line in lines:
            if line.startswith("event: state"):
                break
        clicked = time.perf_counter()
        _command(http, "GENERATE_INSPIRATION", session_id)
        event = ""
        for line in lines:
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "draft" and json.loads(value).get("content"):
                return time.perf_counter() - clicked
    raise RuntimeError("the stream ended before a draft came")


def run(quick: bool) -> list[Row]:
    """The first generation of a session, whose flow run already waits, and one that follows a confirmation."""
    waits: list[float] = []
    with (
        running_studio(GENESIS_MUSE_PACE_SECONDS="0.06") as studio,
        httpx.Client(base_url=studio.base_url, headers={"Authorization": f"Bearer {studio.token()}"}) as http,
    ):
        for number in range(3 + (10 if quick else 25)):
            begun = _command(http, "START_GENESIS", mode="free_form", seed="A lighthouse keeper collects lost voices")
            session_id = begun["result"]["session_id"]
            time.sleep(1.0)  # a writer reads before clicking; the run is suspended by then
            taken = _first_draft(http, session_id)
            if number % 10 == 0:
                say(f"session {number + 1}")
            if number >= 3:  # the first ones warm the worker up
                waits.append(taken * 1000)
    ordered = sorted(waits)
    return [
        figure("click -> first draft, p50", statistics.median(ordered), "ms", bar="< 800"),
        figure("click -> first draft, p95", ordered[int(len(ordered) * 0.95)], "ms"),
    ]


if __name__ == "__main__":
    show("From the click to the first words", run(quick=False))

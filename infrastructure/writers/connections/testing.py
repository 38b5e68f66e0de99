"""Has a connection tested by a process of its own, which loads the AI libraries and ends, and keeps what was learnt."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from infrastructure.secret_box import CannotDecrypt
from infrastructure.settings import Settings
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import Stored
from infrastructure.writers.model.causes import sentence
from infrastructure.writers.model.targets import Target, target_of

log = structlog.get_logger(__name__)

OK = "OK"
_ROOT = Path(__file__).resolve().parents[3]
_MODULE = "infrastructure.writers.model.trial"
_LONGEST = 200.0
"""Seconds; the process itself gives up before."""


@dataclass(frozen=True, slots=True)
class Tested:
    """`code` is OK, or why it does not work; `message` says so in a sentence, with what to do. `form`: of the answer.

    `first` and `seconds` until the first byte and until the end; a cost of None is unknown.
    """

    code: str
    message: str
    requests: int
    seconds: float
    first: float | None
    form: str | None
    cost_usd: float | None


class Tester:
    """Tests connections, three at a time."""

    def __init__(self, connections: ModelConnections | None, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._settings = settings
        self._clock = clock
        self._at_once = asyncio.Semaphore(3)

    async def stored(self, found: Stored) -> Tested:
        """Test one that is kept, and keep how it went."""
        assert self._connections is not None, "made without any"
        try:
            key = self._connections.box.decrypt(found.id, found.secret) if found.secret else None
        except CannotDecrypt:
            tested, way = _said({"code": "KEY_UNREADABLE"}), found.learned
        else:
            async with self._at_once:
                trial = await _tried(found.target(self._settings, key))
            tested, way = _said(trial), trial.get("way")
        await self._connections.tested(found, tested.code, way, self._clock())
        log.info("model_tested", code=tested.code, preset=found.preset, requests=tested.requests, form=tested.form)
        return tested

    async def environment(self) -> Tested:
        """Test the model that the settings name. What is learnt is not kept."""
        async with self._at_once:
            return _said(await _tried(target_of(self._settings)), stored=False)


def message_of(code: str, *, stored: bool = True) -> str:
    """How a test ended, in a sentence."""
    if code == OK:
        return "It works."
    if code == "BROKEN_ANSWER":
        return (
            "The model answers, but not in the form that it was asked for. Proposals may fail: a larger model, or the"
            " profile “lean”, may help."
        )
    return sentence(code, stored=stored, tested=True)


def _said(trial: dict[str, Any], *, stored: bool = True) -> Tested:
    code = str(trial["code"])
    way = trial.get("way") or {}
    return Tested(
        code,
        message_of(code, stored=stored),
        int(trial.get("requests", 0)),
        float(trial.get("seconds", 0.0)),
        trial.get("first"),
        way.get("rung"),
        trial.get("cost_usd"),
    )


async def _tried(target: Target) -> dict[str, Any]:
    """What the process found; MODEL_FAILED when it did not say. Cancelled, it ends it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _MODULE,
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_LONGEST):
            said, _ = await process.communicate(json.dumps(target.as_json()).encode())
        found: dict[str, Any] = json.loads(said)
    except (TimeoutError, ValueError) as error:
        log.warning("model_test_failed", error=type(error).__name__)
        return {"code": "TIMED_OUT" if isinstance(error, TimeoutError) else "MODEL_FAILED"}
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return found

"""Declares the wake-ups between processes, as a port. They only make things fast: nothing depends on one."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import JsonValue

LOG, BUS, RUNS, CHANGES, DRAFTS, PRESENCE, ACCESS = "log", "bus", "runs", "changes", "drafts", "presence", "access"
"""The channels. LOG: something was appended. BUS: the relay released messages. RUNS: a flow run is due. CHANGES: read
tables moved. DRAFTS: work in progress, with what is new. PRESENCE: who has a session open may have changed, with
{session_id}. ACCESS: a token was revoked."""


@dataclass(frozen=True, slots=True)
class Hint:
    channel: str
    message: Mapping[str, Any]


class HintListener(Protocol):
    async def next(self, timeout: float) -> Hint | None:  # noqa: ASYNC109  (waiting is what it does)
        """The next hint, or None after `timeout` seconds or when hints cannot be had just now."""


class Hints(Protocol):
    """Best-effort wake-ups between processes. Never the only path of anything; never raises."""

    async def publish(self, channel: str, message: Mapping[str, JsonValue] | None = None) -> None: ...

    def listen(self, *channels: str) -> AbstractAsyncContextManager[HintListener]: ...

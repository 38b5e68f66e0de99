"""Relay, projector and sweeper in one process, for one machine. Each also runs alone, as `genesis process NAME`."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from infrastructure.processes import projector, relay, sweeper
from infrastructure.settings import Settings

_PARTS: dict[str, Callable[[Settings, asyncio.Event], Awaitable[None]]] = {
    "relay": relay.run,
    "projector": projector.run,
    "sweeper": sweeper.run,
}
_FIRST_BACK_OFF, _LONGEST_BACK_OFF = 0.5, 10.0

log = structlog.get_logger(__name__)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """All three until `stop` is set; one that dies is started again, and the others do not notice."""
    await asyncio.gather(*(_kept_running(name, part, settings, stop) for name, part in _PARTS.items()))


async def _kept_running(
    name: str, part: Callable[[Settings, asyncio.Event], Awaitable[None]], settings: Settings, stop: asyncio.Event
) -> None:
    back_off = _FIRST_BACK_OFF
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        try:
            await part(settings, stop)
        except Exception:
            log.exception("part_died", part=name, again_in_seconds=back_off)
        if asyncio.get_running_loop().time() - began > 10 * _LONGEST_BACK_OFF:
            back_off = _FIRST_BACK_OFF
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), back_off)
        back_off = min(_LONGEST_BACK_OFF, back_off * 2)

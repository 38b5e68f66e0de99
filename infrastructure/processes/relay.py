"""The relay: outbox to bus. A row is SENT only after the broker acknowledged it; a broker that is away costs time."""

import asyncio
import time
from contextlib import suppress
from uuid import UUID

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from application.wakeups import BUS, LOG, Hints
from infrastructure.bootstrap import studio
from infrastructure.concurrency.wakeup_bell import bell
from infrastructure.messaging.bus import Publisher, make_publisher
from infrastructure.messaging.errors import BusUnreachable
from infrastructure.messaging.outbox import BATCH, Outbox, OutboxRow
from infrastructure.observability import tracing
from infrastructure.postgres.leader_lock import singleton
from infrastructure.settings import Settings

POLL = 0.25
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0

log = structlog.get_logger(__name__)


class Relay:
    """Publishes what is due, batch by batch."""

    def __init__(self, outbox: Outbox, publisher: Publisher, hints: Hints) -> None:
        self._outbox = outbox
        self._publisher = publisher
        self._hints = hints

    async def step(self, limit: int = BATCH) -> int:
        """One batch; how many rows were tried. Raises BusUnreachable, with nothing counted against any message."""
        rows = await self._outbox.due(limit)
        if not rows:
            return 0
        began = time.perf_counter()
        failures = await self._publisher.publish(rows)
        seconds = time.perf_counter() - began
        acknowledged = [row.id for row in rows if row.id not in failures]
        if acknowledged:
            await self._outbox.sent(acknowledged)
            await self._hints.publish(BUS)
        for row in rows:
            about = {
                "event_id": row.headers.get("ce_id", str(row.id)),
                "correlation_id": row.headers.get("ce_correlationid"),
                "causation_id": row.headers.get("ce_causationid"),
            }
            if row.id not in failures:
                log.debug("message_sent", position=row.position, **about)
                if tracing.on():
                    _trace(row, seconds)
            if reason := failures.get(row.id):  # empty: it only waits behind another
                dead = await self._outbox.failed(row, reason)
                log.error("message_dead" if dead else "message_backs_off", position=row.position, **about)
        return len(rows)


def _trace(row: OutboxRow, seconds: float) -> None:
    """The row as a span, of the batch's length; one without a correlation id was not written by the studio."""
    with suppress(KeyError, ValueError):
        tracing.record(
            "publish",
            UUID(row.headers["ce_correlationid"]),
            seconds,
            session_id=row.partition_key,
            event_id=row.headers["ce_id"],
            event_type=row.headers["ce_type"],
            position=row.position,
        )


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Relay until `stop` is set. Of several relays one works and the others stand by."""
    async with studio(settings, application_name="genesis-relay", pool_size=2) as made:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        publisher = make_publisher(settings)
        try:
            async with bell(made.hints, stop, LOG) as waker:
                while not stop.is_set():
                    try:
                        async with singleton(url, "relay", stop) as turn:
                            pause = _FIRST_PAUSE
                            relay = Relay(Outbox(made.pool), publisher, made.hints)
                            while turn is not None and not stop.is_set() and not turn.over:
                                waker.heed()
                                try:
                                    tried = await relay.step()
                                except BusUnreachable as error:
                                    known = {"error": error.reason, "remedy": error.remedy}
                                    log.warning("bus_unreachable", **known, again_in_seconds=pause)
                                    await _pause(stop, pause)
                                    pause = min(_LONGEST_PAUSE, pause * 2)
                                    continue
                                pause = _FIRST_PAUSE
                                if tried:
                                    waker.found()
                                else:
                                    await waker.wait(POLL)
                    except (psycopg.Error, PoolTimeout, OSError) as error:
                        log.warning("relay_interrupted", error=type(error).__name__)
                        await _pause(stop, 1.0)
        finally:
            await publisher.close()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return

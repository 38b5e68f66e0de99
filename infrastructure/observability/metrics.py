"""Measures an installation, for Prometheus: what this process counts, and facts that the database holds.

Relay, projector, sweeper, callbacks and worker have no HTTP. What they do can be seen in the tables that they keep, so
one API process tells all of it; scrape every API for what each counts, and take the maximum of the facts.
https://prometheus.io/docs/practices/naming/
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import PoolClosed, PoolTimeout

from infrastructure.observability.facts import FACTS
from infrastructure.postgres.limited import TooSlow, rows_within
from infrastructure.postgres.pool import Connection, Pool

_FRESH_SECONDS = 5.0
_PATIENCE = 3.0
_FACT_SECONDS = 1.0
_BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

log = structlog.get_logger(__name__)


class Metrics:
    """One process's registry. Nothing is registered at import, so any number may live side by side."""

    def __init__(self, pool: Pool) -> None:
        self._registry = CollectorRegistry()
        self._facts = _Facts(pool)
        self._commands = Histogram(
            "genesis_command_seconds",
            "Time from a command's request to its answer.",
            ("command_type", "outcome"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._requests = Counter(
            "genesis_http_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._streams = Gauge("genesis_sse_clients", "Streams that are open.", registry=self._registry)
        self._limited = Counter(
            "genesis_rate_limited", "What was refused for coming too often.", ("route",), registry=self._registry
        )
        self._registry.register(self._facts)
        # looking a series up by its labels takes the library longer than counting: every command would pay for it
        self._command_series: dict[tuple[str, str], Histogram] = {}
        self._request_series: dict[tuple[str, str, int], Counter] = {}

    def command(self, command_type: str, outcome: str, seconds: float) -> None:
        """`outcome`: COMPLETED, PROCESSING, or the code of the refusal."""
        series = self._command_series.get((command_type, outcome))
        if series is None:
            series = self._command_series[command_type, outcome] = self._commands.labels(command_type, outcome)
        series.observe(seconds)

    def request(self, method: str, route: str, status: int, *, limited: bool) -> None:
        """`route` is the template, never an address: ids would make a series each. `limited`: it came too often."""
        series = self._request_series.get((method, route, status))
        if series is None:
            series = self._request_series[method, route, status] = self._requests.labels(method, route, str(status))
        series.inc()
        if limited:
            self._limited.labels(route).inc()

    def watch_streams(self, count: Any) -> None:
        """`count()`: how many streams are open now."""
        self._streams.set_function(count)

    async def exposition(self) -> bytes:
        """Everything, in Prometheus' text format. Never waits long for the database: its facts are left out then."""
        await self._facts.refresh()
        return generate_latest(self._registry)


class _Facts(Collector):
    """The database's facts, at most a few seconds old."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._found: dict[str, Sequence[tuple[Any, ...]]] = {}
        self._up = False
        self._asked_at = float("-inf")
        self._turn = asyncio.Lock()

    async def refresh(self) -> None:
        async with self._turn:
            if time.monotonic() < self._asked_at + _FRESH_SECONDS:
                return
            try:
                async with (
                    asyncio.timeout(2 * _PATIENCE),
                    self._pool.connection(timeout=_PATIENCE) as connection,
                ):
                    await connection.execute("SELECT")
                    self._up = True
                    self._found = await self._read(connection)
            except (psycopg.Error, PoolTimeout, PoolClosed, TimeoutError) as error:
                self._up, self._found = False, {}
                log.warning("facts_not_read", error=type(error).__name__)
            self._asked_at = time.monotonic()

    async def _read(self, connection: Connection) -> dict[str, Sequence[tuple[Any, ...]]]:
        """What can be known in time. What could not be last time comes last, and keeps no other from its turn."""
        until = time.monotonic() + _PATIENCE
        found: dict[str, Sequence[tuple[Any, ...]]] = {}
        for fact in sorted(FACTS, key=lambda each: bool(self._found) and each.name not in self._found):
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                found[fact.name] = await rows_within(connection, min(_FACT_SECONDS, left), fact.query)
            except TooSlow:
                log.warning("fact_too_slow", fact=fact.name)
            except psycopg.Error as error:
                if connection.broken:
                    raise
                log.warning("fact_not_read", fact=fact.name, error=type(error).__name__)
        return found

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("genesis_database_up", "1 when the database answers, however slow a single fact is.")
        up.add_metric((), float(self._up))
        yield up
        missing = GaugeMetricFamily(
            "genesis_facts_missing", "Facts that the database could not answer in time although it is there."
        )
        missing.add_metric((), float(len(FACTS) - len(self._found) if self._up else 0))
        yield missing
        for fact in FACTS:
            if fact.name not in self._found:
                continue
            kind = CounterMetricFamily if fact.counts else GaugeMetricFamily
            family = kind(fact.name.removesuffix("_total"), fact.help, labels=fact.labels)
            for *labels, value in self._found[fact.name]:
                family.add_metric([str(label) for label in labels], float(value))
            yield family

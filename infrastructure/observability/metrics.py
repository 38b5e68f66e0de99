"""What an installation measures of itself, for Prometheus: what this process counts, and facts that the database holds.

Relay, projector, sweeper, callbacks and worker have no HTTP. What they do can be seen in the tables that they keep, so
one API process tells all of it; scrape every API for what each counts, and take the maximum of the facts.
https://prometheus.io/docs/practices/naming/
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import PoolClosed, PoolTimeout

from infrastructure.postgres.pool import Pool

_FRESH_SECONDS = 5.0
_PATIENCE = 3.0
_BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fact:
    """One question to the database: rows of (label…, value)."""

    name: str
    help: str
    labels: tuple[str, ...]
    query: LiteralString
    counts: bool = False
    """Whether it only grows."""


FACTS = (
    Fact(
        "genesis_outbox_messages",
        "Messages that have not gone out: PENDING wait for the relay, DEAD for a person.",
        ("status",),
        """SELECT s.status, (SELECT count(*) FROM event_outbox AS o WHERE o.status <> 'SENT' AND o.status = s.status)
           FROM unnest('{PENDING,DEAD}'::outbox_status[]) AS s (status)""",
    ),
    Fact(
        "genesis_outbox_published_total",
        "Messages that the bus has acknowledged.",
        (),
        "SELECT published FROM outbox_totals",
        counts=True,
    ),
    Fact(
        "genesis_outbox_oldest_seconds",
        "Age of the oldest message that waits for the relay; 0 when none does.",
        (),
        """SELECT coalesce(extract(epoch FROM clock_timestamp() - (
               SELECT created_at FROM event_outbox WHERE status = 'PENDING' ORDER BY position LIMIT 1)), 0)""",
    ),
    Fact(
        "genesis_projection_lag_seconds",
        "Age of the oldest event that a projection has not read; 0 when it has read all.",
        ("projection",),
        """SELECT p.projection, coalesce(extract(epoch FROM clock_timestamp() - (
               SELECT e.created_at FROM domain_events AS e WHERE (e.tx_id, e.id) > (p.tx_id, p.position)
               ORDER BY e.tx_id, e.id LIMIT 1)), 0)
           FROM projection_checkpoints AS p
           WHERE format('read_%s_v%s', p.projection, p.version) = ANY(current_schemas(false))""",
    ),
    Fact(
        "genesis_projection_events_total",
        "Events that were applied to a projection's tables, those of rebuilds left out.",
        ("projection",),
        """SELECT projection, applied FROM projection_checkpoints
           WHERE format('read_%s_v%s', projection, version) = ANY(current_schemas(false))""",
        counts=True,
    ),
    Fact(
        "genesis_projection_parked_sessions",
        "Sessions that hold an event which a projection could not apply.",
        ("projection",),
        """SELECT c.projection, count(p.aggregate_id) FROM projection_checkpoints AS c
           LEFT JOIN projection_parked AS p USING (projection, version)
           WHERE format('read_%s_v%s', c.projection, c.version) = ANY(current_schemas(false)) GROUP BY 1""",
    ),
    Fact(
        "genesis_bus_parked_messages",
        "Messages on the bus that a consumer could not take.",
        (),
        "SELECT count(*) FROM bus_parked",
    ),
    Fact(
        "genesis_waits",
        "Waits for a person, by the status of their handle; those that are over are kept for a while.",
        ("status",),
        """SELECT s.status, (SELECT count(*) FROM flow_resume_handles AS h WHERE h.status = s.status)
           FROM unnest(enum_range(NULL::handle_status)) AS s (status)""",
    ),
    Fact(
        "genesis_runs_overdue",
        "Flow runs that are due for more than five seconds and that no worker has taken.",
        (),
        """SELECT count(*) FROM flow_run_leases WHERE lease_expires_at < clock_timestamp() - interval '5 seconds'""",
    ),
    Fact(
        "genesis_commands_overdue",
        "Work that is past its deadline and not ended.",
        (),
        "SELECT count(*) FROM command_inbox WHERE status = 'PROCESSING' AND deadline_at < clock_timestamp()",
    ),
    Fact(
        "genesis_generations_total",
        "Generations by what became of them.",
        ("status",),
        """SELECT s.status, (SELECT count(*) FROM async_tasks AS t WHERE t.status = s.status)
           FROM unnest(enum_range(NULL::task_status)) AS s (status)""",
        counts=True,
    ),
    Fact(
        "genesis_ai_cost_usd_total",
        "What generations have cost, as far as it is known, by the model's name in GENESIS_MODEL.",
        ("model",),
        "SELECT coalesce(model, 'unknown'), coalesce(sum(cost_usd), 0) FROM async_tasks GROUP BY 1",
        counts=True,
    ),
    Fact(
        "genesis_ai_tokens_total",
        "Tokens that generations have used, as far as it is known, by the model's name in GENESIS_MODEL.",
        ("model", "kind"),
        """SELECT coalesce(model, 'unknown'), kind, coalesce(sum(tokens), 0)
           FROM async_tasks, LATERAL (VALUES ('input', input_tokens), ('output', output_tokens)) AS used (kind, tokens)
           GROUP BY 1, 2""",
        counts=True,
    ),
    Fact(
        "genesis_oldest_write_transaction_seconds",
        "Age of the oldest open write transaction anywhere in the cluster, which holds every reader of the log back.",
        (),
        """SELECT greatest(
               (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) FROM pg_stat_activity
                WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()),
               (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - prepared)), 0) FROM pg_prepared_xacts))""",
    ),
)


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

    def request(self, method: str, route: str, status: int) -> None:
        """`route` is the template, never an address: ids would make a series each."""
        series = self._request_series.get((method, route, status))
        if series is None:
            series = self._request_series[method, route, status] = self._requests.labels(method, route, str(status))
        series.inc()
        if status == 429:
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
            found: dict[str, Sequence[tuple[Any, ...]]] = {}
            try:
                async with asyncio.timeout(_PATIENCE), self._pool.connection(timeout=_PATIENCE) as connection:
                    for fact in FACTS:
                        found[fact.name] = await (await connection.execute(fact.query)).fetchall()
                self._up = True
            except (psycopg.Error, PoolTimeout, PoolClosed, TimeoutError) as error:
                self._up = False
                log.warning("facts_not_read", error=type(error).__name__)
            self._found = found
            self._asked_at = time.monotonic()

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("genesis_database_up", "1 when the database answered the questions below in time.")
        up.add_metric((), float(self._up))
        yield up
        for fact in FACTS:
            if fact.name not in self._found:
                continue
            kind = CounterMetricFamily if fact.counts else GaugeMetricFamily
            family = kind(fact.name.removesuffix("_total"), fact.help, labels=fact.labels)
            for *labels, value in self._found[fact.name]:
                family.add_metric([str(label) for label in labels], float(value))
            yield family

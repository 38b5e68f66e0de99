"""Lists the facts that the database holds of an installation; what a question costs does not grow with its history."""

from dataclasses import dataclass
from typing import LiteralString


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
           FROM projection_checkpoints AS p""",
    ),
    Fact(
        "genesis_projection_events_total",
        "Events that were applied to a projection's tables, those of rebuilds left out.",
        ("projection",),
        "SELECT projection, applied FROM projection_checkpoints",
        counts=True,
    ),
    Fact(
        "genesis_projection_parked_sessions",
        "Sessions that hold an event which a projection could not apply.",
        ("projection",),
        """SELECT c.projection, count(p.aggregate_id) FROM projection_checkpoints AS c
           LEFT JOIN projection_parked AS p USING (projection) GROUP BY 1""",
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
        """SELECT s.status, (SELECT count(*) FROM async_tasks AS t
                             WHERE t.status IN ('PENDING', 'RUNNING') AND t.status = s.status)
           FROM unnest('{PENDING,RUNNING}'::task_status[]) AS s (status)
           UNION ALL SELECT ended.status, ended.count
           FROM (SELECT coalesce(sum(completed), 0) AS completed, coalesce(sum(failed), 0) AS failed,
                        coalesce(sum(cancelled), 0) AS cancelled FROM task_totals) AS t,
               LATERAL (VALUES ('COMPLETED'::task_status, t.completed), ('FAILED', t.failed),
                               ('CANCELLED', t.cancelled)) AS ended (status, count)""",
        counts=True,
    ),
    Fact(
        "genesis_ai_cost_usd_total",
        "What generations have cost, as far as it is known, by the model's name in GENESIS_MODEL.",
        ("model",),
        "SELECT model, cost_usd FROM task_totals",
        counts=True,
    ),
    Fact(
        "genesis_ai_tokens_total",
        "Tokens that generations have used, as far as it is known, by the model's name in GENESIS_MODEL.",
        ("model", "kind"),
        """SELECT model, kind, tokens
           FROM task_totals, LATERAL (VALUES ('input', input_tokens), ('output', output_tokens)) AS used (kind, tokens)
        """,
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

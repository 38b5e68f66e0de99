"""Lists what `genesis doctor` asks the database: one question per thing that can be wrong, each with its remedy."""

from dataclasses import dataclass
from typing import LiteralString

from infrastructure.messaging.consumer_groups import ABANDONED_SECONDS, UNREAD

SECONDS = 5.0
"""What one answer may take, unless the question says otherwise."""

_WHOLE_LOG_SECONDS = 60.0
_BEHIND_SECONDS = 10.0
_WAITS_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows of (what it is, seconds). What is old enough is wrong, or, while the studio does not run, worth knowing."""

    name: str
    query: LiteralString
    sentence: str
    remedy: str
    limit: float = _WAITS_SECONDS
    always: bool = False
    """Wrong also while the studio does not run."""
    seconds: float = SECONDS
    """What the database may take to answer."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One row of (how many, which one for example). Any is a finding."""

    name: str
    query: LiteralString
    sentence: str
    remedy: str
    none: str = "none"
    """What is said when there are none."""
    seconds: float = SECONDS


WAITING = (
    Waiting(
        "projections",
        """SELECT p.projection, extract(epoch FROM clock_timestamp() - (
               SELECT e.created_at FROM domain_events e WHERE (e.tx_id, e.id) > (p.tx_id, p.position)
               ORDER BY e.tx_id, e.id LIMIT 1))::float8
           FROM projection_checkpoints p ORDER BY 2 DESC NULLS LAST""",
        "{what} is {seconds:.0f} s behind the log",
        "Is there a projector (logs/background.log)? Do `transactions` or `restored ids` below say what holds it back?"
        " If the table itself is wrong: `genesis projections rebuild`.",
        _BEHIND_SECONDS,
    ),
    Waiting(
        "outbox",
        """SELECT 'the oldest message', extract(epoch FROM clock_timestamp() - (
               SELECT created_at FROM event_outbox WHERE status = 'PENDING' ORDER BY position LIMIT 1))::float8""",
        "{what} has waited for {seconds:.0f} s to be sent",
        "Is the bus reachable (GENESIS_KAFKA_BOOTSTRAP), is there a relay (logs/background.log)?"
        " `genesis outbox status` counts what waits.",
    ),
    Waiting(
        "commands",
        """SELECT command_type || ' of session ' || session_id,
                  extract(epoch FROM clock_timestamp() - deadline_at)::float8
           FROM command_inbox WHERE status = 'PROCESSING' AND deadline_at < clock_timestamp() ORDER BY deadline_at""",
        "{what} is {seconds:.0f} s past its deadline and not ended",
        "The sweeper ends it within seconds; without one: `genesis doctor --mend commands`.",
    ),
    Waiting(
        "work",
        """SELECT i.command_type || ' of session ' || i.session_id,
                  extract(epoch FROM clock_timestamp() - i.created_at)::float8
           FROM command_inbox AS i
           WHERE i.status = 'PROCESSING' AND i.deadline_at > clock_timestamp()
               AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = i.session_id)
               AND NOT EXISTS (SELECT FROM flow_resume_handles AS h WHERE h.session_id = i.session_id
                   AND h.status IN ('PENDING_PAUSE', 'PAUSED'))
           ORDER BY i.created_at""",
        "{what} was asked for {seconds:.0f} s ago and no flow run will come to it",
        "Callbacks create one within seconds: do they run, and do they reach Prefect (logs/callbacks.log)?"
        " `genesis process callbacks` starts them.",
    ),
    Waiting(
        "runs",
        """SELECT 'the run of session ' || session_id, extract(epoch FROM clock_timestamp() - lease_expires_at)::float8
           FROM flow_run_leases WHERE lease_expires_at < clock_timestamp() ORDER BY lease_expires_at""",
        "{what} has been due for {seconds:.0f} s and no worker took it",
        "Does a worker run, and does it reach Prefect (logs/worker.log)? `genesis process worker` starts one.",
    ),
    Waiting(
        "handles",
        """SELECT 'the wait of session ' || session_id,
                  extract(epoch FROM clock_timestamp() - coalesce(expires_at, updated_at))::float8
           FROM flow_resume_handles
           WHERE (status IN ('PENDING_PAUSE', 'PAUSED') AND expires_at < clock_timestamp())
              OR (status = 'PAUSED' AND resume_payload IS NOT NULL) ORDER BY 2 DESC""",
        "{what} should have ended {seconds:.0f} s ago",
        "Callbacks end it within seconds: do they run, and do they reach Prefect (logs/callbacks.log)?",
    ),
    Waiting(
        "orphaned handles",
        """SELECT 'the wait of session ' || h.session_id,
                  extract(epoch FROM clock_timestamp() - s.last_event_at)::float8
           FROM flow_resume_handles AS h JOIN genesis_sessions AS s ON s.id = h.session_id
           WHERE h.status IN ('PENDING_PAUSE', 'PAUSED') AND s.status IN ('COMPLETED', 'ABANDONED')
           ORDER BY s.last_event_at""",
        "{what} goes on though the session ended {seconds:.0f} s ago",
        "`genesis doctor --mend handles` closes it.",
        always=True,
    ),
    Waiting(
        "consumer groups",
        UNREAD,
        "nobody reads for the consumer group {what}, which has left messages unread for {seconds:.0f} s;"
        " retention keeps all of them for it",
        "If its process is only down, start it (`genesis process callbacks`). If it is gone for good:"
        " `genesis doctor --mend groups`.",
        ABANDONED_SECONDS,
    ),
    Waiting(
        "transactions",
        """SELECT coalesce(nullif(application_name, ''), 'a client')
                      || ' (pid ' || pid || ', database ' || datname || ')',
                  extract(epoch FROM clock_timestamp() - xact_start)::float8
           FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() ORDER BY xact_start""",
        "{what} has had a write transaction open for {seconds:.0f} s, which holds every reader of the log back",
        "`genesis doctor --mend transactions` ends those that are older than a minute.",
        always=True,
    ),
    Waiting(
        "prepared transactions",
        """SELECT quote_literal(gid) || ' in database ' || database,
                  extract(epoch FROM clock_timestamp() - prepared)::float8 FROM pg_prepared_xacts ORDER BY prepared""",
        "{what} was prepared {seconds:.0f} s ago and never ended, which holds every reader of the log back",
        "In that database: COMMIT PREPARED or ROLLBACK PREPARED.",
        always=True,
    ),
)

COUNTED = (
    Counted(
        "restored ids",
        """SELECT count(*), '' FROM domain_events WHERE tx_id >= pg_snapshot_xmax(pg_current_snapshot())""",
        "{count} events have transaction ids that this server has not given yet: the log was restored from another one."
        " Readers would wait for them, and pass over what is new",
        "Stop the studio's processes, then `genesis doctor --mend restored-ids`.",
    ),
    Counted(
        "versions",
        """SELECT count(*), min(aggregate_id) FROM (
               SELECT aggregate_id FROM domain_events GROUP BY aggregate_id
               HAVING count(*) <> max(aggregate_version)) AS holed""",
        "{count} sessions lack events in the middle of their history ({example}): something was lost",
        "Restore the missing rows of domain_events from a backup, then `genesis projections rebuild`.",
        none="none missing",
        seconds=_WHOLE_LOG_SECONDS,
    ),
    Counted(
        "dead letters",
        "SELECT count(*), '' FROM event_outbox WHERE status = 'DEAD'",
        "{count} messages could not be published; the later ones of their sessions wait behind them",
        "`genesis outbox list` shows them, `genesis outbox requeue` sends them again.",
    ),
    Counted(
        "parked sessions",
        "SELECT count(*), '' FROM projection_parked",
        "{count} sessions hold an event that a projection could not read",
        "`genesis projections parked` names them, `genesis projections retry` applies what they missed.",
    ),
    Counted(
        "parked messages",
        "SELECT count(*), '' FROM bus_parked",
        "{count} messages on the bus could not be taken",
        "`genesis bus parked` names them and their reasons.",
    ),
)

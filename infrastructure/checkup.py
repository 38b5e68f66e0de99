"""What `genesis doctor` asks the servers: one question per thing that can be wrong, each answer with its remedy."""

import asyncio
from dataclasses import dataclass
from typing import Any

import psycopg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from migrations.head import head

_OLDEST_POSTGRES = 160000
_PATIENCE = 5.0
_BEHIND_SECONDS = 10.0
_WAITS_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok` None: worth knowing, not wrong."""

    name: str
    ok: bool | None
    detail: str
    remedy: str = ""


# Each gives rows of (what it is, seconds). What is old enough is a finding.
_WAITING: tuple[tuple[str, str, str, str], ...] = (
    (
        "projections",
        """SELECT p.projection, extract(epoch FROM clock_timestamp() - (
               SELECT e.created_at FROM domain_events e WHERE (e.tx_id, e.id) > (p.tx_id, p.position)
               ORDER BY e.tx_id, e.id LIMIT 1))::float8
           FROM projection_checkpoints p ORDER BY 1""",
        "{what} is {seconds:.0f} s behind the log",
        "Look at logs/background.log and at the holder of old transactions below.",
    ),
    (
        "outbox",
        """SELECT 'the oldest message', extract(epoch FROM clock_timestamp() - min(created_at))::float8
           FROM event_outbox WHERE status = 'PENDING'""",
        "{what} has waited for {seconds:.0f} s to be sent",
        "Is the bus reachable (GENESIS_KAFKA_BOOTSTRAP)? Look at logs/background.log.",
    ),
    (
        "commands",
        """SELECT command_type || ' of session ' || session_id,
                  extract(epoch FROM clock_timestamp() - deadline_at)::float8
           FROM command_inbox WHERE status = 'PROCESSING' AND deadline_at < clock_timestamp() ORDER BY deadline_at""",
        "{what} is {seconds:.0f} s past its deadline",
        "The sweeper ends it within seconds; if it does not, look at logs/background.log.",
    ),
    (
        "handles",
        """SELECT 'the wait of session ' || session_id,
                  extract(epoch FROM clock_timestamp() - coalesce(expires_at, updated_at))::float8
           FROM flow_resume_handles
           WHERE (status IN ('PENDING_PAUSE', 'PAUSED') AND expires_at < clock_timestamp())
              OR (status = 'PAUSED' AND resume_payload IS NOT NULL) ORDER BY 2 DESC""",
        "{what} should have ended {seconds:.0f} s ago",
        "The sweeper ends it within seconds; if it does not, look at logs/callbacks.log and logs/worker.log.",
    ),
    (
        "transactions",
        """SELECT coalesce(nullif(application_name, ''), 'a client') || ' (pid ' || pid || ')',
                  extract(epoch FROM clock_timestamp() - xact_start)::float8
           FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() ORDER BY xact_start""",
        "{what} has had a write transaction open for {seconds:.0f} s, which holds every reader of the log back",
        "End it: SELECT pg_terminate_backend(<pid>)",
    ),
)

_COUNTED: tuple[tuple[str, str, str, str], ...] = (
    (
        "dead letters",
        "SELECT count(*) FROM event_outbox WHERE status = 'DEAD'",
        "{count} messages could not be published; the later ones of their sessions wait behind them",
        "`genesis outbox list` shows them, `genesis outbox requeue` sends them again.",
    ),
    (
        "parked sessions",
        "SELECT count(*) FROM projection_parked",
        "{count} sessions hold an event that a projection could not read",
        "`genesis projections parked` names them.",
    ),
)


async def look_at_database(url: str, *, working: bool) -> list[Finding]:
    """The database's findings. `working`: the processes that carry work on run, so that waiting work is a fault."""
    try:
        async with (
            asyncio.timeout(_PATIENCE),
            await psycopg.AsyncConnection.connect(url, autocommit=True) as connection,
        ):
            return await _database(connection, working)
    except (psycopg.OperationalError, TimeoutError):
        return [
            Finding("PostgreSQL", False, "it cannot be reached", "Check GENESIS_DATABASE_URL; see logs/postgres.log.")
        ]


async def _database(connection: psycopg.AsyncConnection[Any], working: bool) -> list[Finding]:
    version = connection.info.server_version
    name = f"version {version // 10000}.{version % 10000}"
    findings = [
        Finding("PostgreSQL", True, name)
        if version >= _OLDEST_POSTGRES
        else Finding("PostgreSQL", False, f"{name} is too old", "Use version 16 or newer.")
    ]
    try:
        row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    if row is None or row[0] != head():
        found = row[0] if row else "none"
        return [*findings, Finding("schema", False, f"{found}, not {head()}", "Run `genesis migrate`.")]
    findings.append(Finding("schema", True, f"at its newest revision, {head()}"))
    for name, query, sentence, remedy in _WAITING:
        rows = await (await connection.execute(query.encode())).fetchall()
        findings.append(_waiting(name, rows, sentence, remedy, working))
    for name, query, sentence, remedy in _COUNTED:
        row = await (await connection.execute(query.encode())).fetchone()
        count = int(row[0]) if row else 0
        findings.append(
            Finding(name, False, sentence.format(count=count), remedy) if count else Finding(name, True, "none")
        )
    return findings


def _waiting(name: str, rows: list[tuple[Any, ...]], sentence: str, remedy: str, working: bool) -> Finding:
    limit = _BEHIND_SECONDS if name == "projections" else _WAITS_SECONDS
    late = [(what, seconds) for what, seconds in rows if seconds is not None and seconds > limit]
    if not late:
        return Finding(name, True, "nothing waits longer than it should")
    what, seconds = late[0]
    more = f", and {len(late) - 1} more" if len(late) > 1 else ""
    detail = sentence.format(what=what, seconds=seconds) + more
    return (
        Finding(name, False, detail, remedy) if working else Finding(name, None, f"{detail}; the studio does not run")
    )


async def look_at_redis(url: str) -> Finding:
    redis = Redis.from_url(url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE)
    try:
        await redis.ping()
    except (RedisError, OSError, TimeoutError):
        return Finding(
            "Redis", False, "it cannot be reached: everything works, by polling, later", "Check GENESIS_REDIS_URL."
        )
    finally:
        await redis.aclose()
    return Finding("Redis", True, "answers")


async def look_at_kafka(bootstrap: str) -> Finding:
    """Whether any of the brokers takes a connection."""
    for broker in bootstrap.split(","):
        host, _, port = broker.strip().rpartition(":")
        try:
            async with asyncio.timeout(_PATIENCE):
                _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        except (OSError, TimeoutError, ValueError):
            continue
        writer.close()
        return Finding("Kafka", True, f"{broker.strip()} takes connections")
    return Finding(
        "Kafka", False, "no broker can be reached: messages wait in the outbox", "Check GENESIS_KAFKA_BOOTSTRAP."
    )

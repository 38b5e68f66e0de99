"""Asks the database the questions of `genesis doctor`, each with a time limit of its own."""

import asyncio
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from infrastructure.doctor.database_questions import COUNTED, SECONDS, WAITING, Counted, Waiting
from infrastructure.doctor.findings import Finding
from infrastructure.doctor.reachability import PATIENCE, SLOW, unreachable
from infrastructure.event_store.log_verification import Scope, verify_log
from infrastructure.identity.passwords import name_key
from infrastructure.messaging.consumer_groups import UNREAD
from infrastructure.postgres.limited import TooSlow, rows_within
from infrastructure.postgres.pool import connection_options
from infrastructure.read_side.status import findings as read_side_findings
from infrastructure.work.archiving import total
from migrations.head import head

_OLDEST_POSTGRES = 160000
_SAMPLE = 500
"""Events whose payload and chain are checked."""


async def look_at_database(url: str, *, working: bool, broker: bool = False) -> list[Finding]:
    """The database's findings. `working`: the processes that carry work on run, so that waiting work is a fault.

    `broker`: messages are read elsewhere, so that nobody has to read them here.
    """
    try:
        options = connection_options(url, "genesis-doctor") | {"connect_timeout": int(PATIENCE)}
        connecting = psycopg.AsyncConnection.connect(url, **options)
        async with asyncio.timeout(2 * PATIENCE):
            connection = await connecting
    except (psycopg.OperationalError, TimeoutError) as error:
        return [await _not_connected(url, error)]
    async with connection:
        findings = await _database(connection, working, broker)
    if any(finding.name == "schema" and finding.ok for finding in findings):
        findings.append(await look_at_log(url))
    return findings


async def _not_connected(url: str, error: Exception) -> Finding:
    given = conninfo_to_dict(url)
    host, port = str(given.get("host") or given.get("hostaddr") or "localhost"), str(given.get("port") or 5432)
    if "," not in host:
        place = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else host
        if (why := await unreachable(place, int(port))) is not None:
            return Finding("PostgreSQL", False, why, "Check GENESIS_DATABASE_URL; see logs/postgres.log.")
    if isinstance(error, TimeoutError | psycopg.errors.ConnectionTimeout):
        return Finding("PostgreSQL", False, SLOW, "See logs/postgres.log, and what keeps the machine busy.")
    # what the server itself says: a database that is missing, a password that is wrong, a start that is under way
    said = str(error).rpartition("FATAL:")[2].strip().partition("\n")[0]
    return Finding("PostgreSQL", False, f"it refuses the connection: {said}", "Check GENESIS_DATABASE_URL.")


async def _database(connection: psycopg.AsyncConnection[Any], working: bool, broker: bool) -> list[Finding]:
    version = connection.info.server_version
    name = f"version {version // 10000}.{version % 10000}"
    findings = [
        Finding("PostgreSQL", True, name)
        if version >= _OLDEST_POSTGRES
        else Finding("PostgreSQL", False, f"{name} is too old", "Use version 16 or newer.")
    ]
    try:
        ((found,),) = await rows_within(connection, SECONDS, "SELECT min(version_num) FROM alembic_version")
    except psycopg.errors.UndefinedTable:
        found = None
    except TooSlow:
        return [*findings, _too_slow("schema", SECONDS)]
    if found != head():
        return [*findings, Finding("schema", False, f"{found or 'none'}, not {head()}", "Run `genesis migrate`.")]
    findings.append(Finding("schema", True, f"at its newest revision, {head()}"))
    for question in (*WAITING, *COUNTED):
        if broker and question.query == UNREAD:
            continue
        try:
            rows = await rows_within(connection, question.seconds, question.query)
        except TooSlow:
            findings.append(_too_slow(question.name, question.seconds))
        except psycopg.errors.UndefinedTable:
            continue  # a table of the bus that this installation has not used
        except psycopg.Error as error:
            if connection.broken:
                lost = "the connection was lost while this was asked"
                return [*findings, Finding(question.name, False, lost, "See logs/postgres.log, and ask again.")]
            findings.append(Finding(question.name, False, f"it cannot be asked: {type(error).__name__}"))
        else:
            said = _waiting(question, rows, working) if isinstance(question, Waiting) else _counted(question, rows)
            findings.append(said)
    findings += [Finding(*found) for found in await read_side_findings(connection)]
    return [*findings, await _archive(connection), *await _names(connection)]


async def look_at_log(url: str) -> Finding:
    """Whether some events of the log, drawn at random, are what was written."""
    try:
        report = await asyncio.to_thread(verify_log, url, Scope(sample=_SAMPLE), seconds=SECONDS)
    except psycopg.errors.QueryCanceled:
        return _too_slow("log", SECONDS)
    except psycopg.Error as error:
        return Finding("log", False, f"it cannot be asked: {type(error).__name__}", "See logs/postgres.log.")
    if report.wrong:
        first = report.faults[0]
        detail = (
            f"{report.wrong} of {report.events} events drawn at random are not as written: version {first.version} of"
            f" stream {first.stream_id} {first.what}"
        )
        return Finding("log", False, detail, "`genesis log verify` names every one.")
    if not report.events:
        return Finding("log", True, "nothing is written in it yet")
    looked = (
        "its one event is as it was"
        if report.events == 1
        else f"{report.events} events drawn at random are as they were"
    )
    return Finding("log", True, f"{looked} written")


def _too_slow(name: str, seconds: float) -> Finding:
    return Finding(
        name,
        None,
        f"not known: the database answers, and needs more than {seconds:.0f} s for this",
        "Ask again when it is less busy.",
    )


def _counted(question: Counted, rows: list[tuple[Any, ...]]) -> Finding:
    ((count, example),) = rows
    if count:
        return Finding(question.name, False, question.sentence.format(count=count, example=example), question.remedy)
    return Finding(question.name, True, question.none)


async def _archive(connection: psycopg.AsyncConnection[Any]) -> Finding:
    try:
        async with asyncio.timeout(SECONDS):
            sessions, events = await total(connection)
    except TimeoutError:
        return _too_slow("archive", SECONDS)
    except psycopg.Error as error:
        return Finding("archive", False, f"it cannot be asked: {type(error).__name__}")
    return Finding("archive", True, f"{sessions:,} sessions, with {events:,} events" if sessions else "no session")


async def _names(connection: psycopg.AsyncConnection[Any]) -> list[Finding]:
    """People whose name was somebody else's when names came to be compared in one way (revision 0013)."""
    try:
        rows = await rows_within(connection, SECONDS, "SELECT name, name_key FROM users ORDER BY created_at, id")
    except (TooSlow, psycopg.Error):
        return []
    return [
        Finding(
            "names",
            None,
            f"{name} signs in as \u201c{key}\u201d: somebody who was there before has the same name",
            "Tell them.",
        )
        for name, key in rows
        if key != name_key(name)
    ]


def _waiting(question: Waiting, rows: list[tuple[Any, ...]], working: bool) -> Finding:
    late = [(what, seconds) for what, seconds in rows if seconds is not None and seconds > question.limit]
    if not late:
        return Finding(question.name, True, "nothing waits longer than it should")
    what, seconds = late[0]
    more = f", and {len(late) - 1} more" if len(late) > 1 else ""
    detail = question.sentence.format(what=what, seconds=seconds) + more
    if working or question.always:
        return Finding(question.name, False, detail, question.remedy)
    return Finding(question.name, None, f"{detail}; the studio does not run")

"""`genesis archive`: sessions that ended long ago, out of the log's hot table and back."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import psycopg
import typer
from rich.table import Table

from cli.connection import as_json as print_json
from cli.connection import with_connection
from cli.ids import id_from
from cli.moments import AsJson, read
from cli.printing import make_console
from cli.progress import progress
from cli.session_tables import moment
from infrastructure.event_store.archive import StreamBusy, StreamDamaged, bring_back
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Connection
from infrastructure.settings import Settings, age
from infrastructure.work.archiving import Due, Outcome, analyse, archive, archived, due, total

app = typer.Typer(help="Sessions that ended long ago: out of the log's hot table, and back.", no_args_is_help=True)
console = make_console(markup=False)


@app.command()
def run(
    *,
    older_than: Annotated[
        str | None, typer.Option(help="Sessions that ended longer ago, as 90d or 12h; else GENESIS_ARCHIVE_AFTER.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which they are.")] = False,
    as_json: AsJson = False,
) -> None:
    """Move the events of sessions that ended long ago to the archive. Everything that reads them goes on as before.

    How far it has come is told on the standard error. Stopped or killed, the next run moves the rest. Exit code 1 when
    a session was left where it is, because it is not what was written.
    """
    after = _after(older_than)
    if dry_run:
        found = read(lambda connection: due(connection, after))
        _say_due(found, as_json=as_json)
        return
    try:
        outcomes = with_connection(lambda connection: _archive(connection, after))
    except psycopg.errors.UndefinedTable as error:
        raise _unknown() from error
    if as_json:
        print_json([asdict(one) for one in outcomes])
    else:
        _say(outcomes)
    if any(one.refused for one in outcomes):
        raise typer.Exit(1)


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50, as_json: AsJson = False
) -> None:
    """The sessions whose events lie in the archive, the last archived first."""

    async def look(connection: Connection) -> None:
        found, (sessions, events) = await archived(connection, limit), await total(connection)
        if as_json:
            print_json([asdict(one) for one in found])
            return
        table = Table("session", "status", "ended", "events", "archived")
        for one in found:
            ended = moment(one.ended_at) if one.ended_at else ""
            table.add_row(str(one.session_id), one.status.lower(), ended, f"{one.events:,}", moment(one.archived_at))
        if found:
            console.print(table)
        console.print(f"{_counted(sessions, 'session')} archived, with {_counted(events, 'event')}.")

    read(look)


@app.command("bring-back")
def bring_back_(
    session: Annotated[
        UUID,
        typer.Argument(parser=id_from("archive list"), help="The session's id; `genesis archive list` names them."),
    ],
) -> None:
    """Move the events of a session from the archive back to the log. It stays there for as long as the setting says."""

    async def back(connection: Connection) -> int:
        row = await (
            await connection.execute("SELECT events FROM archived_sessions WHERE session_id = %s", (session,))
        ).fetchone()
        if row is None or not row[0]:
            raise OperatorError(f"Session {session} is not archived.", "`genesis archive list` names those that are.")
        return await bring_back(connection, session)

    try:
        events = with_connection(back)
    except StreamBusy as error:
        raise OperatorError(str(error), "Try again when it has ended.") from error
    except StreamDamaged as error:
        raise OperatorError(str(error), "Nothing was moved. A backup may have it: `genesis restore`.") from error
    except psycopg.errors.UndefinedTable as error:
        raise _unknown() from error
    typer.echo(f"{_counted(events, 'event')} of session {session} brought back.")


async def _archive(connection: Connection, after: timedelta) -> list[Outcome]:
    found = await due(connection, after)
    outcomes, events, done = [], sum(one.events for one in found), 0
    with progress("Events archived") as told:
        for one in found:
            outcomes.append(await archive(connection, one.session_id))
            done += one.events
            told(done, events)
    if any(one.events for one in outcomes):
        await analyse(connection)
    return outcomes


def _after(older_than: str | None) -> timedelta:
    if older_than is None:
        if (after := Settings().archive_after) is None:
            raise OperatorError(
                "Nothing says how long ago a session has to have ended.",
                "Say it: `genesis archive run --older-than 90d`, or set GENESIS_ARCHIVE_AFTER.",
                code=2,
            )
        return after
    try:
        said = age(older_than)
    except ValueError:
        said = None
    if said is None:
        raise OperatorError(f"“{older_than}” is not a time.", "Write it as 90d or 12h; 100 years at most.", code=2)
    return said


def _say_due(found: list[Due], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if found:
        table = Table("session", "status", "ended", "events")
        for one in found:
            table.add_row(str(one.session_id), one.status.lower(), moment(one.ended_at), f"{one.events:,}")
        console.print(table)
    events = sum(one.events for one in found)
    console.print(f"{_counted(len(found), 'session')} would be archived, with {_counted(events, 'event')}.")


def _say(outcomes: list[Outcome]) -> None:
    for one in outcomes:
        if one.refused:
            typer.echo(f"Left where it is: {one.refused}")
    done = [one for one in outcomes if not one.refused]
    events = sum(one.events for one in done)
    typer.echo(f"{_counted(len(done), 'session')} archived, with {_counted(events, 'event')}.")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _unknown() -> OperatorError:
    return OperatorError("The database has no archive yet.", "Run `genesis migrate`, which makes it.")

"""`genesis sessions`: the list, any moment, the history as it happened, differences, branches. Only `branch` writes."""

import importlib
import time
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import orjson
import psycopg
import typer

from application.moments import LAST_VERSION, Moment
from application.replay import Shown
from cli.bible import bible
from cli.connection import as_json as print_json
from cli.difference_table import difference_lines
from cli.ids import Session, session_id
from cli.moments import AsJson, AtTime, AtVersion, looking_back, moment_of, read, reference, shown_at
from cli.printing import make_console
from cli.provenance import provenance, why
from cli.session_history import HistoryLine, lines
from cli.session_tables import (
    branch_data,
    branch_trees,
    history_line,
    history_table,
    sessions_table,
    state_table,
)
from infrastructure.event_store.stream_history import read_history
from infrastructure.event_store.stream_listing import asked_by
from infrastructure.identity.passwords import name_key
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Connection
from projections.engine.projection import StoredEvent
from projections.genesis.operator_queries import family_of, newest_sessions
from projections.genesis.session import SESSION_TYPE
from projections.genesis.session_differences import session_differences
from projections.genesis.views import SessionState

app = typer.Typer(
    help="Sessions: now and at any moment before, their history, differences, branches.", no_args_is_help=True
)
app.command()(why)
app.command()(provenance)
app.command()(bible)
console = make_console(markup=False)

LONGEST_PAUSE = 3.0
"""Seconds that `replay --follow` waits for one event at most; longer pauses are said."""

User = Annotated[str | None, typer.Option("--user", help="Only this person's.")]


@app.command("list")
def list_(
    user: User = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """The sessions of everybody, the last changed first."""
    found = read(lambda connection: newest_sessions(connection, _key(user), limit))
    if as_json:
        print_json([one.item.model_dump(mode="json") | {"owner": one.owner} for one in found])
    else:
        console.print(sessions_table(found))


@app.command()
def show(session: Session, at_version: AtVersion = None, at: AtTime = None, as_json: AsJson = False) -> None:
    """A session as it is, or as it was then. `--json`: the body that GET state gave."""
    found = shown_at(session, moment_of(at_version, at))
    if as_json:
        typer.echo(found.state.model_dump_json(indent=2))
    else:
        console.print(state_table(found))


@app.command()
def replay(
    session: Session,
    *,
    first: Annotated[int, typer.Option("--from", min=1, max=LAST_VERSION, help="From this version on.")] = 1,
    last: Annotated[int | None, typer.Option("--to", min=1, max=LAST_VERSION, help="Up to this version.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Event by event, with the pauses between them.")] = False,
    speed: Annotated[float, typer.Option(min=0.001, max=1e9, help="How many times faster than it happened.")] = 60,
    as_json: AsJson = False,
) -> None:
    """The history as it happened: when, in which stage, who, and what changed. `--json`: an object on each line."""
    if last is not None and first > last:
        raise OperatorError(f"Version {first} comes after version {last}.", "Exchange --from and --to.", code=2)
    events, people = read(lambda connection: _history(connection, session, last))
    if first > len(events):
        raise OperatorError(f"There is no version {first}: the last one is {len(events)}.")
    history = list(lines(events, people))[first - 1 :]
    if follow:
        _follow(history, speed, as_json=as_json)
    elif as_json:
        for line in history:
            _line(line, as_json=True)
    else:
        console.print(history_table(history))


@app.command()
def diff(
    a: Annotated[str, typer.Argument(metavar="A[@N]", help="A session; at a version or a time, or as it is now.")],
    b: Annotated[str, typer.Argument(metavar="B[@M]", help="Another, or the same at another moment.")],
    as_json: AsJson = False,
) -> None:
    """What differs in the writer's work: by stage, item, field and word.

    Exit code 0: nothing, 1: something, 2: it cannot be told. `--json` gives a JSON Patch (RFC 6902) as well.
    """
    try:
        (one, then), (other, later) = reference(a), reference(b)
        before, after = read(lambda connection: _both(connection, one, then, other, later))
    except OperatorError as error:
        raise OperatorError(error.message, error.remedy, code=2) from error
    except psycopg.Error as error:
        raise OperatorError("The database did not answer as it should.", "Run `genesis doctor`.", code=2) from error
    found = session_differences(before, after)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        for text in difference_lines(found):
            console.print(text, soft_wrap=True)
    raise typer.Exit(0 if found.equal else 1)


@app.command()
def branch(
    source: Annotated[str, typer.Argument(metavar="SESSION[@N]", help="A session; at a version or a time, or now.")],
    whose: Annotated[
        str | None,
        typer.Option("--for", metavar="NAME", help="Whose it becomes, an analyst's perhaps; else its owner's."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Begin a new session from any moment of another, which stays as it is. The one command here that writes."""
    importlib.import_module("cli.branching").branch(source, whose, as_json=as_json)


@app.command()
def tree(
    session: Annotated[
        UUID | None, typer.Argument(parser=session_id, help="Only the tree that this session is in.")
    ] = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Sessions and the branches that were made of them, each with the version that it came from."""
    if session is None:
        found = read(lambda connection: newest_sessions(connection, _key(user), None))
    else:
        found = read(lambda connection: family_of(connection, session))
        if not found:
            raise OperatorError("There is no such session.", "`genesis sessions list` names those that there are.")
    if as_json:
        print_json(branch_data(found))
        return
    for one in branch_trees(found, session):
        console.print(one, soft_wrap=True)


def _key(user: str | None) -> str | None:
    return None if user is None else name_key(user)


async def _history(
    connection: Connection, session: UUID, last: int | None
) -> tuple[Sequence[StoredEvent], Mapping[int, str]]:
    """The events up to `last`, as far as it can be told what they say, and who asked for them."""
    past = await read_history(connection, SESSION_TYPE, session, last)
    if past.head == 0:
        raise OperatorError("There is no such session.", "`genesis sessions list` names those that there are.")
    if last is not None and last > past.head:
        raise OperatorError(f"There is no version {last}: the last one is {past.head}.")
    if past.broken is not None:
        raise past.broken
    return past.events, await asked_by(connection, session)


async def _both(
    connection: Connection, one: UUID, then: Moment, other: UUID, later: Moment
) -> tuple[Shown[SessionState], Shown[SessionState]]:
    looking = looking_back(connection)
    return await looking.at(one, then), await looking.at(other, later)


def _follow(history: Sequence[HistoryLine], speed: float, *, as_json: bool) -> None:
    shown: HistoryLine | None = None
    for line in history:
        gap = (line.at - shown.at).total_seconds() if shown is not None else 0
        pause = max(gap, 0) / speed
        if pause > LONGEST_PAUSE and not as_json:
            console.print(f"      … {_lasting(gap)} later", style="dim")
        time.sleep(min(pause, LONGEST_PAUSE))
        _line(line, as_json=as_json)
        shown = line


def _line(line: HistoryLine, *, as_json: bool) -> None:
    if as_json:
        typer.echo(orjson.dumps(line.plain()))
    else:
        console.print(history_line(line), soft_wrap=True)


def _lasting(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"

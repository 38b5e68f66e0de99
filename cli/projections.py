"""`genesis projections`: what the read tables are, how they stand, and building them anew while the studio runs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from psycopg import AsyncConnection
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli.printing import as_called, make_console
from cli.projection_tables import status_table, versions_table, warnings
from infrastructure.adapters import make_hints
from infrastructure.embedded.runtime import connected
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import connection_options
from infrastructure.processes.projector import announce
from infrastructure.read_side import old_versions
from infrastructure.read_side import rebuild as rebuilding
from infrastructure.read_side.batch import retry_parked
from infrastructure.read_side.rebuild_progress import RebuildProgress
from infrastructure.read_side.rebuild_turn import RebuildRunning
from infrastructure.read_side.schemas import ensure
from infrastructure.read_side.status import all_status, parked_streams
from infrastructure.read_side.table_switch import KeptTablesDiffer, SwitchFailed
from infrastructure.read_side.verification import Comparison
from infrastructure.settings import Settings
from projections.engine.changes import Moved
from projections.engine.projection import Projection
from projections.registry import BY_NAME

app = typer.Typer(
    help="The read tables: list, state, versions, rebuild under live traffic, proof.", no_args_is_help=True
)
console = make_console()

Result = TypeVar("Result")
Name = Annotated[str, typer.Argument(help="A projection, as `list` names it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
def list_() -> None:
    """Every projection of this build with its version and tables, and the other versions that the database has."""
    console.print(versions_table(_with_connection(all_status)))


@app.command()
def status() -> None:
    """Where each projection stands in the log, how far behind it is, and what is parked. Other versions as well."""
    found = _with_connection(all_status)
    console.print(status_table(found))
    for warning in warnings(found):
        console.print(warning)


@app.command()
def drop(
    name: Name,
    version: Annotated[int, typer.Argument(min=1, help="A version that `status` shows as not live.")],
    yes: Yes = False,
) -> None:
    """Drop a version that no build reads any more: its tables and its place in the log."""
    with _explained():
        _with_connection(lambda connection: old_versions.check(connection, name, version))
    if not yes and not typer.confirm(f"Drop version {version} of {name}? Builds that read it stop working."):
        raise typer.Exit(1)
    with _explained():
        _with_connection(lambda connection: old_versions.drop(connection, name, version))
    console.print(f"Version {version} of {name} is dropped.")


@app.command()
def rebuild(
    name: Name,
    yes: Yes = False,
    drop_old: Annotated[bool, typer.Option("--drop-old", help="Do not keep the old tables for a way back.")] = False,
) -> None:
    """Build the tables anew from the log and switch to them at once. Readers and writers go on meanwhile."""
    projection = _named(name)
    with _bar() as (progress, on_progress):

        def agreed(comparison: Comparison) -> bool:
            progress.stop()
            _show(comparison)
            if yes or comparison.equal:
                return True
            return typer.confirm("The rebuilt tables are not the same as the live ones. Switch to them?")

        report = _rebuilt(projection, rebuilding.Options(on_progress=on_progress, switch=agreed, keep=not drop_old))
    rate = report.events / max(report.seconds, 0.001)
    console.print(f"{report.events} events in {report.seconds:.1f} s ({rate:,.0f} a second).")
    if not report.switched:
        console.print("Nothing has changed.")
        raise typer.Exit(1)
    console.print(f"{projection.name} is now generation {report.generation}.")
    if not drop_old:
        back_again = as_called(f"`genesis projections back {projection.name}` returns to them.")
        console.print(f"The old tables are kept: {back_again}")


@app.command()
def verify(name: Name) -> None:
    """Whether the live tables are what the log says, row by row. Changes nothing; exit code 1 when they are not."""
    projection = _named(name)
    with _bar() as (_, on_progress):
        options = rebuilding.Options(on_progress=on_progress, compare_only=True)
        report = _rebuilt(projection, options)
    _show(report.comparison)
    raise typer.Exit(0 if report.comparison.equal else 1)


@app.command()
def back(name: Name, yes: Yes = False) -> None:
    """Return to the tables from before the last rebuild, brought up to date first."""
    projection = _named(name)
    with _explained():
        _with_connection(lambda connection: rebuilding.earlier(connection, projection))
    if not yes and not typer.confirm(f"Return to the earlier tables of {projection.name}?"):
        raise typer.Exit(1)
    with _explained(), connected(Settings()) as settings:
        generation = asyncio.run(rebuilding.go_back(_url(settings), projection))
    console.print(f"{projection.name} is back, now as generation {generation}.")


@app.command()
def parked() -> None:
    """Streams that stand still in a projection because an event could not be applied."""
    found = _with_connection(parked_streams)
    if not found:
        console.print("Nothing is parked.")
        return
    table = Table("projection", "stream", "position", "since", "why")
    for row in found:
        why = f"a newer build: {row.error}" if row.newer else row.error
        table.add_row(row.projection, str(row.stream_id), str(row.position), f"{row.since:%Y-%m-%d %H:%M}", why)
    console.print(table)


@app.command()
def retry(
    name: Name,
    stream: Annotated[UUID | None, typer.Argument(help="One parked stream; all of them if none is given.")] = None,
) -> None:
    """Apply what parked streams have missed. Exit code 1 when one of them is parked again."""
    projection = _named(name)

    async def retry_all(connection: AsyncConnection[Any]) -> tuple[int, int]:
        streams = [row.stream_id for row in await parked_streams(connection, projection)]
        if stream is not None:
            if stream not in streams:
                raise OperatorError(f"Stream {stream} is not parked in {projection.name}.", "See `projections parked`.")
            streams = [stream]
        moved: list[Moved] = []
        again = 0
        for stream_id in streams:
            done = await retry_parked(connection, projection, stream_id)
            moved += done.moved
            again += len(done.parked)
        hints = make_hints(settings)
        await announce(hints, moved)
        await hints.close()
        return len(streams), again

    with connected(Settings()) as settings:
        tried, again = asyncio.run(_run(_url(settings), retry_all))
    console.print(f"{tried - again} of {tried} parked streams go on.")
    if again:
        raise OperatorError(f"{again} could not be applied again.", "`genesis projections parked` says why.")


def _named(name: str) -> Projection:
    if name not in BY_NAME:
        raise OperatorError(f"There is no projection “{name}”.", f"There are: {', '.join(BY_NAME)}.")
    return BY_NAME[name]


def _url(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


def _with_connection(work: Callable[[AsyncConnection[Any]], Awaitable[Result]]) -> Result:
    with connected(Settings()) as settings:
        return asyncio.run(_run(_url(settings), work))


async def _run(url: str, work: Callable[[AsyncConnection[Any]], Awaitable[Result]]) -> Result:
    async with await AsyncConnection.connect(url, **connection_options(url, "genesis-cli")) as connection:
        await ensure(connection)
        return await work(connection)


def _rebuilt(projection: Projection, options: rebuilding.Options) -> rebuilding.Report:
    with _explained(), connected(Settings()) as settings:
        return asyncio.run(rebuilding.rebuild(_url(settings), projection, options))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except RebuildRunning as error:
        raise OperatorError(str(error), "Wait for it to end.") from error
    except old_versions.InUse as error:
        raise OperatorError(str(error), "`genesis projections status` shows every version.") from error
    except old_versions.NoSuchVersion as error:
        raise OperatorError(str(error), "`genesis projections status` shows those that there are.") from error
    except rebuilding.NewerVersion as error:
        raise OperatorError(str(error), "Use the newer build's `genesis` for that.") from error
    except KeptTablesDiffer as error:
        raise OperatorError(str(error), "`genesis projections rebuild` makes tables of this build's shape.") from error
    except (SwitchFailed, rebuilding.NothingKept) as error:
        raise OperatorError(str(error)) from error


@contextmanager
def _bar() -> Iterator[tuple[Progress, Callable[[RebuildProgress], None]]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("copy", total=None)

        def on_progress(now: RebuildProgress) -> None:
            progress.update(task, description=now.phase, completed=now.done, total=max(now.total, 1))

        yield progress, on_progress


def _show(comparison: Comparison) -> None:
    if comparison.columns:
        console.print(f"Columns on one side only: {', '.join(sorted(comparison.columns))}.")
    if comparison.skipped:
        console.print(f"{len(comparison.skipped)} streams were not compared: parked, or moving all the time.")
    if comparison.left_out:
        console.print(f"Not compared, because streams moved all the time: {', '.join(sorted(comparison.left_out))}.")
    if comparison.equal:
        console.print(f"{comparison.rows} rows compared: all are the same.")
        return
    console.print(f"[red]{comparison.differences} of {comparison.rows} rows differ.[/red]")
    table = Table("table", "key", "what")
    for sample in comparison.samples:
        table.add_row(sample.table, " ".join(sample.key), sample.what)
    console.print(table)

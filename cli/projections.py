"""`genesis projections`: what the read tables are, how they stand, and building them anew while the studio runs."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

import typer
from psycopg import AsyncConnection
from rich.table import Table

from cli import projection_rebuild, projection_watch
from cli.ids import id_from
from cli.printing import make_console
from cli.projection_access import explained, named, on_connection, url_of, with_connection
from cli.projection_tables import left_over, status_table, versions_table, warnings
from infrastructure.adapters import make_hints
from infrastructure.embedded.runtime import connected
from infrastructure.operator_error import OperatorError
from infrastructure.processes.projector import announce
from infrastructure.read_side import old_versions
from infrastructure.read_side.batch import retry_parked
from infrastructure.read_side.status import Status, all_status, parked_streams
from infrastructure.read_side.unfinished import Unfinished, drop_unfinished, unfinished_rebuilds
from infrastructure.settings import Settings
from projections.engine.changes import Moved

app = typer.Typer(
    help="The read tables: list, state, versions, rebuild under live traffic, proof.", no_args_is_help=True
)
console = make_console()

Name = Annotated[str, typer.Argument(help="A projection, as `list` names it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@app.command("list")
def list_() -> None:
    """Every projection of this build with its version and tables, and the other versions that the database has."""
    console.print(versions_table(with_connection(all_status)))


@app.command()
def status() -> None:
    """Where each projection stands in the log, how far behind it is, and what is parked. Other versions as well."""

    async def look(connection: AsyncConnection[Any]) -> tuple[list[Status], list[Unfinished]]:
        return await all_status(connection), await unfinished_rebuilds(connection)

    found, unfinished = with_connection(look)
    console.print(status_table(found))
    for warning in (*warnings(found), *left_over(unfinished)):
        console.print(warning)


@app.command()
def drop(
    name: Name,
    version: Annotated[int | None, typer.Argument(min=1, help="A version that `status` shows as not live.")] = None,
    *,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Instead: what an interrupted rebuild of NAME has left.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Drop a version that no build reads any more: its tables and its place in the log."""
    if unfinished == (version is not None):
        raise OperatorError("Give either a version or --unfinished.", "See `genesis projections status`.", code=2)
    if version is None:
        with explained():
            gone = with_connection(lambda connection: drop_unfinished(connection, named(name)))
        console.print(f"What was left is dropped: {', '.join(gone)}." if gone else "Nothing was left.")
        return
    with explained():
        with_connection(lambda connection: old_versions.check(connection, name, version))
    if not yes and not typer.confirm(f"Drop version {version} of {name}? Builds that read it stop working."):
        raise typer.Exit(1)
    with explained():
        with_connection(lambda connection: old_versions.drop(connection, name, version))
    console.print(f"Version {version} of {name} is dropped.")


for _command in (
    projection_rebuild.rebuild,
    projection_rebuild.verify,
    projection_rebuild.back,
    projection_watch.watch,
):
    app.command()(_command)


@app.command()
def parked() -> None:
    """Streams that stand still in a projection because an event could not be applied."""
    found = with_connection(parked_streams)
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
    stream: Annotated[
        UUID | None,
        typer.Argument(parser=id_from("projections parked"), help="One parked stream; all of them if none is given."),
    ] = None,
) -> None:
    """Apply what parked streams have missed. Exit code 1 when one of them is parked again."""
    projection = named(name)

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
        tried, again = asyncio.run(on_connection(url_of(settings), retry_all))
    console.print(f"{tried - again} of {tried} parked streams go on.")
    if again:
        raise OperatorError(f"{again} could not be applied again.", "`genesis projections parked` says why.")

"""`genesis analytics`: the log as a database that analysts open without the studio."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from cli.database_roles import app as database_roles
from cli.selecting import with_selection
from cli.telling import telling
from infrastructure.embedded.runtime import connected
from infrastructure.exports.duckdb_file import make_file
from infrastructure.exports.key import export_key
from infrastructure.exports.request import Request, check
from infrastructure.exports.selection import Refused, Selection
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

app = typer.Typer(help="The log as a database for analysts.", no_args_is_help=True)
app.add_typer(database_roles, name="role")


@app.callback()
def analytics() -> None:
    """The log as a database for analysts."""


@app.command()
@with_selection("session", "account", "with_text", "anonymise")
def duckdb(
    selection: Selection, file: Annotated[Path, typer.Argument(help="The file to make, such as genesis.duckdb.")]
) -> None:
    """A DuckDB file: events, the history of sessions, and views (docs/analysts.md)."""
    try:
        check(Request("events", "parquet", selection))
    except Refused as error:
        raise OperatorError(str(error), code=2) from error
    target = file.expanduser().absolute()
    with connected(Settings()) as settings, telling("exporting") as tell:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        manifest = asyncio.run(make_file(url, selection, target, export_key(settings), tell))
    typer.echo(f"{target}: {manifest.rows:,} events up to {manifest.until}, texts: {manifest.texts}.")
    typer.echo(f"Begin with: duckdb -readonly {target} -c 'SHOW TABLES'")

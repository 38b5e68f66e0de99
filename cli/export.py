"""`genesis export`: the log for the tools of analysts, with a manifest that proves it, and `export verify`."""

import asyncio
import shlex
import time
from pathlib import Path
from typing import Annotated

import typer

from cli.printing import as_called
from cli.progress import progress
from cli.selection_options import with_selection
from infrastructure.embedded.runtime import connected
from infrastructure.exports.exporter import export as write_export
from infrastructure.exports.key import export_key
from infrastructure.exports.manifest import Manifest
from infrastructure.exports.request import FileFormat, Request, What, check
from infrastructure.exports.selection import Refused, Selection
from infrastructure.exports.verification import against_log, complaints, of_export
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

app = typer.Typer(help="The log as files: JSON Lines, CSV, Parquet, OCEL 2.0; and their proof.", no_args_is_help=True)

Folder = Annotated[Path | None, typer.Argument(help="A folder to make. Without one: genesis-WHAT, here.")]
Format = Annotated[str, typer.Option("--format", help="jsonl (CloudEvents), csv (a table for each family), parquet.")]
OcelFormat = Annotated[str, typer.Option("--format", help="sqlite, json.")]
Until = Annotated[str | None, typer.Option(help="Up to this place of the log, as a manifest's `until` names it.")]


@app.command()
@with_selection("session", "account", "event_type", "stage", "since", "before", "with_text", "anonymise")
def events(selection: Selection, folder: Folder = None, file_format: Format = "jsonl", until: Until = None) -> None:
    """Every event, in the order in which it was committed. Interrupted, the same command goes on."""
    _export("events", file_format, selection, until, folder)


@app.command()
@with_selection("session", "account", "since", "before", "with_text", "anonymise")
def sessions(selection: Selection, folder: Folder = None, file_format: Format = "jsonl", until: Until = None) -> None:
    """Every state that sessions were in, with valid_from and valid_to. Times say when a session was begun."""
    _export("sessions", file_format, selection, until, folder)


@app.command()
@with_selection("session", "account", "event_type", "stage", "since", "before", "anonymise")
def ocel(selection: Selection, folder: Folder = None, file_format: OcelFormat = "sqlite", until: Until = None) -> None:
    """An object-centric event log (OCEL 2.0) for process mining. It holds no texts."""
    _export("ocel", file_format, selection, until, folder)


@app.command()
def verify(path: Annotated[Path, typer.Argument(help="An export's folder, or a file in it.")]) -> None:
    """Prove an export: its files against its manifest, then against the log. Exit code 1 when something differs."""
    folder, manifest = of_export(path)
    for complaint in (found := list(complaints(folder, manifest))):
        typer.echo(complaint)
    if found:
        raise OperatorError(f"{folder} is not what was exported.", "Export again; the log is what counts.")
    with connected(Settings()) as settings, progress(f"verifying {manifest.holds}") as tell:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        differences = asyncio.run(against_log(url, folder, manifest, export_key(settings), tell))
    for difference in differences:
        typer.echo(difference)
    if differences:
        raise OperatorError(f"{folder} is whole, but is not what the log here says.", "Was it made of another studio?")
    typer.echo(f"{folder} is what the log says: {manifest.rows:,} rows up to {manifest.until}.")
    typer.echo(f"Manifest: {manifest.digest}")


def _export(holds: What, file_format: str, selection: Selection, until: str | None, folder: Path | None) -> None:
    request = Request(holds, _format(file_format), selection, until)
    try:
        check(request)
    except Refused as error:
        raise OperatorError(str(error), code=2) from error
    target = (folder or Path(f"genesis-{holds}")).expanduser().absolute()
    began = time.monotonic()
    with connected(Settings()) as settings, progress(f"exporting {holds}") as tell:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        manifest, resumed = asyncio.run(write_export(url, request, target, export_key(settings), tell))
    _say(manifest, target, time.monotonic() - began, resumed=resumed)


def _say(manifest: Manifest, target: Path, seconds: float, *, resumed: bool) -> None:
    size = sum(entry.size for entry in manifest.files.values()) / 1e6
    files = f"{len(manifest.files)} file{'' if len(manifest.files) == 1 else 's'}"
    typer.echo(f"{target}: {manifest.rows:,} rows in {files}, {size:.1f} MB, {seconds:.1f} s.")
    if resumed:
        typer.echo("An export that had been interrupted was gone on with.")
    if manifest.unreadable:
        typer.echo(f"{manifest.unreadable} sessions end early in it: this build cannot read an event of theirs.")
    typer.echo(f"Up to {manifest.until}, texts: {manifest.texts}. Manifest: {manifest.digest}")
    typer.echo(as_called(f"Proof: `genesis export verify {shlex.quote(str(target))}`, or verify.py in it."))


def _format(said: str) -> FileFormat:
    match said.lower():
        case "jsonl" | "csv" | "parquet" | "json" | "sqlite" as known:
            return known
        case _:
            raise OperatorError(
                f"There is no format “{said}”.",
                "Tables: jsonl, csv, parquet. Object-centric event logs: sqlite, json.",
                code=2,
            )

"""`genesis export`: the log for the tools of analysts, with a manifest that proves it, and `export verify`."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from genesis_types.enums import GenesisStage
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.people import People, with_people
from cli.printing import as_called
from domain.aggregates import AGGREGATES
from domain.genesis.stages import STAGE_ORDER
from infrastructure.embedded.runtime import connected
from infrastructure.exports.exporter import Tell
from infrastructure.exports.exporter import export as write_export
from infrastructure.exports.key import export_key
from infrastructure.exports.manifest import Manifest
from infrastructure.exports.request import FileFormat, Request, What, check
from infrastructure.exports.selection import Refused, Selection, moment
from infrastructure.exports.verification import against_log, complaints, of_export
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

app = typer.Typer(help="The log as files: JSON Lines, CSV, Parquet, OCEL 2.0; and their proof.", no_args_is_help=True)

_SAY_EVERY = 5.0
"""Seconds between two lines of progress where there is no terminal."""

Folder = Annotated[Path | None, typer.Argument(help="A folder to make. Without one: genesis-WHAT, here.")]
Format = Annotated[str, typer.Option("--format", help="jsonl (CloudEvents), csv (a table for each family), parquet.")]
OcelFormat = Annotated[str, typer.Option("--format", help="sqlite, json.")]
Session = Annotated[list[UUID] | None, typer.Option("--session", help="Only this session; as often as needed.")]
Account = Annotated[list[str] | None, typer.Option("--account", help="Only what this person owns: name or id.")]
Type = Annotated[list[str] | None, typer.Option("--type", help="Only events of this type, such as StageConfirmed.")]
Stage = Annotated[list[str] | None, typer.Option("--stage", help="Only events of this stage, such as CHARACTERS.")]
Since = Annotated[str | None, typer.Option(help="From this time on (ISO 8601; UTC if it names no zone).")]
Before = Annotated[str | None, typer.Option(help="Up to this time, which is not in it.")]
Until = Annotated[str | None, typer.Option(help="Up to this place of the log, as a manifest's `until` names it.")]
WithText = Annotated[bool, typer.Option("--with-text", help="With what was written; else its length and a hash.")]
Anonymise = Annotated[bool, typer.Option("--anonymise", help="Pseudonyms for all ids. Never with texts.")]


@app.command()
def events(
    folder: Folder = None,
    *,
    file_format: Format = "jsonl",
    session: Session = None,
    account: Account = None,
    event_type: Type = None,
    stage: Stage = None,
    since: Since = None,
    before: Before = None,
    until: Until = None,
    with_text: WithText = False,
    anonymise: Anonymise = False,
) -> None:
    """Every event, in the order in which it was committed. Interrupted, the same command goes on."""
    selection = selection_of(
        sessions_=session,
        accounts=account,
        types=event_type,
        stages=stage,
        since=since,
        before=before,
        with_text=with_text,
        anonymise=anonymise,
    )
    _export("events", file_format, selection, until, folder)


@app.command()
def sessions(
    folder: Folder = None,
    *,
    file_format: Format = "jsonl",
    session: Session = None,
    account: Account = None,
    since: Since = None,
    before: Before = None,
    until: Until = None,
    with_text: WithText = False,
    anonymise: Anonymise = False,
) -> None:
    """Every state that sessions were in, with valid_from and valid_to. Times say when a session was begun."""
    selection = selection_of(
        sessions_=session, accounts=account, since=since, before=before, with_text=with_text, anonymise=anonymise
    )
    _export("sessions", file_format, selection, until, folder)


@app.command()
def ocel(
    folder: Folder = None,
    *,
    file_format: OcelFormat = "sqlite",
    session: Session = None,
    account: Account = None,
    event_type: Type = None,
    stage: Stage = None,
    since: Since = None,
    before: Before = None,
    until: Until = None,
    anonymise: Anonymise = False,
) -> None:
    """An object-centric event log (OCEL 2.0) for process mining. It holds no texts."""
    selection = selection_of(
        sessions_=session,
        accounts=account,
        types=event_type,
        stages=stage,
        since=since,
        before=before,
        anonymise=anonymise,
    )
    _export("ocel", file_format, selection, until, folder)


@app.command()
def verify(path: Annotated[Path, typer.Argument(help="An export's folder, or a file in it.")]) -> None:
    """Prove an export: its files against its manifest, then against the log. Exit code 1 when something differs."""
    folder, manifest = of_export(path)
    for complaint in (found := list(complaints(folder, manifest))):
        typer.echo(complaint)
    if found:
        raise OperatorError(f"{folder} is not what was exported.", "Export again; the log is what counts.")
    with connected(Settings()) as settings, telling(f"verifying {manifest.holds}") as tell:
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
    with connected(Settings()) as settings, telling(f"exporting {holds}") as tell:
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
    typer.echo(as_called(f"Proof: `genesis export verify {target}`, or verify.py in it."))


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


def selection_of(
    *,
    sessions_: list[UUID] | None,
    accounts: list[str] | None,
    types: list[str] | None = None,
    stages: list[str] | None = None,
    since: str | None = None,
    before: str | None = None,
    with_text: bool = False,
    anonymise: bool = False,
) -> Selection:
    for event_type in types or ():
        if event_type not in AGGREGATES.by_event:
            known = ", ".join(sorted(AGGREGATES.by_event))
            raise OperatorError(f"There is no event of type “{event_type}”.", f"There are: {known}.", code=2)
    try:
        return Selection(
            sessions=tuple(sessions_ or ()),
            accounts=tuple(map(account_named, accounts or ())),
            types=tuple(types or ()),
            stages=tuple(map(stage_named, stages or ())),
            since=moment("since", since) if since is not None else None,
            before=moment("before", before) if before is not None else None,
            with_text=with_text,
            anonymise=anonymise,
        )
    except Refused as error:
        raise OperatorError(str(error), code=2) from error
    except ValidationError as error:
        raise OperatorError("The selection cannot be used.", code=2) from error


def stage_named(said: str) -> GenesisStage:
    """A stage as it is typed. Raises OperatorError."""
    stage = said.upper()
    if stage not in STAGE_ORDER:
        raise OperatorError(f"There is no stage “{said}”.", f"There are: {', '.join(STAGE_ORDER)}.", code=2)
    return GenesisStage(stage)


def account_named(said: str) -> UUID:
    """A person by name, or any account by its id."""
    try:
        return UUID(said)
    except ValueError:
        pass

    async def work(people: People) -> UUID:
        return (await people.one(said)).id

    return with_people(work)


@contextmanager
def telling(what: str) -> Iterator[Tell]:
    """A bar on a terminal; elsewhere a plain line now and then."""
    console = Console(stderr=True)
    if not console.is_terminal:
        last = time.monotonic()

        def say(done: int, whole: int) -> None:
            nonlocal last
            if time.monotonic() - last >= _SAY_EVERY:
                last = time.monotonic()
                typer.echo(f"{what}: {done:,} of {whole:,}", err=True)

        yield say
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, whole: progress.update(task, completed=done, total=max(whole, 1))

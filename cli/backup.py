"""`genesis backup` and `genesis restore`: everything that matters in one file, and back, here or on another machine."""

import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli.log import sentence
from cli.printing import as_called
from cli.progress import progress
from infrastructure.backup.dump import Progress as Tell
from infrastructure.backup.dump import back_up, default_name
from infrastructure.backup.load import check_known
from infrastructure.backup.manifest import Kind, Manifest
from infrastructure.backup.reading import Backup, opened_backup
from infrastructure.backup.restore import holds_sessions
from infrastructure.backup.restore import restore as put_back
from infrastructure.backup.rotation import check_space, is_due, made_folder, note_failure, rotate
from infrastructure.bootstrap import make_secret_box
from infrastructure.doctor.models import HOW, lost_keys, named
from infrastructure.embedded.runtime import alone, connected
from infrastructure.event_store.log_verification import verify_log
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings

_NAMED = 10
"""Faults of the log that a restore names; `genesis log verify` names all."""
_SPACE = 3
"""Times the size of its text: what a database takes with its indexes and read tables."""


def backup(file: Path | None, *, verify: bool = False) -> None:
    """Back up to `file`, or verify it. Raises OperatorError."""
    settings = Settings()
    if verify:
        if file is None:
            raise OperatorError("Which file?", "`genesis backup --verify FILE`.", code=2)
        with opened_backup(file) as found:
            _verify(found)
            check_known(found)
        _say(f"{file} is whole.", found.manifest)
        return
    began = time.monotonic()
    with connected(settings) as known:
        written, manifest = _write(known, file, "asked")
    size = written.stat().st_size / 1e6
    _say(f"Backed up to {written}: {size:.1f} MB in {time.monotonic() - began:.1f} s.", manifest)


def automatic() -> None:
    """The backup of the day, if there is none yet. Raises OperatorError, and leaves word for the doctor then."""
    settings = Settings()
    folder = settings.backups_in
    if not is_due(folder, datetime.now(UTC)):
        return
    os.nice(10)  # the writer comes first
    try:
        check_space(folder)
        written, manifest = _write(settings, None, "automatic")
        removed = rotate(folder)
    except (OperatorError, psycopg.Error, OSError) as problem:
        sentence = problem.message if isinstance(problem, OperatorError) else type(problem).__name__
        note_failure(settings.home, sentence)
        raise
    note_failure(settings.home, None)
    typer.echo(f"{manifest.made_at:%Y-%m-%d %H:%M} {written.name}, {manifest.rows} rows; {len(removed)} older removed.")


def restore(file: Path, *, replace: bool = False) -> None:
    """Restore `file`. Raises OperatorError, and has changed nothing then."""
    settings = Settings()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # we say what is done
    with opened_backup(file) as found:
        check_known(found)
        _verify(found)  # before anything is started: what is damaged is damaged for everybody
        with _target(settings, replace=replace) as known:
            _put_back(found, known, replace=replace)
            assert known.database_url is not None
            _, lost = lost_keys(known.database_url.get_secret_value(), make_secret_box(Settings()))
    _say(f"Restored from {file}.", found.manifest)
    if lost:
        typer.echo(f"Keys of models are not in a backup in a form that can be read. To do for {named(lost)}: {HOW}")
    typer.echo(as_called("`genesis run` starts the studio. People sign in as before; a new address: `genesis login`."))


def _target(settings: Settings, *, replace: bool) -> AbstractContextManager[Settings]:
    """The database to restore into; the embedded one with nobody else at work on its folder."""
    return alone(settings, anew=replace) if settings.database_url is None else connected(settings)


def _put_back(found: Backup, settings: Settings, *, replace: bool) -> None:
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    embedded = Settings().database_url is None
    if embedded:
        free = shutil.disk_usage(settings.home).free
        if free < _SPACE * found.manifest.size:
            needed = _SPACE * found.manifest.size
            raise OperatorError(
                f"The restored database may take {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free.",
                f"Make some space for {settings.home}. Nothing was changed.",
            )
    if replace and holds_sessions(url):
        written, _ = _write(settings, None, "before")
        typer.echo(f"What was here is in {written}.")
    # what Prefect knows is of the sessions that go; a server without memory gets new runs from the restored ones
    forget = (lambda: shutil.rmtree(settings.home / "prefect", ignore_errors=True)) if embedded else (lambda: None)
    with _bar() as tell:
        put_back(found, url, replace=replace, before_switch=forget, progress=tell)
    with progress("verifying the log") as told:
        report = verify_log(url, tell=told)
    for fault in report.faults[:_NAMED]:
        typer.echo(sentence(fault))
    if report.wrong:
        faults = "one fault" if report.wrong == 1 else f"{report.wrong:,} faults"
        typer.echo(as_called(f"The log was backed up with {faults}. `genesis log verify` names every one."))


def _write(settings: Settings, file: Path | None, kind: Kind) -> tuple[Path, Manifest]:
    assert settings.database_url is not None
    path = _place(settings, file, kind)
    with _bar() as tell:
        manifest = back_up(settings.database_url.get_secret_value(), path, kind=kind, progress=tell)
    try:
        with opened_backup(path) as written:  # older ones, or the database itself, are about to go for it
            _verify(written)
    except OperatorError:
        path.unlink(missing_ok=True)
        raise
    return path, manifest


def _place(settings: Settings, file: Path | None, kind: Kind) -> Path:
    if file is not None:
        file = file.expanduser().absolute()
        return file / default_name(kind) if file.is_dir() else file
    return made_folder(settings.backups_in) / default_name(kind)


def _verify(found: Backup) -> None:
    with _bar() as tell:
        done = 0
        for read in found.verify():
            done += read
            tell("verifying", done, found.manifest.size)


def _say(sentence: str, manifest: Manifest) -> None:
    counted = {
        "events": sum(
            manifest.tables[name].rows for name in ("domain_events", "domain_events_archive") if name in manifest.tables
        ),
        "people": manifest.tables["users"].rows if "users" in manifest.tables else 0,
    }
    said = ", ".join(f"{count:,} {what}" for what, count in counted.items())
    typer.echo(sentence)
    typer.echo(
        f"{said}; {manifest.rows:,} rows in {len(manifest.tables)} tables, {manifest.size / 1e6:.1f} MB unpacked;"
        f" written {manifest.made_at:%Y-%m-%d %H:%M} UTC by version {manifest.product}, schema {manifest.revision}."
    )


@contextmanager
def _bar() -> Iterator[Tell]:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("")

        def tell(what: str, done: int, whole: int) -> None:
            progress.update(task, description=what, completed=done, total=max(whole, 1))

        yield tell

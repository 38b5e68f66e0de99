"""Exports: reads rows up to a fixed end of the log, encodes them, and goes on after whatever interrupts it."""

import asyncio
import errno
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infrastructure.event_store.log_reader import Checkpoint, horizon
from infrastructure.exports import ocel_json, ocel_log
from infrastructure.exports.columns import Columns, Rows, pyarrow
from infrastructure.exports.database import Database
from infrastructure.exports.encoding import Encoder, encoded, make_encoder
from infrastructure.exports.key import ExportKey
from infrastructure.exports.manifest import FORMAT, FileEntry, Manifest
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.request import FileFormat, Request, check
from infrastructure.exports.selection import Refused, as_json, place, written
from infrastructure.exports.sources import Source, Stretch, make_source
from infrastructure.exports.tables import SEPARATOR, SESSIONS, Table
from infrastructure.exports.working_folder import WorkingFolder, opened
from infrastructure.operator_error import OperatorError

KEEP_EVERY = 1.0
"""Seconds between two moments that an interrupted export can go on from."""

Tell = Callable[[int, int], None]
"""Told how much is done, of how much: events, or sessions."""


async def end_of_log(database: Database, until: str | None) -> Checkpoint:
    """The end to export up to. Raises Refused when `until` is not there yet."""
    found: Checkpoint = await database.ask(horizon)
    if until is None:
        return found
    asked = place(until)
    if asked > found:
        raise Refused("until", f"The log ends at {written(found)}: there is nothing to export up to {until} yet.")
    return asked


async def export(
    url: str, request: Request, target: Path, key: ExportKey, tell: Tell = lambda *_: None
) -> tuple[Manifest, bool]:
    """Write `request` into the folder `target`. The manifest, and whether an interrupted export was gone on with.

    Raises OperatorError, psycopg.Error; what was written until then is gone on with next time.
    """
    selection = request.selection
    redactor = Redactor(key, with_text=selection.with_text, anonymise=selection.anonymise)
    asked = {
        "holds": request.holds,
        "format": request.file_format,
        "selection": as_json(selection),
        "until": request.until,
        "key": key.id,
        "product": version("genesis-studio"),
        "manifest": FORMAT,
    }
    database = Database(url)
    try:
        check(request)
        if request.file_format == "parquet":
            pyarrow()  # asked for before there is a folder that would be left
        with opened(target, asked) as folder:
            kept: Mapping[str, Any] = folder.place or {}
            until = place(kept["until"]) if kept else await end_of_log(database, request.until)
            by_column = request.file_format == "parquet"
            source = make_source(request.holds, selection, until, redactor, by_column=by_column)
            writing = _Writing(database, source, folder, asked, written(until), kept, tell)
            counted = await (
                writing.ocel(request.file_format)
                if request.holds == "ocel"
                else writing.rows(make_encoder(request.file_format, source.table, redactor, kept.get("encoder")))
            )
            manifest = await asyncio.to_thread(_manifest, folder, request, redactor, written(until), counted)
            folder.finish(manifest, target)
            return manifest, bool(kept)
    except Refused as error:
        raise OperatorError(str(error), code=2) from error
    finally:
        await database.close()


class Counted:
    """What went into an export so far, as JSON keeps it."""

    def __init__(self, table: Table, kept: Mapping[str, Any]) -> None:
        self.types: Counter[str] = Counter(kept.get("counts", {}))
        self.last = int(kept.get("last", 0))
        self.unreadable = 0
        self.events = table.name == "events"
        self._type = table.place("event_type")

    def add(self, rows: Rows) -> None:
        if isinstance(rows, Columns):
            self.types.update(rows.counts("event_type", "schema_version"))
            self.last = int(rows.value(-1, "position"))
            return
        for row in rows:
            values = row.split(SEPARATOR, 9)
            self.types[f"{values[8]}/{values[3]}" if self.events else values[self._type]] += 1
        if self.events and rows:
            self.last = int(rows[-1].partition(SEPARATOR)[0])

    def kept(self) -> dict[str, Any]:
        return {"counts": dict(self.types), "last": self.last}


@dataclass(slots=True)
class _Writing:
    """One export's way from the log into its folder. `kept`: what an interrupted one has left."""

    database: Database
    source: Source
    folder: WorkingFolder
    asked: Mapping[str, Any]
    until: str
    kept: Mapping[str, Any]
    tell: Tell

    async def rows(self, encoder: Encoder) -> Counted:
        """Tables."""
        counted, last = Counted(self.source.table, self.kept), time.monotonic()

        def encode(rows: Rows, place_: Mapping[str, Any]) -> None:
            nonlocal last
            counted.add(rows)
            for piece in encoded(encoder, rows):
                self.folder.append(piece)
            state = encoder.place()
            if state is not None and time.monotonic() - last >= KEEP_EVERY:
                self.folder.keep(self.asked, {**place_, **counted.kept(), "encoder": state})
                last = time.monotonic()

        counted.unreadable = await self._read(self.kept, encode)
        for piece in encoder.end():
            self.folder.append(piece)
        self.folder.flush()
        return counted

    async def ocel(self, file_format: FileFormat) -> Counted:
        """An object-centric event log: built as SQLite, which keeps its own place, told as JSON if that is asked."""
        self.folder.own = ocel_log.WORK
        if not self.kept:
            self.folder.keep(self.asked, {"until": self.until})
        work = self.folder.path(ocel_log.WORK)
        with _full_disk(), closing(ocel_log.OcelLog(work)) as log:
            place_ = log.place or {}
            counted = Counted(self.source.table, place_)

            def add(rows: Rows, reached: Mapping[str, Any]) -> None:
                assert not isinstance(rows, Columns)
                counted.add(rows)
                log.add(rows, {**reached, **counted.kept()})

            await self._read(place_, add)
            name, events = (ocel_log.FILE if file_format == "sqlite" else ocel_json.FILE), log.count()
            if file_format == "sqlite":
                await asyncio.to_thread(log.finish, self.folder.path(name))
            else:
                await asyncio.to_thread(ocel_json.write, work, self.folder.path(name))
        self.folder.adopt(name, "ocel", events)
        work.unlink()
        return counted

    async def _read(self, kept: Mapping[str, Any], take: Callable[[Rows, Mapping[str, Any]], None]) -> int:
        """Hand every stretch of rows to `take`, in a thread, with the place after it. How many sessions end early."""
        here, done = kept.get("source"), int(kept.get("done", 0))
        whole = done + await self.database.ask(lambda connection: self.source.total(connection, here))
        self.tell(done, whole)
        ahead = self._reading(here)
        try:
            while (stretch := await ahead) is not None:
                make, here, read = stretch
                ahead = self._reading(here)  # the server makes the next rows while these are written
                done += read
                reached = {"until": self.until, "source": here, "done": done}
                await asyncio.to_thread(_take, make, take, reached)
                self.tell(done, whole)
        finally:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)
        return int(here[1]) if self.source.table is SESSIONS and here else 0

    def _reading(self, after: Any) -> "asyncio.Task[Stretch | None]":
        return asyncio.create_task(self.database.ask(lambda connection: self.source.next(connection, after)))


def _take(make: Callable[[], Rows], take: Callable[[Rows, Mapping[str, Any]], None], place_: Mapping[str, Any]) -> None:
    take(make(), place_)


@contextmanager
def _full_disk() -> Iterator[None]:
    """SQLite says in its own words that the disk is full."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise


def _manifest(folder: WorkingFolder, request: Request, redactor: Redactor, until: str, counted: Counted) -> Manifest:
    counts: Counter[str] = Counter()
    versions: dict[str, set[int]] = {}
    for name, count in counted.types.items():
        event_type, _, schema_version = name.rpartition("/") if counted.events else (name, "", "")
        counts[event_type] += count
        if schema_version:
            versions.setdefault(event_type, set()).add(int(schema_version))
    files = {name: _entry(folder.path(name), of) for name, of in sorted(folder.files.items())}
    return Manifest(
        holds=request.holds,
        file_format=request.file_format,
        product=version("genesis-studio"),
        made_at=datetime.now(UTC),
        until=until,
        last_position=counted.last,
        selection=redactor.selection(request.selection),
        texts="included" if redactor.with_text else "lengths and hashes",
        key=redactor.key_id,
        rows=sum(entry.rows for entry in files.values()),
        counts=dict(sorted(counts.items())),
        schema_versions={name: tuple(sorted(found)) for name, found in sorted(versions.items())},
        unreadable=counted.unreadable,
        whole=_whole(request),
        proves=_proves(request),
        files=files,
    ).sealed()


def _whole(request: Request) -> bool:
    """Whether every stream that is in there is there from its first event on."""
    selection = request.selection
    return request.holds == "events" and not (
        selection.types or selection.stages or selection.since or selection.before
    )


def _proves(request: Request) -> str:
    """What verify.py can show of such an export, and what it cannot."""
    if request.holds != "events":
        return "Shown by the files' hashes: no log is in here whose chain could be followed."
    if request.selection.anonymise:
        return (
            "Shown: the files' hashes, and versions without a gap. Ids are pseudonyms: the log's chain is not in here."
        )
    gaps = "" if _whole(request) else " Only some events are in here: one that follows none in here is not compared."
    if request.selection.with_text:
        return f"Shown: the files' hashes, every payload's commitment, every stream's chain as the log has it.{gaps}"
    return (
        "Shown: the files' hashes, every stream's chain as the log has it, and in it the commitments to payloads."
        f" Texts are left out: what stands for them is shown by the files' hashes alone.{gaps}"
    )


def _entry(path: Path, of: Mapping[str, Any]) -> FileEntry:
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    return FileEntry(sha256=digest, **of)

"""Exports: reads rows up to a fixed end of the log, encodes them, and goes on after whatever interrupts it."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psycopg
from psycopg import AsyncConnection

from infrastructure.event_store.log_reader import Checkpoint, horizon
from infrastructure.exports.chain import FIRST
from infrastructure.exports.encoding import Encoder, Format, make_encoder
from infrastructure.exports.event_rows import EventRows
from infrastructure.exports.key import ExportKey
from infrastructure.exports.manifest import FileEntry, Manifest, What
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.selection import Refused, Selection, as_json, check, place, written
from infrastructure.exports.session_rows import SessionRows
from infrastructure.exports.tables import SEPARATOR, Table
from infrastructure.exports.working_folder import WorkingFolder, opened
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import connection_options

KEEP_EVERY = 1.0
"""Seconds between two moments that an interrupted export can go on from."""

_TRIES = 6
_PAUSE = 0.25

Tell = Callable[[int, int], None]
"""Told how much is done, of how much: events, or sessions."""

Result = TypeVar("Result")


class Source(Protocol):
    """What is exported, a stretch at a time; `place` is JSON, and None at the beginning."""

    table: Table

    async def total(self, connection: AsyncConnection[Any], place: Any) -> int: ...

    async def next(self, connection: AsyncConnection[Any], place: Any) -> tuple[Sequence[str], Any, int] | None:
        """(rows, the place after them, how much of `total` they are); None at the end."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is exported, as what. `until`: as a manifest names it; None: the end of the log as it is now."""

    holds: What
    file_format: Format
    selection: Selection
    until: str | None = None


class _Events:
    def __init__(self, selection: Selection, until: Checkpoint, redactor: Redactor) -> None:
        self._rows = EventRows(selection, until, redactor)
        self.table = self._rows.table

    async def total(self, connection: AsyncConnection[Any], place: Any) -> int:
        return await self._rows.total(connection, Checkpoint(*(place or (0, 0))))

    async def next(self, connection: AsyncConnection[Any], place: Any) -> tuple[Sequence[str], Any, int] | None:
        found = await self._rows.read(connection, Checkpoint(*(place or (0, 0))))
        if not found.rows:
            return None
        return found.rows, [found.after.tx_id, found.after.position], len(found.rows)


class _Sessions:
    def __init__(self, selection: Selection, until: Checkpoint, redactor: Redactor) -> None:
        self._rows = SessionRows(selection, until, redactor)
        self.table = self._rows.table

    async def total(self, connection: AsyncConnection[Any], place: Any) -> int:
        return await self._rows.total(connection, place[0] if place else "")

    async def next(self, connection: AsyncConnection[Any], place: Any) -> tuple[Sequence[str], Any, int] | None:
        after, unreadable = place or ("", 0)
        found = await self._rows.read(connection, after)
        return None if found.after is None else (found.rows, [found.after, unreadable + found.unreadable], found.count)


def make_source(holds: What, selection: Selection, until: Checkpoint, redactor: Redactor) -> _Events | _Sessions:
    return (_Sessions if holds == "sessions" else _Events)(selection, until, redactor)


class Database:
    """A connection that is made again when it was lost: every reading can be repeated."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AsyncConnection[Any] | None = None

    async def ask(self, question: Callable[[AsyncConnection[Any]], Any]) -> Any:
        """Its answer. Raises psycopg.OperationalError when the database stays away."""
        for tried in range(_TRIES):
            try:
                if self._connection is None or self._connection.closed:
                    options = connection_options(self._url, "genesis-export")
                    self._connection = await AsyncConnection.connect(self._url, **options)
                return await question(self._connection)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                await self.close()
                if tried == _TRIES - 1:
                    raise
                await asyncio.sleep(_PAUSE * 2**tried)
        raise AssertionError

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


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

    Raises Refused, OperatorError, psycopg.Error; what was written until then is gone on with next time.
    """
    selection = request.selection
    check(selection)
    redactor = Redactor(key, with_text=selection.with_text, anonymise=selection.anonymise)
    asked = {
        "holds": request.holds,
        "format": request.file_format,
        "selection": as_json(selection),
        "until": request.until,
        "key": key.id,
        "product": version("genesis-studio"),
    }
    database = Database(url)
    try:
        with opened(target, asked) as folder:
            resumed = folder.place is not None
            kept: Mapping[str, Any] = folder.place or {}
            until = await end_of_log(database, request.until)
            if resumed:
                until = place(kept["until"])
            source = make_source(request.holds, selection, until, redactor)
            encoder = make_encoder(request.file_format, source.table, redactor, kept.get("encoder"))
            counted = await _write(database, source, encoder, folder, asked, written(until), kept, tell)
            manifest = await asyncio.to_thread(_manifest, folder, request, redactor, key, written(until), counted)
            folder.finish(manifest, target)
            return manifest, resumed
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

    def add(self, rows: Sequence[str]) -> None:
        if not rows:
            return
        for row in rows:
            values = row.split(SEPARATOR, 5)
            self.types[f"{values[3]}/{values[4]}" if self.events else row.split(SEPARATOR, 6)[self._type]] += 1
        if self.events:
            self.last = int(rows[-1].partition(SEPARATOR)[0])

    def kept(self) -> dict[str, Any]:
        return {"counts": dict(self.types), "last": self.last}


async def _write(
    database: Database,
    source: Source,
    encoder: Encoder,
    folder: WorkingFolder,
    asked: Mapping[str, Any],
    until: str,
    kept: Mapping[str, Any],
    tell: Tell,
) -> Counted:
    here, counted = kept.get("source"), Counted(source.table, kept)
    done = int(kept.get("done", 0))
    whole = done + await database.ask(lambda connection: source.total(connection, here))
    tell(done, whole)

    def reading(after: Any) -> asyncio.Task[Any]:
        return asyncio.create_task(database.ask(lambda connection: source.next(connection, after)))

    ahead, last_kept = reading(here), time.monotonic()
    try:
        while (stretch := await ahead) is not None:
            rows, here, read = stretch
            counted.unreadable = 0 if counted.events else here[1]
            ahead = reading(here)  # the server makes the next rows while these are encoded
            await asyncio.to_thread(_encode, encoder, folder, rows, counted)
            done += read
            tell(done, whole)
            state = encoder.place()
            if state is not None and time.monotonic() - last_kept >= KEEP_EVERY:
                place_ = {"until": until, "source": here, "encoder": state, "done": done, **counted.kept()}
                await asyncio.to_thread(folder.keep, asked, place_)
                last_kept = time.monotonic()
    finally:
        ahead.cancel()
        await asyncio.gather(ahead, return_exceptions=True)
    for piece in encoder.end():
        folder.append(piece)
    return counted


def _encode(encoder: Encoder, folder: WorkingFolder, rows: Sequence[str], counted: Counted) -> None:
    counted.add(rows)
    for piece in encoder.add(rows):
        folder.append(piece)


def _manifest(
    folder: WorkingFolder,
    request: Request,
    redactor: Redactor,
    key: ExportKey,
    until: str,
    counted: Counted,
) -> Manifest:
    counts: Counter[str] = Counter()
    versions: dict[str, set[int]] = {}
    for name, count in counted.types.items():
        event_type, _, schema_version = name.partition("/")
        counts[event_type] += count
        if schema_version:
            versions.setdefault(event_type, set()).add(int(schema_version))
    folder.flush()
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
        key=key.id,
        rows=sum(entry.rows for entry in files.values()),
        counts=dict(sorted(counts.items())),
        schema_versions={name: tuple(sorted(found)) for name, found in sorted(versions.items())},
        unreadable=counted.unreadable,
        files=files,
    ).sealed()


def _entry(path: Path, of: Mapping[str, Any]) -> FileEntry:
    return FileEntry(
        table=of["table"],
        rows=of["rows"],
        size=of["size"],
        sha256=sha256_of(path),
        after=of["after"] or FIRST,
        chain=of["chain"],
    )


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()

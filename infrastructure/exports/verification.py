"""Verifies an export: by its own hashes, then against the log: it is made again up to the same end, and compared."""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from psycopg import AsyncConnection

from infrastructure.exports import verify
from infrastructure.exports.columns import pyarrow
from infrastructure.exports.database import Database
from infrastructure.exports.exporter import Tell, end_of_log, export
from infrastructure.exports.key import ExportKey
from infrastructure.exports.manifest import NAME, PROGRESS, PROOF, FileEntry, Manifest, read_manifest
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.request import Request
from infrastructure.exports.selection import Refused, Selection
from infrastructure.operator_error import OperatorError

_STREAMS = b"SELECT aggregate_id, payload ->> 'user_id' FROM domain_events WHERE aggregate_version = 1"


def of_export(path: Path) -> tuple[Path, Manifest]:
    """The folder of an export and its manifest; `path` is the folder, or a file in it. Raises OperatorError."""
    if not path.exists():
        raise OperatorError(f"There is no {path}.", "Name the folder that `genesis export` made, or a file in it.")
    folder = path if path.is_dir() else path.parent
    manifest = read_manifest(folder)
    if path.is_file() and path.name not in (*manifest.files, NAME):
        raise OperatorError(f"{path} is not of the export in {folder}: its manifest does not name it.")
    return folder, manifest


def complaints(folder: Path, manifest: Manifest) -> Iterator[str]:
    """What the files themselves show: all that verify.py in the folder says. Raises OperatorError."""
    if manifest.file_format == "parquet":
        pyarrow()
    others = {*manifest.files, NAME, PROOF, PROGRESS, "__pycache__"}
    yield from (f"{path.name} is not of this export" for path in sorted(folder.iterdir()) if path.name not in others)
    yield from verify.all_wrong(folder, orjson.loads((folder / NAME).read_bytes()))


async def against_log(
    url: str, folder: Path, manifest: Manifest, key: ExportKey, tell: Tell = lambda *_: None
) -> list[str]:
    """How the log differs from an export whose own hashes fit; empty: not at all. Raises OperatorError.

    It is made again in the system's folder for temporary files, which has to have room for it.
    """
    if key.id != manifest.key:
        raise OperatorError(
            f"The export was made with another key ({manifest.key}) than the one here ({key.id}):"
            " hashes of texts and pseudonyms cannot be compared.",
            "Set GENESIS_EXPORT_KEY to the key that it was made with.",
        )
    database = Database(url)
    try:
        await end_of_log(database, manifest.until)
        redactor = Redactor(key, with_text=manifest.selection.with_text, anonymise=manifest.selection.anonymise)
        selection = await database.ask(lambda connection: _named(connection, manifest.selection, redactor))
    except Refused:
        return ["the log here ends before the end of the export: it is another log, or an older copy"]
    finally:
        await database.close()
    with tempfile.TemporaryDirectory(prefix="genesis-verify-") as place:
        again = Path(place) / "again"
        request = Request(manifest.holds, manifest.file_format, selection, manifest.until)
        made, _ = await export(url, request, again, key, tell)
        return list(_differences(folder, manifest, again, made))


def _differences(folder: Path, manifest: Manifest, again: Path, made: Manifest) -> Iterator[str]:
    for name in sorted(set(manifest.files) | set(made.files)):
        ours, logs = manifest.files.get(name), made.files.get(name)
        if ours is None or logs is None:
            yield f"{name} {'is missing: the log has rows for it' if ours is None else 'has rows that the log has not'}"
        elif ours.sha256 != logs.sha256 and (difference := _difference(folder / name, again / name, ours, logs)):
            yield f"{name} is not what the log says: {difference}"
    if manifest.counts != made.counts and manifest.rows == made.rows:
        yield "the manifest counts other events than the log has"


def _difference(path: Path, again: Path, ours: FileEntry, logs: FileEntry) -> str:
    """Another version of a library may write other bytes for the same rows: those are no difference."""
    if path.suffix == ".sqlite":
        return "" if all(one == other for one, other in zip_longest(_dump(path), _dump(again))) else "its rows differ"
    if ours.table == "ocel":
        return "its bytes differ"
    for number, (one, other) in enumerate(zip_longest(verify.rows(path), verify.rows(again)), start=1):
        if one != other:
            return (
                f"row {number:,} differs ({_said(ours, other)})"
                if one and other
                else f"it has {ours.rows:,} rows, the log {logs.rows:,}"
            )
    return ""


def _said(entry: FileEntry, row: Sequence[Any]) -> str:
    stream, version = row[:2] if entry.table == "sessions" else (row[5], row[2])
    return f"stream {stream} version {version}"


def _dump(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield from connection.iterdump()


async def _named(connection: AsyncConnection[Any], selection: Selection, redactor: Redactor) -> Selection:
    """The selection with ids in place of pseudonyms: each stream of the log is asked for its pseudonym."""
    if not redactor.anonymise or not (selection.sessions or selection.accounts):
        return selection
    rows = await (await connection.execute(_STREAMS)).fetchall()
    known = {redactor.pseudonym(UUID(one)): UUID(one) for row in rows for one in row if one}
    if any(one not in known for one in (*selection.sessions, *selection.accounts)):
        raise OperatorError("The log here does not have the streams that the export was made of.")
    named = {name: tuple(known[one] for one in getattr(selection, name)) for name in ("sessions", "accounts")}
    return selection.model_copy(update=named)

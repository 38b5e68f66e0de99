"""Makes a DuckDB file of the log: the tables `events` and `sessions`, and views that begin where analysts begin.

duckdb is an extra (`analytics`) and is loaded here only.
"""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

from infrastructure.exports.exporter import Tell, export
from infrastructure.exports.key import ExportKey
from infrastructure.exports.manifest import Manifest
from infrastructure.exports.request import Request
from infrastructure.exports.selection import Selection
from infrastructure.files import FULL, no_space
from infrastructure.operator_error import OperatorError

_AGAIN = "Make some space, and give the same command again."


def duckdb() -> Any:
    """The library. Raises OperatorError where it is not installed."""
    try:
        import duckdb as library  # noqa: PLC0415
    except ImportError:
        raise OperatorError(
            "This needs duckdb, which is not installed here.",
            "`.venv/bin/python -m pip install pyarrow duckdb` adds it (100 MB).",
        ) from None
    return library


async def make_file(
    url: str, selection: Selection, target: Path, key: ExportKey, tell: Tell = lambda *_: None
) -> Manifest:
    """Write `target`, which must not be there. The manifest of its events. Raises OperatorError, psycopg.Error.

    An interrupted one is gone on with, as far as Parquet was written; until it is whole nothing has its name.
    """
    library = duckdb()
    _refuse_to_replace(target)
    working = target.with_name(f".{target.name}.tables")
    events = await _exported(url, Request("events", "parquet", selection), working / "events", key, tell)
    # both of the same moment
    other = Request("sessions", "parquet", selection.model_copy(update={"types": (), "stages": ()}), events.until)
    await _exported(url, other, working / "sessions", key, tell)
    fresh = working / "fresh.duckdb"
    try:
        await asyncio.to_thread(_build, library, working, fresh)
        with fresh.open("rb") as stream:
            os.fsync(stream.fileno())
        os.link(fresh, target)
    except FileExistsError:
        _refuse_to_replace(target)
    except library.IOException as error:
        if "space" in str(error):
            raise no_space(target, _AGAIN) from error
        raise OperatorError(f"{target} cannot be written.", "Name a file in a folder that you may write to.") from error
    except OSError as error:
        if error.errno in FULL:
            raise no_space(target, _AGAIN) from error
        raise OperatorError(f"{target} cannot be written: {error.strerror}.") from error
    shutil.rmtree(working, ignore_errors=True)
    return events


async def _exported(url: str, request: Request, folder: Path, key: ExportKey, tell: Tell) -> Manifest:
    """An export of now: one that an interrupted run had finished may be of another selection, or of long ago."""
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    manifest, _ = await export(url, request, folder, key, tell)
    return manifest


def _build(library: Any, working: Path, fresh: Path) -> None:
    fresh.unlink(missing_ok=True)
    with library.connect(str(fresh)) as connection:
        for table in ("events", "sessions"):
            files = str(working / table / "*.parquet").replace("'", "''")
            connection.execute(
                f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{files}')"  # noqa: S608
            )
        connection.execute(Path(__file__).with_name("views.sql").read_text(encoding="utf-8"))


def _refuse_to_replace(target: Path) -> None:
    if target.exists():
        raise OperatorError(f"{target} exists already.", "Name another file: it is never written over.", code=2)

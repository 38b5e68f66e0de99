"""Backs a database up: one snapshot of every table, while the studio runs or not, into one file."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psycopg
from genesis_types.tables import TABLES
from psycopg import Connection, IsolationLevel, sql

from infrastructure.backup.manifest import FORMAT, Kind, Manifest
from infrastructure.backup.tables import selection, tables
from infrastructure.backup.writing import add_manifest, add_table, new_file
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import connection_options
from migrations.head import head, revisions

Progress = Callable[[str, int, int], None]
"""Told (what is at work, done, of how much)."""


def back_up(url: str, path: Path, *, kind: Kind = "asked", progress: Progress = lambda *_: None) -> Manifest:
    """Write the backup of the database at `url` to `path`, which must not exist. Raises OperatorError.

    Everything is of one moment: a transaction that only reads and sees one snapshot, so that nobody waits for it.
    """
    with psycopg.connect(url, **connection_options(url, "genesis-backup")) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with new_file(path) as archive:
            with connection.transaction():
                manifest = _copy(connection, archive, kind, progress)
            # a migration that came in between has changed tables under the snapshot
            if _revision(connection) != manifest.revision:
                raise OperatorError("The schema was changed meanwhile. Nothing was written.", "Try again.")
            add_manifest(archive, manifest)
        return manifest


def _copy(connection: Connection[Any], archive: ZipFile, kind: Kind, progress: Progress) -> Manifest:
    connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
    revision = _revision(connection)
    # at an older revision there may be tables that this build has no more; at the newest, none but its own
    known = {name: of for name, of in tables(connection).items() if name in TABLES or revision != head()}
    made_at = datetime.now(UTC)
    sizes = {name: _size(connection, name) for name in known}
    done, whole, written = 0, sum(sizes.values()), {}
    for name, columns in known.items():
        progress(name, done, whole)
        query = sql.SQL("COPY ({}) TO STDOUT").format(selection(name, columns))
        with connection.cursor().copy(query) as rows:
            written[name] = add_table(archive, name, tuple(column.name for column in columns), rows)
        done += sizes[name]
    progress("done", whole, whole)
    return Manifest(
        format=FORMAT,
        kind=kind,
        product=version("genesis-studio"),
        revision=revision,
        postgres=connection.info.server_version,
        made_at=made_at,
        tables=written,
    )


def default_name(kind: Kind) -> str:
    """`genesis-asked-20261128T074500Z.zip`: sorts by time."""
    return time.strftime(f"genesis-{kind}-%Y%m%dT%H%M%SZ.zip", time.gmtime())


def _revision(connection: Connection[Any]) -> str:
    try:
        row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    if row is None:
        raise OperatorError("There is nothing to back up: this database holds no studio.")
    if row[0] not in revisions():
        raise OperatorError(
            f"The database has revision {row[0]}, which this build does not know.", "Back it up with the newer build."
        )
    return str(row[0])


def _size(connection: Connection[Any], table: str) -> int:
    row = connection.execute("SELECT pg_table_size(format('public.%%I', %s::text)::regclass)", (table,)).fetchone()
    return int(row[0]) if row else 0

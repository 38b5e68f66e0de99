"""Loads a backup into an empty database: schema of its revision, rows, the schema of this build, the read tables."""

import asyncio
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import AsyncConnection, Connection, sql

from infrastructure.backup.dump import Progress
from infrastructure.backup.reading import Backup, damaged
from infrastructure.backup.tables import Column, tables
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import connection_options
from infrastructure.processes.projector import Projector
from infrastructure.read_side.schemas import ensure
from infrastructure.redis.wakeups import NoHints
from migrations.head import revisions

_REFUSED = ("22", "23")
"""SQLSTATE classes of data that a column, or a constraint, does not take."""


def check_known(backup: Backup) -> None:
    """Raises OperatorError when the backup comes from a newer schema than this build has."""
    if backup.manifest.revision not in revisions():
        raise OperatorError(
            f"{backup.path} has a schema that this build does not know (revision {backup.manifest.revision}).",
            f"Use the build that made it ({backup.manifest.product}), or a newer one.",
        )


def load(backup: Backup, url: str, progress: Progress) -> None:
    """Fill the empty database at `url`. Raises OperatorError, and then leaves it half filled: drop it."""
    from migrations.run import upgrade  # noqa: PLC0415  (loads Alembic)

    check_known(backup)
    upgrade(url, backup.manifest.revision)
    with psycopg.connect(url, **connection_options(url, "genesis-restore")) as connection:
        try:
            with connection.transaction():
                connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
                _rows(backup, connection, progress)
        except psycopg.Error as error:
            if (error.sqlstate or "")[:2] in _REFUSED:
                raise damaged(backup.path, "it holds rows that the database does not take") from error
            raise
        upgrade(url)
        connection.execute("ANALYZE")
    asyncio.run(_read_tables(url))


def _rows(backup: Backup, connection: Connection[Any], progress: Progress) -> None:
    there, given = tables(connection), backup.manifest.tables
    for name in there.keys() ^ given.keys():
        raise damaged(backup.path, f"it has not the tables of its revision ({name})")
    for name, columns in there.items():
        if {column.name for column in columns} != set(given[name].columns):
            raise damaged(backup.path, f"{name} has not the columns of its revision")
    names = sql.SQL(", ").join(sql.Identifier("public", name) for name in there)
    for name in there:  # they keep totals and times, and refuse changes: rows come as they were
        _alter(connection, name, "DISABLE")
    connection.execute(sql.SQL("TRUNCATE {}").format(names))  # migrations put rows into some
    done = 0
    for name, columns in there.items():
        progress(name, done, backup.manifest.size)
        _copy(connection, name, given[name].columns, backup.text_of(name))
        _count_on(connection, name, columns)
        done += given[name].size
    for name in there:
        _alter(connection, name, "ENABLE")
    progress("read tables", done, backup.manifest.size)


def _alter(connection: Connection[Any], table: str, what: str) -> None:
    query = sql.SQL("ALTER TABLE public.{} {} TRIGGER USER").format(sql.Identifier(table), sql.SQL(what))
    connection.execute(query)


def _copy(connection: Connection[Any], table: str, columns: Iterable[str], text: Iterable[bytes]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("COPY public.{} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor().copy(query) as rows:
        for chunk in text:
            rows.write(chunk)


def _count_on(connection: Connection[Any], table: str, columns: Iterable[Column]) -> None:
    for column in columns:
        if column.identity:
            query = sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM public.{} HAVING max({}) > 0")
            name = sql.Identifier(column.name)
            literals = (sql.Literal(f"public.{table}"), sql.Literal(column.name))
            connection.execute(query.format(*literals, name, sql.Identifier(table), name))


async def _read_tables(url: str) -> None:
    """Make and fill them, as the first projector would: whoever opens the studio finds everything there."""
    async with await AsyncConnection.connect(url, **connection_options(url, "genesis-restore")) as connection:
        await ensure(connection)
        await Projector(connection, NoHints(), database_url=url).catch_up()

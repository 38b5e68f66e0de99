"""Puts a backup in the place of a database: filled beside it under another name, then switched in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict

from infrastructure.backup.dump import Progress
from infrastructure.backup.load import check_known, load
from infrastructure.backup.reading import Backup
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import connection_options

_HELD = b"""
SELECT EXISTS (SELECT FROM domain_events)
    OR EXISTS (SELECT FROM users WHERE role <> 'owner' OR password_hash IS NOT NULL)
"""


def restore(
    backup: Backup,
    url: str,
    *,
    replace: bool = False,
    before_switch: Callable[[], None] = lambda: None,
    progress: Progress = lambda *_: None,
) -> None:
    """Make the database at `url` what the backup holds. Killed at any moment, the database is the old or the new one.

    Raises OperatorError: it holds sessions and `replace` was not asked for, processes are connected to it, the backup
    comes from a newer schema, or is damaged. `before_switch` is called when the new database is complete.
    """
    check_known(backup)
    database = str(conninfo_to_dict(url).get("dbname") or "")
    if conninfo_to_dict(_renamed(url, "x")).get("dbname") != "x":
        raise OperatorError("The database's address names no database.", "GENESIS_DATABASE_URL: postgresql://…/NAME.")
    fresh, old = f"{database}_restoring", f"{database}_replaced"
    with _server(url) as server:
        if there := _exists(server, database):
            if not replace and holds_sessions(url):
                raise OperatorError(
                    "There are sessions or people here already. Nothing was changed.",
                    "`genesis restore --replace FILE` takes the backup instead of them, and first backs them up.",
                )
            _refuse_connected(server, database)
        for name in (fresh, old):  # of a restore that was killed
            _drop(server, name)
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(fresh)))
        try:
            load(backup, _renamed(url, fresh), progress)
            before_switch()
            with server.transaction():
                if there:
                    _rename(server, database, old)
                _rename(server, fresh, database)
        except psycopg.errors.ObjectInUse as error:
            raise _in_use() from error
        finally:
            _drop(server, fresh)
        _drop(server, old)


def holds_sessions(url: str) -> bool:
    """Whether there is anything in the database that a restore would take away."""
    with psycopg.connect(url, **connection_options(url, "genesis-restore")) as connection:
        try:
            row = connection.execute(_HELD).fetchone()
        except psycopg.errors.UndefinedTable:
            return False
    return bool(row and row[0])


def _renamed(url: str, database: str) -> str:
    """The same URL with another database; Alembic takes no other form of an address."""
    base, mark, options = url.partition("?")
    scheme, slashes, place = base.partition("://")
    return f"{scheme}{slashes}{place.partition('/')[0]}/{quote(database, safe='')}{mark}{options}"


@contextmanager
def _server(url: str) -> Iterator[Connection[Any]]:
    """A connection beside the database itself, which is renamed."""
    maintenance = _renamed(url, "postgres")
    with psycopg.connect(maintenance, autocommit=True, application_name="genesis-restore") as connection:
        try:
            yield connection
        except psycopg.errors.InsufficientPrivilege as error:
            raise OperatorError(
                "The database's user may not make a database, which a restore is filled into before it is switched to.",
                "Grant it: ALTER ROLE … CREATEDB, and ownership of the studio's database.",
            ) from error


def _exists(server: Connection[Any], name: str) -> bool:
    return server.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def _refuse_connected(server: Connection[Any], name: str) -> None:
    query = (
        "SELECT FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
        " AND application_name NOT IN ('genesis-restore', 'genesis-backup') LIMIT 1"  # ours, which are ending
    )
    if server.execute(query, (name,)).fetchone() is not None:
        raise _in_use()


def _in_use() -> OperatorError:
    return OperatorError(
        "The studio's processes, or others, are connected to the database. Nothing was changed.",
        "Stop them, then restore.",
    )


def _rename(server: Connection[Any], name: str, to: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))


def _drop(server: Connection[Any], name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))

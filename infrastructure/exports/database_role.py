"""Makes login roles for other tools: they read the views of the schema `analytics`, nothing else."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import quote, urlencode
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import class_row

from infrastructure.exports.redaction import FACTS
from infrastructure.operator_error import OperatorError

MARK = "Genesis Studio: reads the schema analytics"
_NAME = re.compile(r"(?!pg_)[a-z][a-z0-9_]{0,62}")
_CONNECTIONS = 5

# What any role of the database may call by default, and a reader must not: advisory locks are how processes take turns,
# a transaction id holds readers of the log back, large objects are written.
_HARMFUL = (
    r"^(pg_(try_)?advisory_.*|lo_.*|lowrite|loread|txid_current|pg_current_xact_id|pg_notify|pg_export_snapshot)$"
)
_KEPT_BACK: LiteralString = """
SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ %s
ORDER BY 1
"""
_WHO = """
SELECT current_user::text, r.rolsuper, r.rolsuper OR r.rolcreaterole, current_database()::text,
    r.rolsuper OR pg_has_role(d.datdba, 'USAGE')
FROM pg_roles AS r, pg_database AS d WHERE r.rolname = current_user AND d.datname = current_database()
"""
_ROLES = """
SELECT a.name, a.account_id, u.name AS account, a.with_text, a.created_at, p.oid IS NOT NULL AS exists,
    coalesce(has_schema_privilege(p.oid, to_regnamespace('analytics'), 'USAGE'), FALSE) AS granted
FROM analytics_roles AS a LEFT JOIN users AS u ON u.id = a.account_id LEFT JOIN pg_roles AS p ON p.rolname = a.name
ORDER BY a.created_at, a.name
"""
_KNOWN = "SELECT coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles WHERE rolname = %s"
_REGISTER = """
INSERT INTO analytics_roles (name, account_id, with_text) VALUES (%s, %s, %s)
ON CONFLICT (name) DO UPDATE SET account_id = excluded.account_id, with_text = excluded.with_text
"""


@dataclass(frozen=True, slots=True)
class DatabaseRole:
    """A login role: whose rows it sees (`account_id` None: everybody's). `granted`: the database lets it read."""

    name: str
    account_id: UUID | None
    account: str | None
    with_text: bool
    created_at: datetime
    exists: bool
    granted: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a request. `by_hand`: SQL that an administrator has to run, "" when everything is done."""

    by_hand: str


@dataclass(frozen=True, slots=True)
class _Us:
    """The role that the studio connects as."""

    name: str
    superuser: bool
    makes_roles: bool
    database: str
    owns_database: bool


async def install(connection: AsyncConnection[Any]) -> None:
    """Make the schema of the views anew, and let the roles that are known read it. Raises psycopg.Error."""
    text = Path(__file__).with_name("database_views.sql").read_text(encoding="utf-8")
    facts = "{" + ",".join(sorted(FACTS)) + "}"
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('analytics', 0))")
        await connection.execute("DROP SCHEMA IF EXISTS analytics CASCADE")
        statement = text.replace("%(facts)s", sql.Literal(facts).as_string(connection)).replace("%%", "%")
        await connection.execute(statement.encode())
        for role in await roles(connection):
            if role.exists:
                for grant in _grants(role.name):
                    await connection.execute(grant)


async def uninstall(connection: AsyncConnection[Any]) -> bool:
    """Take the views away, so that tables can change; whether there were any. `install` brings them back."""
    found = await (await connection.execute("SELECT to_regnamespace('analytics') IS NOT NULL")).fetchone()
    await connection.execute("DROP SCHEMA IF EXISTS analytics CASCADE")
    return bool(found and found[0])


async def roles(connection: AsyncConnection[Any]) -> list[DatabaseRole]:
    """Those that this studio has made, the first first."""
    async with connection.cursor(row_factory=class_row(DatabaseRole)) as cursor:
        await cursor.execute(_ROLES)
        return await cursor.fetchall()


async def create(
    connection: AsyncConnection[Any], name: str, password: str, *, account_id: UUID | None, with_text: bool
) -> Made:
    """A login role that reads the views. Where the studio may make no roles, it makes the views and says the rest.

    The server never sees the password, only what it is checked with. Raises OperatorError.
    """
    if _NAME.fullmatch(name) is None:
        raise OperatorError(
            f"“{name[:80]}” cannot be the name of a role.", "Use small letters, digits and _, a letter first.", code=2
        )
    if any(role.name == name for role in await roles(connection)):
        raise OperatorError(f"There is a role {name} already.", f"`genesis analytics role drop {name}` removes it.")
    us = await _us(connection)
    known = await (await connection.execute(_KNOWN, (name,))).fetchone()
    if known is not None and known[0] != MARK:
        raise OperatorError(f"The server has a role {name} that is not this studio's.", "Choose another name.")
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    statements = [*_role(name, verifier, us, anew=known is None), *_grants(name), *await _kept_back(connection, us)]
    async with connection.transaction():
        await connection.execute(_REGISTER, (name, account_id, with_text))
        await install(connection)
        if us.makes_roles:
            for statement in statements:
                await connection.execute(statement)
            return Made("")
    return Made("\n".join(statement.as_string(connection) + ";" for statement in statements))


async def drop(connection: AsyncConnection[Any], name: str) -> Made:
    """Remove the role; what it still has open sees nothing from now on. Raises OperatorError."""
    known = await (await connection.execute(_KNOWN, (name,))).fetchone()
    registered = any(role.name == name for role in await roles(connection))
    if not registered and (known is None or known[0] != MARK):
        raise OperatorError(f"There is no role {name} of this studio's.", "`genesis analytics role show` lists them.")
    us = await _us(connection)
    gone = sql.SQL("DROP ROLE {}").format(sql.Identifier(name))
    async with connection.transaction():
        await connection.execute("DELETE FROM analytics_roles WHERE name = %s", (name,))
        await uninstall(connection)  # with all that was granted on it
        await install(connection)
    if known is None:
        return Made("")
    if not us.makes_roles:
        return Made(gone.as_string(connection) + ";")
    try:
        await connection.execute(gone)
    except psycopg.errors.DependentObjectsStillExist as error:
        raise OperatorError(
            f"{name} sees nothing here any more, but another database of this server still names it.",
            "Give the same command for that database, or drop that database if it was set aside by a restore.",
        ) from error
    except psycopg.errors.InsufficientPrivilege:
        return Made(gone.as_string(connection) + ";")
    return Made("")


def address(database_url: str, name: str, password: str | None) -> str:
    """How the role connects: as the studio does, by its own name. Without a password for None."""
    given = {key: str(value) for key, value in conninfo_to_dict(database_url).items() if value is not None}
    for ours in ("user", "password", "options", "passfile"):
        given.pop(ours, None)
    who = quote(name) if password is None else f"{quote(name)}:{quote(password, safe='')}"
    host, port, database = given.pop("host", ""), given.pop("port", ""), given.pop("dbname", "")
    if host.startswith(("/", "@")) or "," in host:
        given |= {"host": host} | ({"port": port} if port else {})
        host, port = "", ""
    where = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return f"postgresql://{who}@{where}/{quote(database)}" + (f"?{urlencode(given)}" if given else "")


def _role(name: str, verifier: str, us: _Us, *, anew: bool) -> list[sql.Composed]:
    role = sql.Identifier(name)
    verb = sql.SQL("CREATE" if anew else "ALTER")
    given = sql.SQL("{} ROLE {} LOGIN NOINHERIT CONNECTION LIMIT {} PASSWORD {}")
    found = [
        given.format(verb, role, sql.Literal(_CONNECTIONS), sql.Literal(verifier)),
        sql.SQL("COMMENT ON ROLE {} IS {}").format(role, sql.Literal(MARK)),
    ]
    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": "60s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "30s",
        "search_path": "analytics",
        "timezone": "UTC",
    }
    if us.superuser:
        settings["temp_file_limit"] = "1GB"  # the role cannot lift this one
    for setting, value in settings.items():
        found.append(sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.Identifier(setting), sql.Literal(value)))
    return found


def _grants(name: str) -> list[sql.Composed]:
    role = sql.Identifier(name)
    return [
        sql.SQL("GRANT USAGE ON SCHEMA analytics TO {}").format(role),
        sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO {}").format(role),
        sql.SQL("GRANT EXECUTE ON FUNCTION analytics.current_sessions() TO {}").format(role),
    ]


async def _kept_back(connection: AsyncConnection[Any], us: _Us) -> list[sql.Composed]:
    """Takes from everybody what a reader must not do, and gives it back to the studio's own role.

    A superuser's to do, except for temporary tables, which the database's owner may forbid.
    """
    ours, database = sql.Identifier(us.name), sql.Identifier(us.database)
    found: list[sql.Composed] = []
    if us.owns_database or not us.makes_roles:
        found.append(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(database, ours))
        found.append(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database))
    if us.superuser or not us.makes_roles:
        rows = await (await connection.execute(_KEPT_BACK, (_HARMFUL,))).fetchall()
        functions = sql.SQL(", ").join(sql.SQL(row[0]) for row in rows)
        found.append(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(functions, ours))
        found.append(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(functions))
    return found


async def _us(connection: AsyncConnection[Any]) -> _Us:
    row = await (await connection.execute(_WHO)).fetchone()
    assert row is not None
    return _Us(*row)

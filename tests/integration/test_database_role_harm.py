"""A login role for other tools can do nothing but read the views, whatever it tries."""

from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection, sql
from psycopg.errors import InsufficientPrivilege

from tests.support.database_roles import House, house

__all__ = ["house"]  # the fixture


async def test_no_table_of_the_database_is_read_or_written(house: House) -> None:
    name = await house.role(with_text=True)
    rows = await house.ours.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'v', 'm', 'p', 'S')"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'analytics')"
        " AND n.nspname !~ '^pg_'"
    )
    tables = await rows.fetchall()
    assert {"users", "access_tokens", "sent_parts", "domain_events", "analytics_roles"} <= {row[1] for row in tables}
    async with house.connected(name) as connection:
        await connection.execute("SET default_transaction_read_only = off")
        for schema, table in tables:
            place = sql.SQL("{}.{}").format(sql.Identifier(schema), sql.Identifier(table))
            for verb in ("SELECT * FROM {}", "DELETE FROM {}", "TRUNCATE {}", "COPY {} TO STDOUT"):
                if table.endswith("_seq") and "SELECT" not in verb:
                    continue
                with pytest.raises(InsufficientPrivilege):
                    await connection.execute(sql.SQL(verb).format(place))  # type: ignore[arg-type]


HARM = {
    "read-file": "SELECT pg_read_file('/etc/passwd')",
    "list-folder": "SELECT pg_ls_dir('/')",
    "copy-to-file": "COPY (SELECT * FROM events) TO '/tmp/taken'",
    "copy-to-program": "COPY (SELECT 1) TO PROGRAM 'cat'",
    "set-role": "SET ROLE postgres",
    "session-authorization": "SET SESSION AUTHORIZATION postgres",
    "superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "passwords": "SELECT rolpassword FROM pg_authid",
    "shadow": "SELECT * FROM pg_shadow",
    "system": "ALTER SYSTEM SET fsync = off",
    "table": "CREATE TABLE public.mine (a int)",
    "table-in-analytics": "CREATE TABLE analytics.mine (a int)",
    "schema": "CREATE SCHEMA mine",
    "temporary-table": "CREATE TEMP TABLE mine (a int)",
    "temporary-function": "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "large-object": "SELECT lo_from_bytea(0, 'x')",
    "import": "SELECT lo_import('/etc/passwd')",
    "extension": "CREATE EXTENSION dblink",
    "advisory-lock": "SELECT pg_advisory_lock(1)",
    "transaction-id": "SELECT pg_current_xact_id()",
    "notify": "SELECT pg_notify('log', 'x')",
    "terminate": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    "insert": "INSERT INTO analytics.access VALUES (NULL, TRUE)",
    "update": "UPDATE analytics.access SET with_text = TRUE",
    "delete": "DELETE FROM analytics.events",
    "block": "DO $$ BEGIN EXECUTE 'SELECT * FROM public.users'; END $$",
    "subselect": "SELECT (SELECT password_hash FROM public.users LIMIT 1)",
    "trigger-function": "SELECT public.refuse_change()",
}


async def refused(connection: AsyncConnection[Any], statement: str) -> bool:
    try:
        await connection.execute(statement.encode())
    except psycopg.DatabaseError:
        return True
    return False


async def test_nothing_else_can_be_done(house: House) -> None:
    name = await house.role()
    async with house.connected(name) as connection:
        await connection.execute("SET default_transaction_read_only = off")
        for attempt, statement in HARM.items():
            assert await refused(connection, statement), f"{attempt} was done"
            assert not connection.closed, attempt
        assert await (await connection.execute("SELECT count(*) > 0 FROM events")).fetchone() == (True,)


async def test_what_others_do_and_what_columns_hold_is_not_seen_in_the_catalogue(house: House) -> None:
    name = await house.role()
    await house.ours.execute("ANALYZE")
    assert await house.rows(
        name, "SELECT count(*) FROM pg_stats WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ) == [(0,)]
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE usename <> current_user AND query NOT IN ('<insufficient privilege>', '')"
    )
    assert await house.rows(name, query) == [(0,)]


async def test_a_role_is_read_only_and_in_a_hurry_by_default(house: House) -> None:
    name = await house.role()
    query = "SELECT current_setting('default_transaction_read_only'), current_setting('statement_timeout')"
    assert await house.rows(name, query) == [("on", "1min")]
    async with house.connected(name) as connection:
        with pytest.raises(InsufficientPrivilege):
            await connection.execute("SET temp_file_limit = -1")

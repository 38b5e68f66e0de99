"""A login role for other tools reads the views, its own account's rows if it is bound to one, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from genesis_types.enums import GenesisMode
from psycopg import AsyncConnection, sql
from psycopg.errors import InsufficientPrivilege

from infrastructure.event_store.store import PostgresEventStore
from infrastructure.exports import database_role
from infrastructure.exports.key import ExportKey
from infrastructure.exports.redaction import Redactor
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Pool, connection_options
from infrastructure.work.sent_parts import SentParts
from tests.support.commands import Desk
from tests.support.reading import projecting

PASSWORD = "a bell under the water, and fog"
SEED = "a lighthouse that nobody lit"
VIEWS = {"access", "events", "sessions_now", "stage_rounds", "proposals", "models", "failures", "abandoned"}
WORDS = (SEED, "Salt Clock", "clockmaker", "bargains with the sea")


@dataclass
class House:
    """Two writers' sessions in one database, and the roles that read them."""

    url: str
    ours: AsyncConnection[Any]
    writers: tuple[Desk, Desk]
    made: list[str]

    async def role(self, *, account: UUID | None = None, with_text: bool = False) -> str:
        name = f"reader_{uuid4().hex[:12]}"
        self.made.append(name)
        done = await database_role.create(self.ours, name, PASSWORD, account_id=account, with_text=with_text)
        assert done.by_hand == ""
        return name

    @asynccontextmanager
    async def connected(self, name: str) -> AsyncIterator[AsyncConnection[Any]]:
        """As a tool connects: by the address that was printed."""
        async with await AsyncConnection.connect(
            database_role.address(self.url, name, PASSWORD), autocommit=True
        ) as connection:
            yield connection

    async def rows(self, name: str, query: str) -> list[tuple[Any, ...]]:
        async with self.connected(name) as connection:
            return await (await connection.execute(query.encode())).fetchall()


@pytest.fixture
async def house(database_url: str, store: PostgresEventStore, pool: Pool) -> AsyncIterator[House]:
    one, other = Desk(store), Desk(store)
    for desk in (one, other):
        await desk.start(seed=SEED, mode=GenesisMode.FREE_FORM)
        await desk.propose()
        await desk.confirm_all()
    await SentParts(pool).keep(one.session_id, {sha256(SEED.encode()).hexdigest(): SEED})
    async with projecting(database_url) as projector:
        await projector.catch_up()
    async with await AsyncConnection.connect(database_url, **connection_options(database_url, "tests")) as ours:
        made: list[str] = []
        yield House(database_url, ours, (one, other), made)
        await ours.execute("DROP SCHEMA IF EXISTS analytics CASCADE")
        for name in made:
            await ours.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


async def test_every_view_is_read_and_none_of_them_has_words(house: House) -> None:
    name = await house.role()
    shown = ""
    for view in sorted(VIEWS):
        rows = await house.rows(name, f"SELECT to_jsonb(v)::text FROM {view} v")
        assert rows or view in {"failures", "abandoned"}, view
        shown += "".join(row[0] for row in rows)
    assert not [words for words in WORDS if words in shown]
    (found,) = await house.rows(name, "SELECT array_agg(viewname::text) FROM pg_views WHERE schemaname = 'analytics'")
    assert set(found[0]) == VIEWS


async def test_a_role_with_texts_has_the_words_in_payloads_and_sessions(house: House) -> None:
    name = await house.role(with_text=True)
    for query in ("SELECT payload::text FROM events", "SELECT confirmed::text FROM sessions_now"):
        shown = "".join(row[0] for row in await house.rows(name, query))
        assert "The Salt Clock" in shown


async def test_the_rows_are_those_of_the_log_and_of_exports(house: House) -> None:
    name = await house.role()
    query = """SELECT event_id, stream_id, stream_version, account_id, event_type, stage FROM {} ORDER BY position"""
    ours = await house.ours.execute(
        "SELECT e.event_id, e.aggregate_id, e.aggregate_version, f.payload ->> 'user_id', e.event_type,"
        " coalesce(e.payload ->> 'stage', e.payload ->> 'first_stage') FROM domain_events e"
        " JOIN domain_events f ON f.aggregate_id = e.aggregate_id AND f.aggregate_version = 1 ORDER BY e.id"
    )
    assert await house.rows(name, query.format("events")) == await ours.fetchall()
    ((sessions, confirmed, rounds, proposals),) = await house.rows(
        name,
        "SELECT (SELECT count(*) FROM sessions_now), (SELECT sum(confirmed_stages) FROM sessions_now),"
        " (SELECT sum(rounds) FROM stage_rounds), (SELECT sum(proposals) FROM models)",
    )
    assert (sessions, confirmed, rounds, proposals) == (2, 10, 2, 2)


async def test_a_role_of_an_account_sees_that_accounts_rows_only(house: House) -> None:
    mine, theirs = house.writers
    name = await house.role(account=mine.user_id)
    for query in (
        f"SELECT DISTINCT account_id::text FROM {view}"
        for view in ("events", "sessions_now", "stage_rounds", "proposals")
    ):
        assert await house.rows(name, query) == [(str(mine.user_id),)]
    # a condition that fails on a row of somebody else's never meets one
    trap = f"SELECT count(*) FROM events WHERE 1 / (CASE WHEN account_id = '{theirs.user_id}' THEN 0 ELSE 1 END) = 1"
    assert (await house.rows(name, trap))[0][0] > 0
    assert await house.rows(name, "SELECT account_id FROM access") == [(mine.user_id,)]


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


async def test_a_dropped_role_sees_nothing_at_once_and_cannot_come_back(house: House) -> None:
    name, other = await house.role(), await house.role()
    async with house.connected(name) as connection:
        assert (await database_role.drop(house.ours, name)).by_hand == ""
        with pytest.raises(psycopg.Error):
            await connection.execute("SELECT count(*) FROM analytics.events")
    with pytest.raises(psycopg.OperationalError):
        await house.rows(name, "SELECT 1")
    assert [role.name for role in await database_role.roles(house.ours)] == [other]
    assert (await house.rows(other, "SELECT count(*) > 0 FROM events")) == [(True,)]


async def test_what_is_rebuilt_or_migrated_is_read_afterwards(house: House) -> None:
    name = await house.role()
    assert await database_role.uninstall(house.ours)
    await house.ours.execute("ALTER TABLE domain_events ALTER COLUMN event_type TYPE varchar(200)")
    await database_role.install(house.ours)
    assert await house.rows(name, "SELECT count(*) > 0 FROM events") == [(True,)]


async def test_a_studio_that_may_make_no_roles_says_what_an_administrator_has_to_run(house: House) -> None:
    studio, name = f"studio_{uuid4().hex[:8]}", f"reader_{uuid4().hex[:8]}"
    house.made += [name, studio]
    schemas = [
        "public",
        *{
            row[0]
            for row in await (
                await house.ours.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^read_'")
            ).fetchall()
        },
    ]
    database = (await (await house.ours.execute("SELECT current_database()")).fetchone() or ("",))[0]
    who = sql.Identifier(studio)
    await house.ours.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(who, sql.Literal(PASSWORD)))
    await house.ours.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(database), who))
    for schema in schemas:
        place = sql.Identifier(schema)
        await house.ours.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(place, who))
        await house.ours.execute(sql.SQL("GRANT ALL ON ALL TABLES IN SCHEMA {} TO {}").format(place, who))
    async with house.connected(studio) as theirs:
        made = await database_role.create(theirs, name, PASSWORD, account_id=None, with_text=False)
        assert PASSWORD not in made.by_hand
        (role,) = await database_role.roles(theirs)
        assert (role.exists, role.granted) == (False, False)
        await house.ours.execute(made.by_hand.encode())
        (role,) = await database_role.roles(theirs)
        assert (role.exists, role.granted) == (True, True)
        assert await house.rows(name, "SELECT count(*) FROM sessions_now") == [(2,)]
        # what was taken from everybody the studio's own role still has
        await theirs.execute("SELECT pg_advisory_lock(1), pg_current_xact_id()")
        with pytest.raises(InsufficientPrivilege):
            await house.rows(name, "SELECT pg_advisory_lock(2)")
        gone = await database_role.drop(theirs, name)
        assert gone.by_hand == f'DROP ROLE "{name}";'
        with pytest.raises(psycopg.Error):
            await house.rows(name, "SELECT count(*) FROM events")
    await house.ours.execute("DROP SCHEMA analytics CASCADE")
    await house.ours.execute(sql.SQL("DROP OWNED BY {}").format(who))


@pytest.mark.parametrize("name", ["", "pg_reader", "Reader", "a b", 'a"; DROP ROLE postgres', "ä", "a" * 64, "1a"])
async def test_what_cannot_be_a_name_is_refused(house: House, name: str) -> None:
    with pytest.raises(OperatorError, match="cannot be the name of a role"):
        await database_role.create(house.ours, name, PASSWORD, account_id=None, with_text=False)
    assert await database_role.roles(house.ours) == []


async def test_a_role_that_is_there_is_not_taken_over(house: House) -> None:
    name = await house.role()
    for taken, sentence in ((name, "There is a role"), ("postgres", "that is not this studio's")):
        with pytest.raises(OperatorError, match=sentence):
            await database_role.create(house.ours, taken, PASSWORD, account_id=None, with_text=True)
    with pytest.raises(OperatorError, match="There is no role"):
        await database_role.drop(house.ours, "postgres")
    assert [role.with_text for role in await database_role.roles(house.ours)] == [False]


def _kept(payload: dict[str, Any]) -> set[str]:
    """The fields that an export without texts keeps as they are."""
    redactor = Redactor(ExportKey.of(b"k" * 32), with_text=False, anonymise=False)
    return {key for key, value in redactor.payload(payload).items() if value == payload[key]}


async def test_what_is_left_of_payloads_an_export_without_texts_keeps_as_well(house: House) -> None:
    name = await house.role()
    stored = await (await house.ours.execute("SELECT event_id, payload FROM domain_events")).fetchall()
    shown = dict(await house.rows(name, "SELECT event_id, payload FROM events"))
    for event_id, payload in stored:
        assert set(shown[event_id]) <= _kept(payload)
        assert all(shown[event_id][key] == payload[key] for key in shown[event_id])

"""Login roles are made and dropped, survive what is rebuilt, and are never taken over."""

from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from infrastructure.exports import database_role
from infrastructure.operator_error import OperatorError
from tests.support.database_roles import PASSWORD, House, house

__all__ = ["house"]  # the fixture


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

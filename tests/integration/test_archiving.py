"""Which sessions are archived, when, and what is said of it: by the setting and the sweeper, or as it is typed."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from click.testing import Result
from genesis_types.enums import GenesisMode
from pydantic import SecretStr, ValidationError
from typer.testing import CliRunner

from cli.archive import app
from cli.sessions import app as sessions_app
from domain.genesis.commands import GenerateInspiration
from infrastructure.doctor.database_checks import look_at_database
from infrastructure.event_store import archive as moving
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import Pool, make_pool, opened
from infrastructure.processes import sweeper
from infrastructure.settings import Settings
from infrastructure.work import archiving
from infrastructure.work.archiving import Archiving, due
from migrations.run import downgrade
from tests.support.archives import ENDED, all_sent, archived, brought_back, ended, places
from tests.support.commands import Desk
from tests.support.reading import eventually, projecting
from tests.support.tampering import tamper

_EDITED = "UPDATE domain_events SET event_type = 'Invented' WHERE aggregate_id = %s AND aggregate_version = 2"


async def projected(url: str) -> None:
    async with projecting(url) as projector:
        await projector.catch_up()


async def due_now(pool: Pool, after: timedelta = ENDED) -> set[UUID]:
    async with pool.connection() as connection:
        return {one.session_id for one in await due(connection, after)}


async def test_what_ended_long_ago_is_archived_in_slices(
    pool: Pool, database_url: str, store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [await ended(Desk(store)) for _ in range(3)]
    going_on = Desk(store)
    await going_on.start(mode=GenesisMode.FREE_FORM)
    await projected(database_url)
    assert await due_now(pool) == set(), "their messages have not been sent"
    await all_sent(database_url)
    assert await due_now(pool, timedelta(days=36_000)) == set()
    assert await due_now(pool) == set(old)
    monkeypatch.setattr(archiving, "SLICE", 2)
    assert await Archiving(pool, None).sweep() is False
    sweeping = Archiving(pool, ENDED)
    assert await sweeping.sweep() is True
    assert [await places(database_url, session) for session in old].count((1, 3)) == 2
    assert await sweeping.sweep() is False
    assert [await places(database_url, session) for session in old] == [(1, 3)] * 3
    assert await places(database_url, going_on.session_id) == (1, 0)
    assert await due_now(pool) == set()


async def test_a_slice_takes_so_many_events_and_the_next_one_the_rest(
    pool: Pool, database_url: str, store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = [await ended(Desk(store), hours=5) for _ in range(2)]
    await projected(database_url)
    await all_sent(database_url)
    monkeypatch.setattr(archiving, "MOST", 4)
    monkeypatch.setattr(moving, "CHUNK", 2)
    sweeping, moved = Archiving(pool, ENDED), []
    more = True
    while more:
        more = await sweeping.sweep()
        moved.append(sum([(await places(database_url, session))[1] for session in (one, other)]))
    assert moved == [4, 8, 12]


async def test_a_session_that_was_brought_back_is_left_alone_for_as_long(
    pool: Pool, database_url: str, store: PostgresEventStore
) -> None:
    session_id = await ended(Desk(store))
    await projected(database_url)
    await all_sent(database_url)
    await archived(database_url, session_id)
    await brought_back(database_url, session_id)
    assert await due_now(pool) == set()
    aged = "UPDATE archived_sessions SET brought_back_at = brought_back_at - interval '2 days'"
    await asyncio.to_thread(tamper, database_url, aged)
    assert await due_now(pool) == {session_id}


async def test_a_session_with_a_command_under_way_stays(
    pool: Pool, database_url: str, store: PostgresEventStore
) -> None:
    desk = Desk(store)
    await desk.start(mode=GenesisMode.FREE_FORM)
    work = (await desk.do(GenerateInspiration())).correlation_id
    session_id = await ended(Desk(store))
    await projected(database_url)
    await all_sent(database_url)
    borrowed = "UPDATE command_inbox SET session_id = %s WHERE correlation_id = %s"
    await asyncio.to_thread(tamper, database_url, borrowed, session_id, work)
    assert await due_now(pool) == set()


async def test_what_was_moved_in_part_is_due_again(
    pool: Pool, database_url: str, store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = await ended(Desk(store), hours=5)
    await projected(database_url)
    await all_sent(database_url)
    monkeypatch.setattr(moving, "CHUNK", 2)
    async with pool.connection() as connection:
        assert await moving._put_away_some(connection, session_id, 7) == 2
        (found,) = await due(connection, ENDED)
    assert (found.session_id, found.events) == (session_id, 4)
    assert await Archiving(pool, ENDED).sweep() is False
    assert await places(database_url, session_id) == (1, 6)


async def test_a_damaged_session_holds_up_no_other(
    pool: Pool, database_url: str, store: PostgresEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged, well = await ended(Desk(store)), await ended(Desk(store))
    await projected(database_url)
    await all_sent(database_url)
    await asyncio.to_thread(tamper, database_url, _EDITED, str(damaged))
    monkeypatch.setattr(archiving, "SLICE", 1)
    sweeping = Archiving(pool, ENDED)
    while await sweeping.sweep():
        pass
    assert await places(database_url, damaged) == (4, 0)
    assert await places(database_url, well) == (1, 3)


async def test_the_sweeper_archives_by_the_setting(database_url: str, store: PostgresEventStore) -> None:
    session_id = await ended(Desk(store))
    await projected(database_url)
    await all_sent(database_url)
    stop = asyncio.Event()
    settings = Settings(database_url=SecretStr(database_url), sweep_seconds=0.05, archive_after="1d")
    task = asyncio.create_task(sweeper.run(settings, stop))

    async def moved() -> bool:
        return await places(database_url, session_id) == (1, 3)

    try:
        await eventually(moved)
    finally:
        stop.set()
        await task


@pytest.mark.parametrize(
    ("said", "meant"),
    [("90d", timedelta(days=90)), ("12h", timedelta(hours=12)), ("off", None), ("", None)],
    ids=["days", "hours", "off", "empty"],
)
def test_the_setting(said: str, meant: timedelta | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESIS_ARCHIVE_AFTER", said)
    assert Settings().archive_after == meant


@pytest.mark.parametrize("said", ["90", "-1d", "a month", "999999d", "1.5d", "٣d", "90D"])
def test_what_is_no_age_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("run", "--older-than", said).code == 2
    monkeypatch.setenv("GENESIS_ARCHIVE_AFTER", said)
    with pytest.raises(ValidationError, match="archive_after"):
        Settings()


def given(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def said(*arguments: str, code: int = 0) -> str:
    result = given(*arguments)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def refused(*arguments: str) -> OperatorError:
    error = given(*arguments).exception
    assert isinstance(error, OperatorError), error
    return error


@pytest.fixture
def sessions(database_url: str, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Two that ended, everything of them sent and projected."""
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)

    async def write() -> list[UUID]:
        async with opened(make_pool(database_url, "tests", min_size=1, max_size=2)) as pool:
            store = PostgresEventStore(pool, "genesis.events")
            found = [await ended(Desk(store)) for _ in range(2)]
        await projected(database_url)
        await all_sent(database_url)
        return found

    return asyncio.run(write())


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(said("list", "--json"))
    return found


def test_there_and_back(sessions: list[UUID], database_url: str) -> None:
    one, other = sessions
    assert said("list") == "0 sessions archived, with 0 events.\n"
    assert "2 sessions would be archived, with 6 events." in said("run", "--older-than", "1d", "--dry-run")
    found = json.loads(said("run", "--older-than", "1d", "--dry-run", "--json"))
    assert {(line["session_id"], line["events"]) for line in found} == {(str(session), 3) for session in sessions}
    assert listed() == []
    assert said("run", "--older-than", "1d") == "2 sessions archived, with 6 events.\n"
    assert said("run", "--older-than", "1d") == "0 sessions archived, with 0 events.\n"
    assert {line["session_id"] for line in listed()} == {str(one), str(other)}
    assert said("list", "--limit", "1").endswith("2 sessions archived, with 6 events.\n")
    assert CliRunner().invoke(sessions_app, ["list"]).output.count("archived") == 2
    assert said("bring-back", str(one)) == f"3 events of session {one} brought back.\n"
    assert [line["session_id"] for line in listed()] == [str(other)]
    assert "not archived" in refused("bring-back", str(one)).message
    (finding,) = [one for one in asyncio.run(look_at_database(database_url, working=False)) if one.name == "archive"]
    assert (finding.ok, finding.detail) == (True, "1 sessions, with 3 events")


def test_it_says_what_it_left_where_it_is(sessions: list[UUID], database_url: str) -> None:
    tamper(database_url, _EDITED, str(sessions[0]))
    output = said("run", "--older-than", "1d", code=1)
    assert f"Left where it is: Version 2 of session {sessions[0]} is not what was written" in output
    assert "1 session archived, with 3 events." in output
    (kept,) = json.loads(said("run", "--older-than", "1d", "--json", code=1))
    assert (kept["session_id"], kept["events"]) == (str(sessions[0]), 0)
    tamper(database_url, _EDITED.replace("domain_events", "domain_events_archive"), str(sessions[1]))
    assert "restore" in (refused("bring-back", str(sessions[1])).remedy or "")


def test_what_cannot_be_done_is_said(sessions: list[UUID], database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("run").code == 2
    assert refused("run", "--older-than", "off").code == 2
    assert "not archived" in refused("bring-back", str(uuid4())).message
    assert "is not an id" in str(given("bring-back", "no-id").exception)
    said("run", "--older-than", "1d")
    with psycopg.connect(database_url, autocommit=True) as connection:
        key = f"genesis:archive:{sessions[0]}"
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (key,))
        assert "another process" in refused("bring-back", str(sessions[0])).message
    downgrade(database_url, "0020")
    assert "genesis migrate" in (refused("run", "--older-than", "1d").remedy or "")
    assert "genesis migrate" in (refused("list").remedy or "")
    assert "genesis migrate" in (refused("bring-back", str(sessions[0])).remedy or "")

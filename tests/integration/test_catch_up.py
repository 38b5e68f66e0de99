"""Catching up in long windows: the same rows, heads and parked streams as batch by batch, and exactly once."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisMode
from psycopg import AsyncConnection, sql

from domain.genesis.commands import FinishGenesis, NavigateToStage
from domain.genesis.stages import STAGE_ORDER
from infrastructure.event_store import bulk_reader
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.read_side import bulk_fold, catch_up
from infrastructure.read_side.rebuild import rebuild, verify
from projections.genesis.session import GENESIS_SESSION
from projections.novel.novels import NOVELS
from projections.registry import PROJECTIONS
from tests.support.commands import Desk
from tests.support.logs import JOURNEY, everything, some_histories, write_histories
from tests.support.reading import projecting, tables


async def _empty(url: str) -> None:
    """As if nothing had been projected yet."""
    async with await AsyncConnection.connect(url) as connection:
        for projection in PROJECTIONS:
            for table in projection.tables:
                name = sql.Identifier(projection.schema, table.name)
                await connection.execute(sql.SQL("TRUNCATE {}").format(name))
        await connection.execute("TRUNCATE stream_heads; TRUNCATE projection_parked")
        await connection.execute("UPDATE projection_checkpoints SET tx_id = '0', position = 0, applied = 0, moves = 0")


@pytest.fixture
def short_windows(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Windows of so many events, so that sessions go on from one to the next."""

    def shorten(events: int) -> None:
        original = bulk_reader.read_window

        async def read(*arguments: Any, **options: Any) -> Any:
            return await original(*arguments, **options | {"events": events})

        monkeypatch.setattr(catch_up, "read_window", read)

    return shorten


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_windows_give_what_batches_give(
    database_url: str, seed: int, short_windows: Callable[[int], None]
) -> None:
    chance = random.Random(seed)
    histories = some_histories(chance, 12)
    histories[5] = [*JOURNEY[:7], ("ComesFromTheFuture", 1, "{}"), *JOURNEY[7:9]]
    histories[6] = [*JOURNEY[:4], ("StageEntered", 1, '{"stage": "secret"}'), *JOURNEY[4:9]]
    histories[7] = [*JOURNEY[:4], *JOURNEY[:2]]  # begins twice: an event that cannot be applied
    write_histories(database_url, histories, seed)
    async with projecting(database_url, far=10**9) as projector:
        await projector.catch_up()
    expected = await everything(database_url)
    assert len(expected["parked"]) >= 2
    await _empty(database_url)
    short_windows(chance.choice((1, 7, 50, 20_000)))
    async with projecting(database_url, far=0) as projector:
        await projector.catch_up()
    assert await everything(database_url) == expected


async def test_a_row_that_the_database_refuses_parks_its_stream_and_no_other(database_url: str) -> None:
    sessions = write_histories(database_url, some_histories(random.Random(4), 9), 4)
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        table = sql.Identifier(GENESIS_SESSION.schema, "genesis_timeline")
        refused = sql.SQL("ALTER TABLE {} ADD CHECK (session_id <> {})").format(table, sql.Literal(sessions[5]))
        await connection.execute(refused)
    async with projecting(database_url, far=0) as projector:
        await projector.catch_up()
    found = await everything(database_url)
    (parked,) = found["parked"]
    assert str(sessions[5]) in parked
    assert len(found["genesis_sessions"]) == 8


async def test_a_stored_row_that_cannot_be_read_parks_its_stream_and_no_other(desk: Desk, database_url: str) -> None:
    other = Desk(desk.store)
    async with projecting(database_url, far=0) as projector:
        for one in (desk, other):
            await one.start(mode=GenesisMode.FREE_FORM)
        await projector.catch_up()
        async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
            table = sql.Identifier(GENESIS_SESSION.schema, "genesis_sessions")
            damage = sql.SQL("UPDATE {} SET mode = '?' WHERE id = {}").format(table, sql.Literal(desk.session_id))
            await connection.execute(damage)
        for one in (desk, other):
            await one.do(NavigateToStage(stage=STAGE_ORDER[1]))
        await projector.catch_up()
    (parked,) = (await everything(database_url))["parked"]
    assert str(desk.session_id) in parked


async def test_a_projector_killed_between_the_rows_and_the_checkpoint_applies_a_window_once(
    database_url: str, monkeypatch: pytest.MonkeyPatch, short_windows: Callable[[int], None]
) -> None:
    write_histories(database_url, some_histories(random.Random(5), 6), 5)
    async with projecting(database_url, far=10**9) as projector:
        await projector.catch_up()
    expected = await everything(database_url)
    await _empty(database_url)
    short_windows(40)
    original, calls = bulk_fold.move_checkpoint, []

    async def killed(*arguments: Any, **options: Any) -> int:
        calls.append(None)
        if len(calls) == 4:
            raise RuntimeError("killed between the rows and the checkpoint")
        return await original(*arguments, **options)

    monkeypatch.setattr(bulk_fold, "move_checkpoint", killed)
    with pytest.raises(RuntimeError):
        async with projecting(database_url, far=0) as projector:
            await projector.catch_up()
    async with projecting(database_url, far=0) as successor:
        await successor.catch_up()
    assert await everything(database_url) == expected


async def test_two_projectors_at_once_and_a_parked_stream_retried_meanwhile_do_nothing_twice(
    database_url: str, short_windows: Callable[[int], None]
) -> None:
    write_histories(database_url, some_histories(random.Random(6), 10), 6)
    async with projecting(database_url, far=10**9) as projector:
        await projector.catch_up()
    expected = await everything(database_url)
    await _empty(database_url)
    short_windows(30)
    async with projecting(database_url, far=0) as one, projecting(database_url, far=0, batch=7) as two:
        await asyncio.gather(one.catch_up(), two.catch_up())
        await one.catch_up()
    assert await everything(database_url) == expected


async def test_nothing_is_read_past_a_transaction_that_still_runs(desk: Desk, database_url: str) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    async with projecting(database_url, far=0) as projector, await AsyncConnection.connect(database_url) as late:
        await projector.catch_up()
        slow = uuid4()
        await late.execute(
            "INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version,"
            " payload, payload_hash) SELECT %s, event_type, aggregate_type, %s, 1, payload, payload_hash"
            " FROM domain_events WHERE aggregate_version = 1 LIMIT 1",
            (uuid4(), str(slow)),
        )
        await Desk(desk.store).start(mode=GenesisMode.FREE_FORM)
        assert await projector.catch_up() == 0
        await late.commit()
        assert await projector.catch_up() == 2 * len(PROJECTIONS)
    assert len((await tables(database_url))["genesis_sessions"]) == 3


async def test_a_projection_that_is_ahead_is_joined_where_it_stands(database_url: str) -> None:
    write_histories(database_url, some_histories(random.Random(7), 6), 7)
    async with projecting(database_url, far=10**9, projections=[NOVELS], batch=100) as projector:
        await projector.step()
    async with projecting(database_url, far=0) as projector:
        await projector.catch_up()
    found = await everything(database_url)
    async with projecting(database_url, far=10**9) as projector:
        await _empty(database_url)
        await projector.catch_up()
    assert found == await everything(database_url)


async def test_a_rebuild_parks_what_it_cannot_apply_and_gives_the_other_rows(
    store: PostgresEventStore, database_url: str
) -> None:
    histories = some_histories(random.Random(8), 8)
    histories[3] = [*JOURNEY[:4], ("ComesFromTheFuture", 1, "{}"), *JOURNEY[4:6]]
    sessions = write_histories(database_url, histories, 8)
    desk = Desk(store)
    await desk.start(mode=GenesisMode.FREE_FORM, title='A "book", with a \\ and a\ttab')
    await desk.confirm_all()
    await desk.do(FinishGenesis())
    async with projecting(database_url, far=10**9) as projector:
        await projector.catch_up()
    before = await everything(database_url)
    for projection in PROJECTIONS:
        report = await rebuild(database_url, projection)
        assert report.comparison.equal, report.comparison
        assert report.comparison.skipped <= {sessions[3]}
    after = await everything(database_url)
    after["parked"] = [row for row in after["parked"] if "@before_" not in row]  # of the tables that are kept
    for of in (before, after):
        of.pop("places")
    assert after == before
    assert (await verify(database_url, GENESIS_SESSION)).comparison.equal


def test_times_and_texts_travel_as_lines_of_copy() -> None:
    from infrastructure.read_side.copy_lines import lines
    from projections.genesis.timeline import TimelineRow

    when = datetime(2026, 3, 1, 9, 0, tzinfo=UTC) + timedelta(microseconds=7)
    row = TimelineRow(
        session_id=UUID(int=1),
        version=1,
        event_id=UUID(int=2),
        event_type="a\tb\\c\nd",
        stage=None,
        correlation_id=None,
        data={"text": 'a "quoted"\n\\ text', "null": None},
        occurred_at=when,
    )
    table = GENESIS_SESSION.tables[2]
    line = lines(table, [vars(row)]).decode()
    assert line.count("\n") == 1
    assert line.split("\t")[3:6] == ["a\\tb\\\\c\\nd", "\\N", "\\N"]
    assert line.split("\t")[6] == '{"text":"a \\\\"quoted\\\\"\\\\n\\\\\\\\ text","null":null}'
    assert line.rstrip("\n").split("\t")[7] == "2026-03-01T09:00:00.000007+00:00"

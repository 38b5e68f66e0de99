"""A rebuild gives way to live traffic: short writes, indexes made concurrently, a switch that no reader waits for."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection

from infrastructure.postgres.pool import connection_options
from infrastructure.read_side import heads, pace, rebuild_plan, shadow_fill, shadow_tables, table_switch
from infrastructure.read_side.rebuild import Options, rebuild
from projections.genesis.session import GENESIS_SESSION
from tests.support.logs import JOURNEY, everything, write_histories
from tests.support.reading import eventually, projecting

_INDEXES = b"""
SELECT i.relname, pg_get_indexdef(x.indexrelid), x.indisvalid FROM pg_index AS x
JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_namespace AS n ON n.oid = i.relnamespace
WHERE n.nspname = %s ORDER BY 1
"""


class _Interrupted(Exception):
    pass


async def _projected(url: str, sessions: int = 6) -> list[UUID]:
    streams = write_histories(url, [JOURNEY] * sessions, 3)
    async with projecting(url, far=10**9) as projector:
        await projector.catch_up()
    return streams


async def _comparable(url: str) -> dict[str, Any]:
    found = await everything(url)
    found.pop("places")
    return found


def _asked(url: str, query: bytes, *parameters: Any) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query, parameters).fetchall()


async def test_a_chunk_is_written_in_short_transactions_and_gone_on_with_between_them(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _projected(database_url)
    expected = await _comparable(database_url)
    monkeypatch.setattr(pace, "_LEAST", 2 * len(JOURNEY))
    monkeypatch.setattr(pace, "_OPEN", 0.0)  # every write takes too long: none may be larger
    real, written, chunks = rebuild_plan.move_part, list[int](), list[int]()
    read = shadow_fill.read_streams

    async def move(*arguments: Any, **options: Any) -> None:
        if len(written) == 2:
            raise _Interrupted
        await real(*arguments, **options)
        written.append(options["events"])

    async def reading(*arguments: Any, **options: Any) -> Any:
        chunks.append((found := await read(*arguments, **options)).read)
        return found

    monkeypatch.setattr(rebuild_plan, "move_part", move)
    monkeypatch.setattr(shadow_fill, "read_streams", reading)
    with pytest.raises(_Interrupted):
        await rebuild(database_url, GENESIS_SESSION)
    assert chunks[0] == 6 * len(JOURNEY), "all were read at once"
    assert written == [2 * len(JOURNEY)] * 2, "and written by twos"
    monkeypatch.setattr(rebuild_plan, "move_part", real)
    report = await rebuild(database_url, GENESIS_SESSION)
    assert (report.resumed, report.events) == (4 * len(JOURNEY), 2 * len(JOURNEY))
    assert report.comparison.equal
    assert await _comparable(database_url) == expected


async def test_an_index_whose_making_was_interrupted_is_made_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _projected(database_url, 2)
    before = _asked(database_url, _INDEXES, GENESIS_SESSION.schema)
    real = rebuild_plan.write_note

    async def write_note(connection: Any, schema: str, note: Any) -> None:
        if not note["filled"] and len(note["indexes"]) == 2:
            raise _Interrupted  # the first one is there, and nothing says so
        await real(connection, schema, note)

    monkeypatch.setattr(shadow_tables.plans, "write_note", write_note)
    with pytest.raises(_Interrupted):
        await rebuild(database_url, GENESIS_SESSION)
    monkeypatch.setattr(shadow_tables.plans, "write_note", real)
    assert (await rebuild(database_url, GENESIS_SESSION)).switched
    assert _asked(database_url, _INDEXES, GENESIS_SESSION.schema) == before
    assert all(valid for _, _, valid in before)


async def test_indexes_are_made_without_a_transaction_that_readers_of_the_log_wait_for(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _projected(database_url, 2)
    statements: list[tuple[str, Any]] = []
    execute = AsyncConnection.execute

    async def noted(self: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(query, bytes) and query.startswith(b"CREATE INDEX"):
            statements.append((query.decode(), self.info.transaction_status))
        return await execute(self, query, *arguments, **options)

    monkeypatch.setattr(AsyncConnection, "execute", noted)
    await rebuild(database_url, GENESIS_SESSION)
    assert len(statements) == 3
    for statement, status in statements:
        assert statement.startswith("CREATE INDEX CONCURRENTLY ")
        assert status == psycopg.pq.TransactionStatus.IDLE


async def test_the_switch_waits_for_a_long_read_and_others_read_on_meanwhile(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _projected(database_url, 2)
    tried = 0
    real = table_switch.take_over_heads

    async def take_over(*arguments: Any) -> None:
        nonlocal tried
        tried += 1
        await real(*arguments)

    monkeypatch.setattr(table_switch, "take_over_heads", take_over)
    query = b"SELECT count(*) FROM genesis_sessions"
    options = connection_options(database_url, "reader")
    async with (
        await AsyncConnection.connect(database_url, **options) as slow,
        await AsyncConnection.connect(database_url, **options) as other,
    ):
        async with slow.transaction():
            await slow.execute(query)
            building = asyncio.create_task(rebuild(database_url, GENESIS_SESSION))

            async def tries() -> bool:
                assert await (await other.execute(query)).fetchone() == (2,)
                return tried >= 3

            await eventually(tries, within=60)
            assert not building.done()
        report = await building
        assert report.switched
        assert await (await other.execute(query)).fetchone() == (2,)


async def test_heads_change_places_with_those_of_the_rebuilt_tables(database_url: str) -> None:
    same, later, new, gone = (uuid4() for _ in range(4))
    owner = uuid4()
    name, version = GENESIS_SESSION.name, GENESIS_SESSION.version
    live = [(same, owner, 3, 30), (later, owner, 4, 40), (gone, owner, 5, 50)]
    rebuilt = [(same, owner, 3, 30), (later, owner, 6, 60), (new, owner, 7, 70)]
    select = "SELECT stream_id, owner, stream_version, position FROM {} ORDER BY stream_id"
    async with await AsyncConnection.connect(database_url, **connection_options(database_url, "x")) as connection:
        await connection.execute("CREATE SCHEMA rebuilt; CREATE SCHEMA aside")
        await heads.make_shadow_heads(connection, "rebuilt")
        for table, rows in (("public.stream_heads", live), ("rebuilt.stream_heads", rebuilt)):
            for row in rows:
                columns, values = "stream_id, owner, stream_version, position", list(row)
                if table.startswith("public"):
                    columns, values = f"{columns}, projection, version, moved_no", [*values, name, version, 1]
                marks = ", ".join(["%s"] * len(values))
                await connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})".encode(), values)
        async with connection.transaction():
            await heads.take_over_heads(connection, GENESIS_SESSION, "rebuilt", "aside", 9)
        for table, rows in (("public.stream_heads", rebuilt), ("aside.stream_heads", live)):
            found = await (await connection.execute(select.format(table).encode())).fetchall()
            assert found == sorted(rows), table
        moved = await connection.execute("SELECT stream_id FROM stream_heads WHERE moved_no = 9")
        assert {row[0] for row in await moved.fetchall()} == {later, new}, "who has to be told"


async def test_how_late_live_events_are_is_seen_and_whether_anybody_moves(database_url: str) -> None:
    await _projected(database_url, 1)
    async with (
        await AsyncConnection.connect(database_url, **connection_options(database_url, "x")) as connection,
        projecting(database_url, far=10**9) as projector,
    ):
        in_time = await pace.look(connection)
        assert in_time.late == 0.0
        write_histories(database_url, [JOURNEY[:3]], 5)
        waiting = await pace.look(connection)
        assert waiting.late > 0.0
        assert waiting.moved == in_time.moved
        await projector.catch_up()
        after = await pace.look(connection)
        assert after.late == 0.0
        assert after.moved != waiting.moved


async def test_without_a_projector_a_rebuild_waits_for_nobody(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _projected(database_url, 4)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE projection_checkpoints SET tx_id = '0', position = 0")
    monkeypatch.setattr(pace, "LATE", 0.0)
    monkeypatch.setattr(pace, "_EVERY", 0.0)
    monkeypatch.setattr(pace, "_LONGEST", 0.0)
    monkeypatch.setattr(pace, "_LEAST", len(JOURNEY))
    told: list[float | None] = []
    report = await rebuild(
        database_url, GENESIS_SESSION, Options(on_progress=lambda now: told.append(now.late), compare_only=True)
    )
    assert report.events >= 4 * len(JOURNEY)
    assert set(told) == {None}, "looked at once in each phase, and never again"

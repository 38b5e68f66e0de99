"""A login role for other tools reads the views, its own account's rows if it is bound to one, and no words."""

import asyncio
from pathlib import Path
from typing import Any

import polars

from domain.genesis.commands import ExtendSession
from infrastructure.exports.key import ExportKey
from infrastructure.exports.redaction import Redactor
from tests.support.database_roles import SEED, House, house
from tests.support.exports import ANN, BOB, exported, write_sessions

__all__ = ["house"]  # the fixture

VIEWS = {"access", "events", "sessions_now", "stage_rounds", "proposals", "models", "failures", "abandoned", "sessions"}
WORDS = (SEED, "Salt Clock", "clockmaker", "bargains with the sea")


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
        for view in ("events", "sessions", "sessions_now", "stage_rounds", "proposals")
    ):
        assert await house.rows(name, query) == [(str(mine.user_id),)]
    # a condition that fails on a row of somebody else's never meets one
    trap = f"SELECT count(*) FROM events WHERE 1 / (CASE WHEN account_id = '{theirs.user_id}' THEN 0 ELSE 1 END) = 1"
    assert (await house.rows(name, trap))[0][0] > 0
    assert await house.rows(name, "SELECT account_id FROM access") == [(mine.user_id,)]


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


async def test_states_of_sessions_are_those_of_an_export(house: House, tmp_path: Path) -> None:
    one, _ = house.writers
    await one.do(ExtendSession(hours=5))
    await asyncio.to_thread(write_sessions, house.url, [ANN, BOB], settled=False)  # feedback, costs, novels
    await asyncio.to_thread(exported, house.url, tmp_path / "out", "sessions", "parquet")
    name = await house.role()
    async with house.connected(name) as connection:
        found = await connection.execute("SELECT * FROM sessions ORDER BY session_id, version")
        assert found.description is not None
        names = [column.name for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in await found.fetchall()]
    expected = polars.read_parquet(tmp_path / "out" / "*.parquet").sort("session_id", "version").to_dicts()
    same = [column for column in names if column not in {"position", "title"}]
    assert [{column: row[column] for column in same} for row in rows] == [
        {column: row[column] for column in same} for row in expected
    ]
    assert {row["title"] for row in rows} == {None}
    assert sum(row["valid_to"] is None for row in rows) == 4
    assert {row["status"] for row in rows} == {"IN_PROGRESS", "COMPLETED"}

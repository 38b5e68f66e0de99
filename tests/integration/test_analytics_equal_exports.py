"""The page's numbers are those that an analyst gets from an export with DuckDB alone: to the last digit."""

import asyncio
import random
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import duckdb

from domain.aggregate import Body, Command
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.asked import Asked as AskedOf
from domain.genesis.asked import AttemptMade
from domain.genesis.commands import BranchGenesis, ConfirmStage, FailGeneration, RecordProposals
from domain.rejections import Rejection
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from projections.analytics.queries import AnalyticsQueries, Asked
from projections.analytics.time_range import TimeRange
from tests.support.commands import START, Desk
from tests.support.exports import exported
from tests.support.reading import projecting
from tests.support.wandering import INTERNAL, next_step

SQL = Path(__file__).parents[2] / "docs" / "examples" / "insights.sql"
JOURNEYS = 25
PRICES = (None, 0.0, 0.1 + 0.2, 3.75e-8, 1e-9 * 0.5, 0.00123456)
"""Unknown, nothing, inexact, half of the smallest unit."""
MODELS = (("muse", "1"), ("small-model", "2"), ("small-model", "3"))


def priced(chance: random.Random, body: Body) -> Body:
    """An outcome as a model's, with tokens, attempts and a price, or without."""
    if not isinstance(body, RecordProposals | FailGeneration):
        return body
    causes = [*chance.choices(("TRUNCATED", "INVALID_CONTENT"), k=chance.randrange(3)), None]
    asked = AskedOf(attempts=tuple(AttemptMade(number=n, cause=cause) for n, cause in enumerate(causes, start=1)))
    tokens = {"input_tokens": chance.randrange(5000), "output_tokens": chance.randrange(900)}
    usage = chance.choice(({}, tokens, tokens | {"cache_read_tokens": chance.choice((0, 300))}))
    model, prompt = chance.choice(MODELS)
    facts = {"usage": usage, "cost_usd": chance.choice(PRICES), "model": model, "prompt_version": prompt}
    return body.model_copy(update=facts | {"asked": chance.choice((None, asked))})


async def wandered(chance: random.Random, desk: Desk) -> None:
    """Random steps in the session of `desk`, of which some are refused."""
    for _ in range(chance.randint(5, 25)):
        session = await desk.store.load(GENESIS_SESSION, desk.session_id)
        edited = [one for record in session.stages.values() for one in record.proposals if one.origin != "ai"]
        if edited and chance.random() < 0.2:
            one = chance.choice(edited)
            body: Body = ConfirmStage(stage=one.stage, proposal_id=one.id)
        else:
            body = priced(chance, next_step(chance, session))
        desk.clock.advance(seconds=chance.random() * 7200)
        by = None if isinstance(body, INTERNAL) else desk.user_id
        with suppress(Rejection):
            await desk.send(Command(uuid4(), desk.session_id, by, body))


async def journeys(store: PostgresEventStore) -> tuple[UUID, datetime]:
    """Sessions of two writers, some branched from others. One of the two, and the time of the last journey."""
    ann, bob = Desk(store), Desk(store)
    for seed in range(JOURNEYS):
        chance = random.Random(seed)
        desk = chance.choice((ann, bob))
        await desk.start(mode=chance.choice(("guided", "free_form")), seed=chance.choice(("", "a clock")))
        await wandered(chance, desk)
        if chance.random() < 0.4:
            session = await store.load(GENESIS_SESSION, desk.session_id)
            branch = BranchGenesis(from_session_id=desk.session_id, at_version=chance.randint(1, session.version))
            with suppress(Rejection):
                desk.session_id = (await desk.do(branch)).session_id
                await wandered(chance, desk)
    return ann.user_id, ann.clock.now


class Analyst:
    """DuckDB over an export, and the SQL of the example."""

    def __init__(self, folder: Path, asked: Asked) -> None:
        self.db = duckdb.connect()
        self.db.read_parquet(str(folder / "*.parquet")).create_view("events")
        account = str(asked.user_id) if asked.user_id else None
        for name, kind, value in (
            ("account", "VARCHAR", account),
            ("since", "TIMESTAMPTZ", asked.within.since),
            ("before", "TIMESTAMPTZ", asked.within.before),
        ):
            self.db.execute(f"SET VARIABLE {name} = ?::{kind}", [value])
        self.db.execute(SQL.read_text(encoding="utf-8"))

    def rows(self, view: str) -> list[dict[str, Any]]:
        found = self.db.sql(f"FROM {view}")
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]

    def of(self, view: str, stage: str | None) -> list[dict[str, Any]]:
        return [row for row in self.rows(view) if row["stage"] == stage]


def same_figures(told: dict[str, Any], analyst: Analyst, stage: str | None) -> int:
    """Compares one stage's figures, or those of all; how many numbers they were."""
    compared = 0
    for view, names in (
        ("insights_acceptances", ("accepted", "rounds", "confirmation", "texts")),
        ("insights_first_proposals", ("first_proposal",)),
        ("insights_generations", ("generations", "cost")),
    ):
        for row in analyst.of(view, stage):
            for name in names:
                expected = {key: told[name][key] for key in row[name]} if isinstance(row[name], dict) else told[name]
                assert row[name] == expected, (stage, name)
                compared += len(row[name]) if isinstance(row[name], dict) else 1
        if not analyst.of(view, stage):
            assert all(told[name] in (0, None) or not any(told[name].values()) for name in names), (stage, view)
    rounds = [{"rounds": row["rounds"], "n": row["n"]} for row in analyst.of("insights_rounds", stage)]
    assert rounds == told["rounds_counted"]
    responses = {row["kind"]: row["n"] for row in analyst.of("insights_responses", stage)}
    assert responses == told["responses"]
    return compared + len(rounds) + len(responses)


async def test_every_number_equals_what_duckdb_computes_from_an_export(
    store: PostgresEventStore, pool: Pool, database_url: str, tmp_path: Path
) -> None:
    ann, last = await journeys(store)
    async with projecting(database_url) as projector:
        await projector.catch_up()
    await asyncio.to_thread(lambda: exported(database_url, tmp_path / "out", file_format="parquet", with_text=True))
    queries, middle = AnalyticsQueries(pool.connection), START + (last - START) / 2
    for asked in (
        Asked(None, TimeRange()),
        Asked(ann, TimeRange()),
        Asked(None, TimeRange(since=START + timedelta(hours=9), before=middle)),
        Asked(ann, TimeRange(before=middle)),
        Asked(uuid4(), TimeRange()),
    ):
        analyst = Analyst(tmp_path / "out", asked)
        summary = (await queries.summary(asked)).model_dump(mode="json")
        compared = same_figures(summary["figures"], analyst, None)
        for one in (await queries.by_stage(asked)).model_dump(mode="json")["items"]:
            compared += same_figures(one, analyst, one["stage"])
        assert {row["status"]: row["n"] for row in analyst.rows("insights_sessions")} == summary["sessions"]

        models = (await queries.by_model(asked)).model_dump(mode="json")["items"]
        expected = analyst.rows("insights_models")
        assert len(models) == len(expected)
        for told, row in zip(models, expected, strict=True):
            del told["cost"]["per_word_nano_usd"]
            assert told == row | {"texts": row["texts"] or dict.fromkeys(told["texts"], 0)}

        steps = (await queries.funnel(asked)).model_dump(mode="json")["steps"]
        known = {row["stage"]: row for row in analyst.rows("insights_funnel")}
        nothing = dict.fromkeys(("reached", "proposed", "accepted", "abandoned", "open"), 0)
        assert [known.get(step["stage"], nothing | {"stage": step["stage"]}) for step in steps] == steps
        causes = (await queries.causes(asked)).model_dump(mode="json")["items"]
        assert causes == analyst.rows("insights_causes")
        if asked.user_id is None:
            assert compared > 100, "there was something to compare"
            assert summary["figures"]["cost"]["unknown"] > 0
            assert summary["figures"]["texts"]["distance"] > 0
            assert causes

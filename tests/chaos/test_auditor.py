"""An auditor that cannot fail is worthless: each invariant is broken on purpose, and must be seen to be."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import FinishGenesis, ProvideFeedback
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import make_pool, opened
from projections.registry import search_path
from tests.chaos import audit_bus, audit_log, audit_reading, auditor
from tests.chaos.evidence import Evidence, Finding
from tests.support.commands import Desk
from tests.support.postgres import Cluster
from tests.support.reading import projecting

Check = Callable[[Evidence], Finding]

_SETTLED = """
INSERT INTO async_tasks (id, session_id, user_id, task_type, status, result_data)
SELECT (payload->>'correlation_id')::uuid, aggregate_id::uuid, gen_random_uuid(), 'GENERATE_INSPIRATION', 'COMPLETED',
    payload FROM domain_events WHERE event_type = 'ProposalsRecorded';
UPDATE event_outbox SET status = 'SENT', sent_at = now(), sent_tx = '9'
"""


@pytest.fixture(scope="module")
def template(cluster: Cluster) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A database with a genesis that was led to its end, in which everything holds; and its journal."""
    with cluster.database() as url:
        yield urlsplit(url).path.removeprefix("/"), asyncio.run(_lead(url))


@pytest.fixture
def facts(cluster: Cluster, template: tuple[str, list[dict[str, Any]]]) -> Iterator[Evidence]:
    """A copy of it, to be broken."""
    name, journal = template
    copy = cluster.create(name)
    yield Evidence(cluster.url(copy), list(journal))
    cluster.drop(copy)


async def _lead(database_url: str) -> list[dict[str, Any]]:
    journal: list[dict[str, Any]] = []
    async with opened(make_pool(database_url, "tests", min_size=1, max_size=2)) as pool:
        desk = Desk(PostgresEventStore(pool, "genesis.events"))
        first = await desk.start(mode=GenesisMode.GUIDED, seed="a lamp")
        assert first.correlation_id is not None
        await desk.record(first.correlation_id, GenesisStage.CONCEPT_SELECTION, count=2)
        state = await desk.store.load(GENESIS_SESSION, desk.session_id)
        assert state is not None
        proposal = state.stages[GenesisStage.CONCEPT_SELECTION].proposals[0]
        again = await desk.do(ProvideFeedback(proposal_id=proposal.id, text="darker"))
        assert again.correlation_id is not None
        await desk.record(again.correlation_id, GenesisStage.CONCEPT_SELECTION)
        await desk.confirm_all_guided()
        last = await desk.do(FinishGenesis())
        for answer in (first, again, last):
            journal.append({"kind": "answered", "type": "COMMAND", **answer.stored()})
        versions = list(range(1, last.version + 1))
        stream = {"versions": versions, "until": last.version, "openings": 2, "resets": 0}
        journal.append({"kind": "stream", "session_id": str(desk.session_id), **stream})
    async with projecting(database_url) as projector:
        await projector.catch_up()
    change(database_url, _SETTLED)
    return journal


def change(database_url: str, statements: str) -> None:
    """Past every trigger and constraint of references, as a restored backup or a careless hand would."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(f"SET LOCAL search_path = {search_path()}".encode())
        for statement in statements.split(";"):
            connection.execute(statement.encode())


def test_where_everything_holds_nothing_is_found(facts: Evidence) -> None:
    findings = auditor.audit(facts)
    assert [finding.violations for finding in findings if finding.violations] == []
    idle = [finding.name for finding in findings if not finding.checked]
    assert len(idle) == 9, f"refusals, logs, credits and the four that ask Prefect have nothing to look at: {idle}"
    assert "0 violations" in auditor.report(findings)


LAST = "(SELECT max(aggregate_version) FROM domain_events)"
FIRST = "(SELECT min(aggregate_version) FROM domain_events WHERE event_type = 'ProposalsRecorded')"
RECORDED = f"aggregate_version = {FIRST}"
COPY = """
INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash,
    correlation_id, causation_id, chain)
SELECT gen_random_uuid(), event_type, aggregate_type, aggregate_id, {version}, payload, payload_hash,
    correlation_id, causation_id, chain FROM domain_events WHERE {which} LIMIT 1
"""
ANSWERED = "id = (SELECT id FROM command_inbox WHERE command_type = 'FINISH_GENESIS')"
FINISHED = "event_type = 'GenesisCompleted'"

BROKEN: list[tuple[Check, str]] = [
    (audit_log.answered_once, f"DELETE FROM command_inbox WHERE {ANSWERED}"),
    (audit_log.answered_once, f"DELETE FROM domain_events WHERE {FINISHED}"),
    (audit_log.answered_once, COPY.format(version="99", which=FINISHED)),
    (audit_log.answered_once, f"UPDATE domain_events SET aggregate_version = 99 WHERE {FINISHED}"),
    (audit_log.answered_once, f"UPDATE domain_events SET aggregate_id = gen_random_uuid()::text WHERE {FINISHED}"),
    (audit_log.answered_once, "UPDATE domain_events SET tx_id = '7' WHERE aggregate_version = 1"),
    (audit_log.answered_once, """UPDATE command_inbox SET response = response || '{"version": 1}'"""),
    (audit_log.inbox_and_events_together, f"DELETE FROM event_outbox WHERE position = {LAST}"),
    (audit_log.inbox_and_events_together, f"DELETE FROM domain_events WHERE {FINISHED}"),
    (audit_log.inbox_and_events_together, "DELETE FROM command_inbox WHERE command_type = 'START_GENESIS'"),
    (audit_log.inbox_and_events_together, "UPDATE event_outbox SET position = -position WHERE position = 1"),
    (audit_log.no_holes, "DELETE FROM domain_events WHERE aggregate_version = 3"),
    (audit_log.no_holes, "DELETE FROM domain_events WHERE aggregate_version = 1"),
    (
        audit_log.everything_ended,
        "UPDATE command_inbox SET status = 'PROCESSING', deadline_at = now() WHERE command_type = 'PROVIDE_FEEDBACK'",
    ),
    (audit_log.everything_ended, COPY.format(version="99", which=RECORDED)),
    (audit_log.everything_ended, f"DELETE FROM domain_events WHERE {RECORDED}"),
    (audit_log.everything_ended, "UPDATE async_tasks SET status = 'RUNNING'"),
    (audit_log.charged_once, COPY.format(version="99", which=RECORDED)),
    (audit_log.charged_once, "UPDATE async_tasks SET cost_usd = 1"),
    (audit_log.charged_once, "DELETE FROM async_tasks"),
    (audit_log.charged_once, """UPDATE async_tasks SET result_data = '{"usage": {"input_tokens": 1}}'"""),
    (audit_bus.bus, "UPDATE event_outbox SET status = 'PENDING' WHERE position = 3"),
    (audit_bus.bus, "UPDATE event_outbox SET sent_tx = '8' WHERE position = 3"),
    (audit_bus.bus, "DELETE FROM domain_events WHERE aggregate_version = 5"),
    (audit_bus.bus, "UPDATE event_outbox SET partition_key = 'another' WHERE position = 2"),
    (audit_bus.nothing_waits, "UPDATE event_outbox SET status = 'PENDING' WHERE position = 3"),
    (audit_bus.nothing_waits, "UPDATE event_outbox SET status = 'DEAD', last_error = 'KafkaTimeoutError'"),
    (audit_reading.timeline_is_the_log, "DELETE FROM genesis_timeline WHERE version = 2"),
    (audit_reading.timeline_is_the_log, "UPDATE genesis_timeline SET event_id = gen_random_uuid() WHERE version = 2"),
    (audit_reading.timeline_is_the_log, "UPDATE genesis_sessions SET version = version - 1"),
    (audit_reading.timeline_is_the_log, "UPDATE genesis_sessions SET is_pending = true"),
    (audit_reading.timeline_is_the_log, "DELETE FROM genesis_sessions"),
    (audit_reading.timeline_is_the_log, "DELETE FROM novels"),
    (
        audit_reading.timeline_is_the_log,
        "INSERT INTO projection_parked (projection, version, aggregate_id, position, tx_id, error)"
        " VALUES ('novels', 1, 'a', 1, '1', 'e')",
    ),
    (audit_reading.projections_equal_rebuilt, "UPDATE genesis_stage_records SET status = 'stale'"),
    (audit_reading.projections_equal_rebuilt, "UPDATE novels SET title = 'another'"),
]


@pytest.mark.parametrize(("check", "statements"), BROKEN, ids=lambda given: getattr(given, "__name__", None))
def test_what_is_broken_in_the_database_is_seen(facts: Evidence, check: Check, statements: str) -> None:
    change(facts.database_url, statements)
    assert check(facts).violations != []


ID = "00000000-0000-4000-8000-000000000001"
STREAM = {"kind": "stream", "session_id": ID, "until": 3, "openings": 2, "resets": 0}
NOTED: list[tuple[Check, dict[str, Any]]] = [
    (audit_log.same_answer_always, {"kind": "twins", "command_id": ID, "same": False, "statuses": [200, 202]}),
    (audit_log.same_answer_always, {"kind": "quarrel", "session_id": ID, "version": 4, "winners": ["a", "b"]}),
    (audit_reading.streams_without_gap_or_repeat, {**STREAM, "versions": [1, 3]}),
    (audit_reading.streams_without_gap_or_repeat, {**STREAM, "versions": [1, 2, 2, 3]}),
    (audit_reading.streams_without_gap_or_repeat, {**STREAM, "versions": [1, 3, 2]}),
    (audit_reading.streams_without_gap_or_repeat, {**STREAM, "versions": [1, 2]}),
    (audit_reading.streams_without_gap_or_repeat, {**STREAM, "versions": [1, 2, 3], "resets": 1}),
    (audit_reading.nothing_unexpected, {"kind": "unexpected", "what": "commands", "status": 500}),
    (audit_reading.nothing_unexpected, {"kind": "forgotten", "what": "commands"}),
    (audit_reading.nothing_unexpected, {"kind": "endless", "session_id": ID}),
    (audit_reading.nothing_unexpected, {"kind": "broken", "session_id": ID}),
    (audit_reading.nothing_unexpected, {"kind": "sleepless", "session_id": ID}),
    (audit_reading.nothing_unexpected, {"kind": "novel", "session_id": ID, "found": False}),
]


@pytest.mark.parametrize(("check", "line"), NOTED, ids=lambda given: getattr(given, "__name__", None))
def test_what_a_client_should_never_have_met_is_seen(facts: Evidence, check: Check, line: dict[str, Any]) -> None:
    assert check(dataclasses.replace(facts, journal=[line])).violations != []


def test_an_answer_that_was_given_otherwise_before_is_seen(facts: Evidence) -> None:
    first = next(iter(facts.noted("answered")))
    facts.journal.append({**first, "version": 77})
    assert audit_log.same_answer_always(facts).violations != []
    assert audit_log.answered_once(facts).violations != []


def test_a_refused_command_that_was_written_is_seen(facts: Evidence) -> None:
    answered = next(iter(facts.noted("answered")))
    facts.journal[:] = [{"kind": "refused", "command_id": answered["command_id"], "code": "STAGE_EMPTY"}]
    assert audit_log.refused_writes_nothing(facts).violations != []


def test_a_planted_word_in_a_log_is_seen(facts: Evidence, tmp_path: Path) -> None:
    clean, talks = tmp_path / "clean.log", tmp_path / "talks.log"
    clean.write_text('{"event": "started"}\n')
    talks.write_text('{"event": "failed", "error": "no such place: Vesperzand"}\n')
    quiet = dataclasses.replace(facts, logs=[clean], planted=("Vesperzand",))
    assert audit_reading.logs_keep_silent(quiet).violations == []
    loud = dataclasses.replace(facts, logs=[clean, talks], planted=("Vesperzand",))
    assert audit_reading.logs_keep_silent(loud).violations == ["1 lines of talks.log show a planted word"]

"""The auditor of credits cannot be fooled: each invariant is broken on purpose, and must be seen to be."""

import asyncio
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit
from uuid import uuid5

import pytest
from genesis_types.enums import GenesisMode, GenesisStage

from application.credits import CreditPolicy
from application.handle_command import CommandHandler
from domain.account.account import account_id
from domain.account.commands import ClosePeriod, ExpireGrants, GrantCredits
from domain.aggregate import Body, Command
from domain.genesis.commands import CancelGeneration, FailGeneration, GenerateInspiration
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import make_pool, opened
from tests.chaos import audit_credits, audit_log, audit_reading
from tests.chaos.evidence import Evidence, Finding
from tests.chaos.test_auditor import change
from tests.support.commands import Desk
from tests.support.postgres import Cluster
from tests.support.reading import projecting
from tests.support.till import Prices

Check = Callable[[Evidence], Finding]


@pytest.fixture(scope="module")
def template(cluster: Cluster) -> Iterator[str]:
    """A database in which work was paid for in every way that it can end."""
    with cluster.database() as url:
        asyncio.run(_lead(url))
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def facts(cluster: Cluster, template: str) -> Iterator[Evidence]:
    """A copy of it, to be broken."""
    copy = cluster.create(template)
    yield Evidence(cluster.url(copy))
    cluster.drop(copy)


async def _lead(database_url: str) -> None:
    async with opened(make_pool(database_url, "tests", min_size=1, max_size=2)) as pool:
        desk = Desk(PostgresEventStore(pool, "genesis.events"))
        desk.commands = CommandHandler(desk.store, desk.clock, policies=(CreditPolicy(Prices()),))
        stream, count = account_id(desk.user_id), 0

        async def give(body: Body) -> None:
            nonlocal count
            count += 1
            await desk.commands.handle(Command(uuid5(stream, str(count)), stream, None, body))

        await desk.start(mode=GenesisMode.FREE_FORM)
        soon = desk.clock().replace(hour=23)
        await give(GrantCredits(user_id=desk.user_id, amount=5_000))
        await desk.propose(GenesisStage.CONCEPT_SELECTION)
        await give(GrantCredits(user_id=desk.user_id, amount=700, expires_at=soon))
        await give(ClosePeriod())
        failing = (await desk.do(GenerateInspiration())).correlation_id
        assert failing is not None
        body = FailGeneration(correlation_id=failing, code="X", message="x")
        await desk.send(Command(uuid5(failing, "outcome"), desk.session_id, None, body))
        await desk.do(GenerateInspiration())
        await desk.do(CancelGeneration())
        desk.clock.advance(days=1)
        await give(ExpireGrants())
    async with projecting(database_url) as projector:
        await projector.catch_up()


def test_where_everything_holds_nothing_is_found(facts: Evidence) -> None:
    for check in (*audit_credits.CHECKS, audit_log.no_holes, audit_reading.timeline_is_the_log):
        finding = check(facts)
        assert (finding.violations, finding.checked > 0) == ([], True), finding.name


def payload(event_type: str, change: str) -> str:
    return f"UPDATE domain_events SET payload = payload || {change} WHERE event_type = '{event_type}'"


COPY = """
INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash,
    correlation_id, causation_id, chain)
SELECT gen_random_uuid(), event_type, aggregate_type, aggregate_id, 99, payload, payload_hash, correlation_id,
    causation_id, chain FROM domain_events WHERE event_type = '{name}' ORDER BY id LIMIT 1
"""
LAST_RESERVED = """
SELECT payload->>'reservation_id' FROM domain_events WHERE event_type = 'CreditsReserved' ORDER BY id DESC LIMIT 1
"""
ADD_UP, ONCE, PAID = audit_credits.credits_add_up, audit_credits.reservations_end_once, audit_credits.work_is_paid_for
BROKEN: list[tuple[Check, str]] = [
    (ADD_UP, payload("CreditsGranted", """'{"amount": 1}'""")),
    (ADD_UP, payload("CreditsExpired", """'{"amount": 1}'""")),
    (ADD_UP, payload("PeriodClosed", """jsonb_build_object('opening', payload->'opening' || '{"charged": 1}')""")),
    (ADD_UP, COPY.format(name="CreditsReserved")),
    (ADD_UP, COPY.format(name="CreditsCharged")),
    (ADD_UP, "DELETE FROM domain_events WHERE event_type = 'CreditsGranted'"),
    (ADD_UP, "DELETE FROM account_credits"),
    (ADD_UP, """UPDATE account_credits SET ledger = ledger || '{"granted": 9}'"""),
    (ADD_UP, """UPDATE account_credits SET ledger = ledger || '{"grants": []}'"""),
    (ONCE, COPY.format(name="CreditsReserved")),
    (ONCE, COPY.format(name="CreditsCharged")),
    (ONCE, COPY.format(name="CreditsReleased")),
    (ONCE, "DELETE FROM domain_events WHERE event_type = 'CreditsReleased'"),
    (ONCE, "UPDATE domain_events SET tx_id = '7' WHERE event_type = 'CreditsReserved'"),
    (ONCE, "UPDATE domain_events SET tx_id = '7' WHERE event_type = 'CreditsCharged'"),
    (ONCE, "UPDATE domain_events SET tx_id = '7' WHERE event_type = 'GenerationFailed'"),
    (ONCE, "UPDATE domain_events SET event_type = 'GenerationFailed' WHERE event_type = 'ProposalsRecorded'"),
    (PAID, f"DELETE FROM domain_events WHERE payload->>'reservation_id' = ({LAST_RESERVED})"),
]


@pytest.mark.parametrize(("check", "statements"), BROKEN, ids=lambda given: getattr(given, "__name__", None))
def test_what_is_broken_in_the_database_is_seen(facts: Evidence, check: Check, statements: str) -> None:
    change(facts.database_url, statements)
    assert check(facts).violations != []

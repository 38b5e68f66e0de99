"""Credits on the real store: reserved, charged and released in the transactions of the work, exactly once each."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import GenesisMode

from application.command_results import CommandOutcome
from domain.account.account import Account
from domain.account.aggregate import ACCOUNT
from domain.account.commands import (
    ChargeCredits,
    ClosePeriod,
    GrantCredits,
    ReleaseOverdue,
    ReleaseReservation,
    ReserveCredits,
)
from domain.aggregate import Body, Command, DomainEvent
from domain.genesis.commands import (
    CancelGeneration,
    GenerateInspiration,
    StartGenesis,
)
from domain.rejections import Refused, Rejection
from infrastructure.event_store.codec import EventCodec
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import Pool
from tests.support.commands import Desk
from tests.support.till import EACH, Till


@pytest.fixture
async def till(desk: Desk, pool: Pool) -> Till:
    found = Till(desk, pool)
    await desk.start(mode=GenesisMode.FREE_FORM)
    return found


async def begun(till: Till) -> UUID:
    answer = await till.desk.do(GenerateInspiration(count=1))
    assert answer.correlation_id is not None
    return answer.correlation_id


async def test_a_generation_reserves_in_the_transaction_that_requests_it(till: Till) -> None:
    await till.grant(2_500)
    correlation_id = await begun(till)
    ledger = (await till.account()).ledger
    assert (ledger.balance, ledger.reserved) == (1_500, EACH)
    assert ledger.reservations[0].reservation_id == correlation_id
    async with till.pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT count(DISTINCT tx_id), count(*) FROM domain_events"
            " WHERE event_type IN ('GenerationRequested', 'CreditsReserved')"
        )
        assert await cursor.fetchone() == (1, 2)


async def test_what_was_used_is_charged_with_the_outcome_and_the_rest_is_free(till: Till) -> None:
    await till.grant(2_500)
    correlation_id = await begun(till)
    await till.process().handle(till.outcome(correlation_id, 300))  # the worker: a process of its own
    ledger = (await till.account()).ledger
    assert (ledger.balance, ledger.reserved, ledger.charged) == (2_200, 0, 300)
    assert await till.names() == ["CreditsGranted", "CreditsReserved", "CreditsCharged", "CreditsReleased"]


class CountingCodec(EventCodec):
    """Knows which events were decoded."""

    def __init__(self) -> None:
        super().__init__()
        self.decoded: list[str] = []

    def decode(self, event_type: str, event_version: int, payload: str | bytes) -> DomainEvent:
        self.decoded.append(event_type)
        return super().decode(event_type, event_version, payload)


async def test_an_account_is_folded_from_where_its_last_period_was_closed(till: Till) -> None:
    for _ in range(3):
        for _ in range(4):
            await till.grant(100)
        await till.give(ClosePeriod())
    await till.grant(7)
    codec = CountingCodec()
    store = PostgresEventStore(till.pool, "genesis.events", codec=codec)
    found: Account = await store.load(ACCOUNT, till.stream)
    assert codec.decoded == ["PeriodClosed", "CreditsGranted"]
    assert found == ACCOUNT.fold(till.stream, tuple(await till.events()))
    assert (found.version, found.ledger.balance) == (16, 1_207)
    codec.decoded.clear()
    before: Account = await store.load(ACCOUNT, till.stream, at_version=9)
    assert codec.decoded == ["PeriodClosed", *["CreditsGranted"] * 4]
    assert (before.version, before.ledger.balance) == (9, 800)


@pytest.mark.parametrize("cost", [None, 5_000])
async def test_an_overrun_and_what_nobody_reported_cost_what_was_reserved(till: Till, cost: float | None) -> None:
    await till.grant(2_500)
    await till.process().handle(till.outcome(await begun(till), cost))
    ledger = (await till.account()).ledger
    assert (ledger.balance, ledger.charged) == (1_500, EACH)


async def test_a_failure_and_a_cancellation_release_all(till: Till) -> None:
    await till.grant(1_200)
    await till.process().handle(till.failure(await begun(till)))
    await begun(till)
    await till.desk.do(CancelGeneration())
    ledger = (await till.account()).ledger
    assert (ledger.balance, ledger.reserved, ledger.charged) == (1_200, 0, 0)
    assert (await till.names())[1:] == ["CreditsReserved", "CreditsReleased"] * 2


async def test_without_credit_nothing_is_written(till: Till) -> None:
    before = await till.written()
    for granted in (0, EACH - 1):
        if granted:
            await till.grant(granted)
            before = await till.written()
        with pytest.raises(Refused) as refused:
            await begun(till)
        assert refused.value.code == "INSUFFICIENT_CREDITS"
        assert await till.written() == before
    with pytest.raises(Refused):
        await till.desk.do(StartGenesis(seed="a bell"))  # a session that would begin with work
    assert await till.written() == before


async def test_an_outcome_recorded_twice_is_charged_once(till: Till) -> None:
    await till.grant(2_500)
    command = till.outcome(await begun(till))
    workers = [till.process() for _ in range(4)]
    outcomes = await asyncio.gather(*(worker.handle(command) for worker in workers))
    assert len({outcome.version for outcome in outcomes}) == 1
    assert (await till.names()).count("CreditsCharged") == 1
    assert (await till.account()).ledger.charged == 300


async def test_a_cancellation_that_races_an_outcome_ends_the_reservation_once(till: Till) -> None:
    await till.grant(20 * EACH)
    for _ in range(8):
        correlation_id = await begun(till)
        ends = await asyncio.gather(
            till.process().handle(till.outcome(correlation_id)),
            till.process().handle(till.desk.command(CancelGeneration())),
            till.process().handle(till.failure(correlation_id)),
            return_exceptions=True,
        )
        assert sum(isinstance(end, CommandOutcome) for end in ends) == 1, ends
        assert (await till.account()).ledger.reservations == ()
    names = await till.names()
    charged = (await till.account()).ledger.charged
    assert charged == 300 * names.count("CreditsCharged")
    assert names.count("CreditsReserved") == names.count("CreditsReleased") == 8


async def test_64_simultaneous_requests_against_credit_for_10_admit_exactly_10(till: Till) -> None:
    """Sessions of one writer, asked at once in two processes: who is not admitted has not enough, and no conflict."""
    sessions = [await till.desk.start(mode=GenesisMode.FREE_FORM) for _ in range(64)]
    await till.grant(10 * EACH + EACH // 2)
    processes = [till.process(), till.process()]
    answers = await asyncio.gather(
        *(
            processes[number % 2].handle(
                Command(uuid4(), started.session_id, till.desk.user_id, GenerateInspiration(count=1))
            )
            for number, started in enumerate(sessions)
        ),
        return_exceptions=True,
    )
    admitted = [answer for answer in answers if isinstance(answer, CommandOutcome)]
    refused = [answer for answer in answers if not isinstance(answer, CommandOutcome)]
    assert len(admitted) == 10
    assert {getattr(one, "code", repr(one)) for one in refused} == {"INSUFFICIENT_CREDITS"}
    ledger = (await till.account()).ledger
    assert (ledger.balance, ledger.reserved, len(ledger.reservations)) == (EACH // 2, 10 * EACH, 10)


async def test_a_repeated_request_reserves_once_and_answers_the_same(till: Till) -> None:
    await till.grant(EACH)
    command = till.desk.command(GenerateInspiration(count=1))
    first = await till.desk.send(command)
    assert await till.process().handle(command) == first, "also when there is no credit left for another"
    assert (await till.names()).count("CreditsReserved") == 1


async def test_an_outcome_is_recorded_although_its_reservation_was_released(till: Till) -> None:
    """As after its deadline, or where credits were switched on while the work was under way."""
    await till.grant(EACH)
    correlation_id = await begun(till)
    till.desk.clock.advance(hours=2)
    await till.give(ReleaseOverdue())
    assert (await till.account()).ledger.balance == EACH
    outcome = await till.process().handle(till.outcome(correlation_id))
    assert outcome.version > 0
    assert (await till.account()).ledger.charged == 0


async def test_bad_amounts_and_reservations_that_are_not_open_are_refused_and_nothing_is_written(till: Till) -> None:
    await till.grant(EACH)
    correlation_id = await begun(till)
    deadline = till.desk.clock() + timedelta(hours=1)
    await till.give(ReleaseReservation(reservation_id=correlation_id))
    before = await till.written()
    refused: list[tuple[Body, str]] = [
        (ReleaseReservation(reservation_id=correlation_id), "RESERVATION_NOT_OPEN"),
        (ChargeCredits(reservation_id=correlation_id, used=1), "RESERVATION_NOT_OPEN"),
        (ChargeCredits(reservation_id=uuid4(), used=1), "RESERVATION_NOT_OPEN"),
        (ReserveCredits(reservation_id=correlation_id, amount=1, deadline_at=deadline), "RESERVATION_EXISTS"),
        (ReserveCredits(reservation_id=uuid4(), amount=EACH + 1, deadline_at=deadline), "INSUFFICIENT_CREDITS"),
    ]
    for amount in (0, -1, 2**53 + 1, 2**70):
        refused.append((GrantCredits(user_id=till.desk.user_id, amount=amount), "INVALID_AMOUNT"))
        asked = ReserveCredits(reservation_id=uuid4(), amount=amount, deadline_at=deadline)
        refused.append((asked, "INVALID_AMOUNT"))
    for body, code in refused:
        with pytest.raises(Rejection) as caught:
            await till.give(body)
        assert caught.value.code == code
    assert await till.written() == before


async def test_a_grant_asked_for_twice_is_given_once(till: Till) -> None:
    command_id = uuid4()
    body = GrantCredits(user_id=till.desk.user_id, amount=EACH)
    first = await till.give(body, command_id=command_id)
    assert await till.give(body, command_id=command_id) == first
    assert (await till.account()).ledger.granted == EACH

"""Sessions and their owner's account together, through the real command handler, whatever is asked, lost or repeated:
the sum of grants is balance + reserved + charged + expired at every step, and nothing is below zero."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from genesis_types.enums import GenesisMode, GenesisStage
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from pydantic import JsonValue

from application.command_results import CommandIdReused, CommandOutcome, VersionConflict
from application.credits import CreditPolicy
from application.handle_command import CommandHandler
from application.ports import StoreUnavailable
from application.writers import WriterRequest
from domain.account.account import Account, account_id
from domain.account.aggregate import ACCOUNT
from domain.account.commands import ClosePeriod, ExpireGrants, GrantCredits, ReleaseOverdue
from domain.account.events import CreditsCharged, CreditsReleased, CreditsReserved
from domain.aggregate import Body, Command
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import (
    AbandonGenesis,
    CancelGeneration,
    ExtendSession,
    FailGeneration,
    GenerateInspiration,
    PauseSession,
    ProvideFeedback,
    RecordProposals,
    StartGenesis,
)
from domain.genesis.events import GenerationRequested
from domain.genesis.session import Session
from domain.rejections import Rejection
from tests.support.account import adds_up
from tests.support.genesis import ANN, CONTENT, NOW
from tests.support.memory_store import MemoryStore

SESSIONS = tuple(uuid5(ANN, f"session:{number}") for number in range(3))
ACCOUNT_ID = account_id(ANN)
sessions = st.sampled_from(SESSIONS)
STAGE = GenesisStage.CONCEPT_SELECTION


class Prices:
    def __init__(self) -> None:
        self.next = 40

    async def estimate(self, request: WriterRequest) -> int:
        return self.next

    def charge(self, usage: Mapping[str, JsonValue], cost_usd: float | None, model: str) -> int | None:
        return None if cost_usd is None else round(cost_usd)


class TogetherMachine(RuleBasedStateMachine):
    """Three sessions of one writer share an account. A process that dies: a lost connection, a repeated command."""

    @initialize()
    def begin(self) -> None:
        self.store, self.now, self.prices, self.count = MemoryStore(), NOW, Prices(), 0
        self.given: list[tuple[Command, CommandOutcome | None]] = []
        policy = CreditPolicy(self.prices)
        self.handler = CommandHandler(self.store, self.clock, policies=(policy,))

    def clock(self) -> datetime:
        return self.now

    def give(self, stream: UUID, body: Body, *, by: UUID | None = ANN, named: str = "") -> CommandOutcome | None:
        self.count += 1
        command = Command(uuid5(ANN, named or f"command:{self.count}"), stream, by, body)
        outcome = self.hand_over(command)
        self.given.append((command, outcome))
        return outcome

    def hand_over(self, command: Command) -> CommandOutcome | None:
        with suppress(Rejection, VersionConflict, StoreUnavailable, CommandIdReused):
            return asyncio.run(self.handler.handle(command))
        return None

    def session(self, stream: UUID) -> Session | None:
        found: Session | None = GENESIS_SESSION.fold(stream, tuple(self.store.streams.get(stream, ())))
        return found

    @property
    def account(self) -> Account | None:
        found: Account | None = ACCOUNT.fold(ACCOUNT_ID, tuple(self.store.streams.get(ACCOUNT_ID, ())))
        return found

    @rule(amount=st.integers(-1, 120), days=st.none() | st.integers(1, 20))
    def grant(self, amount: int, days: int | None) -> None:
        expires_at = None if days is None else self.now + timedelta(days=days)
        self.give(ACCOUNT_ID, GrantCredits(user_id=ANN, amount=amount, expires_at=expires_at), by=None)

    @rule(stream=sessions, mode=st.sampled_from(GenesisMode), price=st.integers(0, 60))
    def start(self, stream: UUID, mode: GenesisMode, price: int) -> None:
        self.prices.next = price
        self.give(stream, StartGenesis(mode=mode, seed="a bell"))

    @rule(stream=sessions, price=st.integers(0, 60))
    def generate(self, stream: UUID, price: int) -> None:
        self.prices.next = price
        account, session = self.account, self.session(stream)
        before = account.ledger.available(self.now) if account else 0
        if self.give(stream, GenerateInspiration()) and session is not None and not self.store.breaks:
            assert price <= before, "work was admitted that nobody can pay for"

    @rule(stream=sessions, price=st.integers(0, 60))
    def feedback(self, stream: UUID, price: int) -> None:
        self.prices.next = price
        session = self.session(stream)
        if session is not None and session.stages[STAGE].proposals:
            proposal = session.stages[STAGE].proposals[-1]
            self.give(stream, ProvideFeedback(proposal_id=proposal.id, text="darker"))

    @rule(stream=sessions, cost=st.none() | st.integers(0, 90), again=st.integers(1, 3))
    def proposals_arrive(self, stream: UUID, cost: int | None, again: int) -> None:
        work = self.pending(stream)
        if work is not None:
            body = RecordProposals(
                correlation_id=work.correlation_id,
                contents=(CONTENT[work.stage],) * 3,
                writer="model",
                model="m",
                prompt_version="1",
                cost_usd=cost,
            )
            for _ in range(again):
                self.give(stream, body, by=None, named=f"outcome:{work.correlation_id}")

    @rule(stream=sessions)
    def generation_fails(self, stream: UUID) -> None:
        work = self.pending(stream)
        if work is not None:
            body = FailGeneration(correlation_id=work.correlation_id, code="X", message="x")
            self.give(stream, body, by=None, named=f"outcome:{work.correlation_id}")

    @rule(stream=sessions, data=st.data())
    def an_outcome_comes_late(self, stream: UUID, data: st.DataObject) -> None:
        """After a cancellation, a failure or the sweeper: for any work that ever was."""
        began = [e for e in self.store.streams.get(stream, ()) if isinstance(e, GenerationRequested)]
        if began:
            work = data.draw(st.sampled_from(began))
            body = FailGeneration(correlation_id=work.correlation_id, code="DEADLINE_PASSED", message="x")
            self.give(stream, body, by=None, named=f"deadline:{work.correlation_id}")

    @rule(stream=sessions, how=st.sampled_from([CancelGeneration(), AbandonGenesis(), ExtendSession(hours=400)]))
    def writer_acts(self, stream: UUID, how: Body) -> None:
        self.give(stream, how)

    @rule(hours=st.integers(1, 200))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(stream=sessions)
    def sweep(self, stream: UUID) -> None:
        self.give(stream, PauseSession(), by=None)
        for body in (ReleaseOverdue(), ExpireGrants(), ClosePeriod()):
            self.give(ACCOUNT_ID, body, by=None)

    @rule(how=st.sampled_from(["before", "after"]), times=st.integers(1, 5))
    def the_connection_will_break(self, how: str, times: int) -> None:
        self.store.breaks = [how] * times

    @rule(data=st.data())
    def a_process_asks_again(self, data: st.DataObject) -> None:
        """After a crash the same command comes again; what was answered is answered again, and nothing is written."""
        if not self.given:
            return
        command, outcome = data.draw(st.sampled_from(self.given))
        self.store.breaks = []
        written = len(self.store.log)
        known = command.command_id in self.store.inbox
        again = self.hand_over(command)
        if known:
            assert len(self.store.log) == written, "a repeated command wrote something"
        if outcome is not None and known:
            assert again is None or again == outcome
        if not known:  # what decided nothing at first was not kept: it is decided now, and holds from now on
            self.given = [(one, again if one is command else said) for one, said in self.given]

    def pending(self, stream: UUID) -> GenerationRequested | None:
        session = self.session(stream)
        return session.pending if session is not None else None

    @invariant()
    def the_account_adds_up(self) -> None:
        account = self.account if hasattr(self, "store") else None
        if account is not None:
            adds_up(account.ledger)

    @invariant()
    def every_reservation_belongs_to_work_and_ends_with_it(self) -> None:
        if not hasattr(self, "store"):
            return
        pending = {work.correlation_id for stream in SESSIONS if (work := self.pending(stream)) is not None}
        account = self.account
        held = {one.reservation_id for one in account.ledger.reservations} if account else set()
        assert held <= pending, "a reservation outlived its work"
        began = {e.correlation_id for e in self.store.log if isinstance(e, GenerationRequested)}
        reserved = [e for e in self.store.log if isinstance(e, CreditsReserved)]
        assert {e.reservation_id for e in reserved} <= began
        assert len({e.reservation_id for e in reserved}) == len(reserved), "reserved twice"
        for kind in (CreditsCharged, CreditsReleased):
            ends = [e.reservation_id for e in self.store.log if isinstance(e, kind)]
            assert len(set(ends)) == len(ends), "charged or released twice"


TogetherMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTogether = TogetherMachine.TestCase

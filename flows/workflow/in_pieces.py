"""Carries out work that comes in pieces. Safe to run again at any point: what is recorded is not asked for again.

A piece is recorded as soon as it is whole, so it is the unit of resume; what was written of the next one is shown from
the task's row until then. ADR 42 and 43.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar, Generic, Protocol, TypedDict, TypeVar
from uuid import UUID, uuid5

import structlog
from genesis_types.enums import TaskStatus
from genesis_types.text import clean
from pydantic import JsonValue, ValidationError

from application.writers import Attempt, Spent, WriterError
from domain.aggregate import Aggregate, Body
from domain.genesis.asked import Asked
from domain.rejections import Refused
from domain.work import CompleteWork, FailWork, RecordPiece, Worked, WorkRequested
from flows.workflow.context import Services
from flows.workflow.draft_stream import DraftStream, Growing, WorkEnded
from flows.workflow.task import Retries, carry_out, fail, record
from flows.workflow.usage import Earlier
from infrastructure.observability.tracing import span
from infrastructure.work.task_store import Claimed, Task

log = structlog.get_logger(__name__)

READ_AGAIN_SECONDS = 0.1


class Came(Protocol):
    """A whole piece as its writer gives it, and what it cost by itself. `asked`, `texts` as in writers.Proposed."""

    @property
    def spent(self) -> Spent | None: ...
    @property
    def asked(self) -> Asked | None: ...
    @property
    def texts(self) -> Mapping[str, str]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


class Written(Protocol):
    """The writer's end, once it has given all pieces. `spent`: beside the pieces."""

    @property
    def writer(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def prompt_version(self) -> str: ...
    @property
    def spent(self) -> Spent | None: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


class PieceFields(TypedDict):
    """What RecordPiece has."""

    correlation_id: UUID
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    notes: tuple[str, ...]
    asked: Asked | None


class EndFields(TypedDict):
    """What CompleteWork has."""

    correlation_id: UUID
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    notes: tuple[str, ...]


S = TypeVar("S", bound=Worked)
R = TypeVar("R", bound=WorkRequested)
D = TypeVar("D", bound=Growing)
P = TypeVar("P", bound=Came)
E = TypeVar("E", bound=Written)


class WorkInPieces(ABC, Generic[S, R, D, P, E]):
    """One kind of such work, over one request of it.

    aggregate: whose work it is. kind: its name in logs and traces. piece, end: what its writer gives beside drafts.
    fail: the body that records a failure. too_late, misshapen: what an author is told then.
    """

    aggregate: ClassVar[Aggregate]
    kind: ClassVar[str]
    piece: ClassVar[type[Any]]
    end: ClassVar[type[Any]]
    fail: ClassVar[type[FailWork]]
    too_late: ClassVar[str]
    misshapen: ClassVar[str]

    def __init__(self, given: Services, state: S, work: R) -> None:
        self.given = given
        self.state = state
        self.work = work

    @abstractmethod
    async def writing(self) -> AsyncIterator[D | P | E] | None:
        """Ask the writer for what is not recorded. None: the read side does not know yet what was known when the work
        was asked for; this is called again. Raises WriterError."""

    @abstractmethod
    def recorded(self, came: P, fields: PieceFields) -> tuple[str, RecordPiece]:
        """A key that no other piece of this work has, and the body that records it. Raises ValidationError."""

    @abstractmethod
    def completed(self, written: E, fields: EndFields) -> CompleteWork:
        """The body that records the end. Raises ValidationError."""

    @abstractmethod
    def content(self, draft: D) -> dict[str, JsonValue]:
        """A draft as it is shown, as JSON that can be kept."""


AnyWork = WorkInPieces[Any, Any, Any, Any, Any]


async def in_pieces(kind: type[AnyWork], given: Services, state: Any, stream_id: UUID) -> None:
    """Bring the work of `state` to its end: all of it recorded, a failure recorded, or found to be no longer wanted."""
    work: WorkRequested = state.work
    of = kind(given, state, work)
    facts: dict[str, JsonValue] = {"kind": kind.kind, "turn": work.turn}
    task = Task(work.correlation_id, stream_id, state.user_id, work.command_id, work.command_type, facts)
    await carry_out(given, task, work.deadline_at, lambda claimed: _attempts(of, task, claimed))


async def _attempts(of: AnyWork, task: Task, claimed: Claimed) -> None:
    given, work = of.given, of.work
    drafts: DraftStream[Any] = DraftStream(given, task, claimed, of.content)
    retries = Retries.of(given, task, work.deadline_at, claimed)
    earlier = Earlier.kept(claimed.error_data)
    while True:
        before = len(of.state.pieces(work.correlation_id))
        try:
            await _complete(of, task, await _write(of, task, drafts), earlier)
        except WriterError as error:
            problem = error
        else:
            await given.tasks.finish(work.correlation_id, given.owner, TaskStatus.COMPLETED)
            return
        earlier = earlier.with_spent(problem.spent)
        if problem.sent is not None:
            earlier = earlier.with_asked(problem.sent.asked)
            await given.sent.keep(task.stream_id, problem.sent.texts)
        of.state = await given.store.load(of.aggregate, task.stream_id)
        if of.state.work is None or of.state.work.correlation_id != work.correlation_id:
            raise WorkEnded
        if len(of.state.pieces(work.correlation_id)) > before:
            retries.count = 0  # each piece has its own
        error_data = await retries.wait(problem, earlier, drafts)
        if error_data is None:
            continue
        used = earlier.used.spent
        body = of.fail(
            correlation_id=work.correlation_id,
            code=problem.code,
            message=problem.message,
            usage=clean(dict(used.usage)),
            cost_usd=used.cost_usd,
            price_source=used.price_source,
            asked=earlier.asked,
        )
        await fail(given, task, body, problem, error_data=error_data, used=used)
        return


async def _write(of: AnyWork, task: Task, drafts: DraftStream[Any]) -> Any:
    """The writer's end, each piece recorded before it. Raises WriterError, WorkEnded."""
    given, work = of.given, of.work

    async def keep(came: Came) -> None:
        await given.sent.keep(task.stream_id, came.texts)
        await _record_piece(of, task, came)

    left = (work.deadline_at - given.clock()).total_seconds()
    try:
        async with asyncio.timeout(max(left, 0)):
            with span("write", work.correlation_id, stage=of.kind):
                writing = await drafts.while_wanted(_asked(of))
                return await drafts.follow(writing, of.piece, of.end, keep)
    except TimeoutError:
        raise WriterError("TIMED_OUT", of.too_late, retryable=False) from None


async def _asked(of: AnyWork) -> AsyncIterator[Any]:
    """Once the read side knows what was known when the work was asked for."""
    while True:
        writing = await of.writing()
        if writing is not None:
            return writing
        await asyncio.sleep(READ_AGAIN_SECONDS)


async def _record_piece(of: AnyWork, task: Task, came: Came) -> None:
    """Raises WriterError for what is no piece, or not the next one; WorkEnded."""
    spent = came.spent or Spent()
    fields = PieceFields(
        correlation_id=task.correlation_id,
        usage=clean(dict(spent.usage)),
        cost_usd=spent.cost_usd,
        price_source=spent.price_source,
        notes=tuple(clean(list(came.notes))),
        asked=came.asked,
    )
    try:
        key, body = of.recorded(came, fields)
        await record(of.given, uuid5(task.correlation_id, key), task.stream_id, body)
    except (ValidationError, Refused) as error:
        log.info("piece_refused", kind=of.kind, error=type(error).__name__)
        raise _misshapen(of, came.spent) from None


async def _complete(of: AnyWork, task: Task, written: Written, earlier: Earlier) -> None:
    """With what was used beside the pieces, and in vain. Raises WriterError, WorkEnded."""
    used = earlier.with_spent(written.spent).used.spent
    fields = EndFields(
        correlation_id=task.correlation_id,
        writer=written.writer,
        model=written.model,
        prompt_version=written.prompt_version,
        usage=clean(dict(used.usage)),
        cost_usd=used.cost_usd,
        price_source=used.price_source,
        notes=tuple(clean(list(written.notes))),
    )
    try:
        body: Body = of.completed(written, fields)
        await record(of.given, uuid5(task.correlation_id, "outcome"), task.stream_id, body)
    except (ValidationError, Refused) as error:
        log.info("end_refused", kind=of.kind, error=type(error).__name__)
        raise _misshapen(of, written.spent) from None


def _misshapen(of: AnyWork, spent: Spent | None) -> WriterError:
    problem = WriterError("INVALID_CONTENT", of.misshapen, retryable=True)
    problem.spent = spent
    return problem


def shown_attempt(attempt: Attempt | None) -> dict[str, JsonValue]:
    """Which attempt a draft is of, as it is shown; nothing of the first."""
    return {} if attempt is None else {"attempt": {"number": attempt.number, "of": attempt.of, "why": attempt.why}}

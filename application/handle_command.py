"""The way of a command: fold, decide, append, answer. What is no success first asks whether it was asked before."""

import asyncio
import hashlib
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import replace
from uuid import UUID
from weakref import WeakValueDictionary

from genesis_types.enums import CommandStatus

from application.command_results import CommandIdReused, CommandOutcome, VersionConflict, answer_to, work_of
from application.ports import (
    LOG,
    Allowance,
    Append,
    AppendFailed,
    Clock,
    CommandTypeActive,
    CompletedWork,
    EventStore,
    Hints,
    InboxRow,
    RateLimited,
    StoreUnavailable,
)
from domain.genesis.commands import BranchGenesis, BranchSource, Command, StartGenesis
from domain.genesis.decide import decide
from domain.genesis.events import Event, GenerationCancelled, GenerationFailed, ProposalsRecorded
from domain.genesis.rejections import CommandActive, Rejection, SessionNotFound
from domain.genesis.session import Session, fold

ATTEMPTS = 4
"""The first, and three more after somebody else was faster."""

# Who was too late once takes turns with the others of this process, and while they do, so does who comes next: in a
# crowd on one session nobody is refused for bad luck. A lock is here only as long as somebody needs it.
_turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()


def hash_request(command: Command) -> str:
    """What a repeated command is recognised by: its type, its session and what it says, as SHA-256 in hex."""
    said = f"{command.body.command_type}\n{command.session_id}\n{command.body.model_dump_json()}"
    return hashlib.sha256(said.encode()).hexdigest()


async def handle(
    command: Command,
    *,
    store: EventStore,
    clock: Clock,
    request_hash: str,
    expected_version: int | None = None,
    hints: Hints | None = None,
    allowance: Allowance | None = None,
) -> CommandOutcome:
    """Do what `command` asks, once, however often it is asked.

    Without `expected_version` a conflict with another writer is decided again on the newer state; with it, it is
    refused. `allowance` is asked once, and only for a command that starts work and is not refused for another reason.
    Raises Rejection (the domain's refusals), CommandIdReused, VersionConflict, RateLimited, and StoreUnavailable when
    the store cannot be reached; nothing was written then, or asking again gives the answer.
    """
    failure: Exception = StoreUnavailable()
    allowed = _Once(command, allowance)
    for attempt in range(ATTEMPTS):
        fresh = attempt > 0
        try:
            command = await _with_source(command, store)
            async with _turn(command.session_id, crowded=fresh):
                answer = await _attempt(
                    command, store, clock, request_hash, expected_version, allowed=allowed, fresh=fresh
                )
        except (Rejection, VersionConflict, RateLimited, AppendFailed, StoreUnavailable) as error:
            failure = error
        else:
            await _tell(hints)
            return answer
        earlier = await _asked_before(command, request_hash, store)
        if earlier is not None:
            return earlier
        if isinstance(failure, RateLimited):
            raise failure
        if fresh and isinstance(failure, Rejection | VersionConflict):
            raise failure  # decided on what the log says, not on what was remembered
    match failure:
        case CommandTypeActive():
            raise CommandActive from failure
        case AppendFailed():
            state = await store.load(command.session_id)
            raise VersionConflict(state.version if state else 0) from failure
        case _:
            raise failure


def _turn(session_id: UUID, *, crowded: bool) -> AbstractAsyncContextManager[None]:
    if crowded:
        return _turns.setdefault(session_id, asyncio.Lock())
    return _turns.get(session_id) or nullcontext()


class _Once:
    """Whether this command may start its work: asked at its first attempt, and not again at the next."""

    def __init__(self, command: Command, allowance: Allowance | None) -> None:
        self._user_id = command.user_id
        self._allowance = allowance

    async def __call__(self, events: tuple[Event, ...]) -> None:
        if self._allowance is not None and self._user_id is not None and work_of(events) is not None:
            await self._allowance(self._user_id)
            self._allowance = None


async def _attempt(
    command: Command,
    store: EventStore,
    clock: Clock,
    request_hash: str,
    expected_version: int | None,
    *,
    allowed: _Once,
    fresh: bool,
) -> CommandOutcome:
    state = await _state(command, store, fresh=fresh)
    version = state.version if state else 0
    if expected_version not in (None, version) and _may_know(command, state):
        raise VersionConflict(version)
    events = decide(command, state, clock())
    await allowed(events)
    after = fold(command.session_id, events, state)
    assert after is not None, "a decision has at least one event"
    answer = answer_to(command, after.version, events)
    completes = _completes(events)
    correlation_id = answer.correlation_id or (completes.correlation_id if completes else command.command_id)
    append = Append(
        session_id=command.session_id,
        expected_version=version,
        inbox=_inbox(command, request_hash, answer, events),
        events=events,
        correlation_id=correlation_id,
        causation_id=command.command_id,
        completes=completes,
    )
    await store.append(append, after)
    return answer


async def _state(command: Command, store: EventStore, *, fresh: bool) -> Session | None:
    if fresh:
        return await store.load(command.session_id)
    if _creates(command):
        return None  # as a rule; the append's guard knows
    return await store.load_cached(command.session_id)


def _creates(command: Command) -> bool:
    return isinstance(command.body, StartGenesis | BranchGenesis)


def _may_know(command: Command, state: Session | None) -> bool:
    """Whether the version may be told: somebody else's session is one that does not exist."""
    if state is None:
        return _creates(command)
    return command.user_id in (None, state.user_id)


async def _with_source(command: Command, store: EventStore) -> Command:
    """A branch with the session it comes from, as it was then. Raises SessionNotFound when it is not this account's."""
    body = command.body
    if not isinstance(body, BranchGenesis) or command.source is not None:
        return command
    source = await store.load(body.from_session_id, at_version=body.at_version)
    if source is None or source.user_id != command.user_id:
        raise SessionNotFound
    taken = BranchSource(
        version=source.version,
        user_id=source.user_id,
        mode=source.mode,
        title=source.title,
        seed=source.seed,
        genre=source.genre,
        audience=source.audience,
        language=source.language,
        current_stage=source.current_stage,
        stages=source.stages,
    )
    return replace(command, source=taken)


async def _asked_before(command: Command, request_hash: str, store: EventStore) -> CommandOutcome | None:
    """The first answer to this very command. Raises CommandIdReused when its id belongs to another one."""
    row = await store.find_command(command.command_id)
    if row is None:
        return None
    if row.user_id != command.user_id or row.request_hash != request_hash:
        raise CommandIdReused
    return CommandOutcome.from_stored(row.response)


def _inbox(
    command: Command, request_hash: str, answer: CommandOutcome, events: tuple[Event, ...]
) -> tuple[InboxRow, ...]:
    """The command's own row, and one for the work it starts when that is not what the command itself means."""
    work = work_of(events)
    own = work is not None and answer.status is CommandStatus.PROCESSING
    row = InboxRow(
        command_id=command.command_id,
        session_id=command.session_id,
        user_id=command.user_id,
        command_type=command.body.command_type,
        request_hash=request_hash,
        status=answer.status,
        response=answer.stored(),
        correlation_id=answer.correlation_id if own else None,
        deadline_at=work.deadline_at if work and own else None,
    )
    if work is None or own:
        return (row,)
    started = InboxRow(
        command_id=work.command_id,
        session_id=command.session_id,
        user_id=command.user_id,
        command_type=work.command_type,
        request_hash="",  # nobody's request: whoever comes with this id gets CommandIdReused
        status=CommandStatus.PROCESSING,
        response={},
        correlation_id=work.correlation_id,
        deadline_at=work.deadline_at,
    )
    return (row, started)


def _completes(events: tuple[Event, ...]) -> CompletedWork | None:
    """The work that `events` are the end of."""
    for event in events:
        match event:
            case ProposalsRecorded():
                return CompletedWork(event.correlation_id, CommandStatus.COMPLETED)
            case GenerationFailed():
                return CompletedWork(event.correlation_id, CommandStatus.FAILED, event.code)
            case GenerationCancelled():
                return CompletedWork(event.correlation_id, CommandStatus.FAILED, "CANCELLED")
            case _:
                continue
    return None


async def _tell(hints: Hints | None) -> None:
    if hints is not None:
        with suppress(Exception):  # the command is done: a hint that fails only makes its readers slower
            await hints.publish(LOG)

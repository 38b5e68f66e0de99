"""Handles commands: loads, decides, appends, answers. Whatever does not succeed first looks up the command's id."""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from genesis_types.enums import CommandStatus

from application.command_results import CommandIdReused, CommandOutcome, VersionConflict, outcome_of
from application.ports import (
    Allowance,
    Append,
    AppendFailed,
    Clock,
    CommandIdTaken,
    CommandTypeActive,
    EventStore,
    InboxRow,
    RateLimited,
    StoreUnavailable,
    StreamAppend,
)
from application.turns import Turns
from application.wakeups import LOG, Hints
from domain.aggregate import Aggregate, Command, DomainEvent, Need, State
from domain.aggregates import AGGREGATES, Aggregates
from domain.rejections import CommandActive, Rejection

ATTEMPTS = 4
"""The first, and three more after somebody else was faster."""

SHARED_ATTEMPTS = 12
"""The same while only streams beside the command's own have moved: many commands share one account."""


def hash_request(command: Command) -> str:
    """What a repeated command is recognised by: its type, its stream and what it says, as SHA-256 in hex."""
    said = f"{command.body.command_type}\n{command.stream_id}\n{command.body.model_dump_json()}"
    return hashlib.sha256(said.encode()).hexdigest()


class Policy(Protocol):
    """Adds to a command: further commands to other streams, decided and written with it, or nothing is written."""

    async def __call__(
        self, command: Command, aggregate: Aggregate, before: Any, after: State, events: tuple[DomainEvent, ...]
    ) -> tuple[Command, ...]: ...


@dataclass(slots=True)
class _Progress:
    """One command over its attempts: what it concerns, and what the last attempt found."""

    command: Command
    aggregate: Aggregate
    request_hash: str
    expected_version: int | None
    allowance: Allowance | None
    streams: set[UUID]
    version: int | None = None
    only_others_moved: bool = False
    """Whether the last attempt failed although the command's own stream stood still."""


class CommandHandler:
    """Does what commands ask, once each, however often they are asked. Safe to use from many tasks at once."""

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        hints: Hints | None = None,
        policies: Sequence[Policy] = (),
        aggregates: Aggregates = AGGREGATES,
    ) -> None:
        self._store = store
        self._clock = clock
        self._hints = hints
        self._policies = tuple(policies)
        self._aggregates = aggregates
        self._turns = Turns()

    async def handle(
        self,
        command: Command,
        *,
        request_hash: str | None = None,
        expected_version: int | None = None,
        allowance: Allowance | None = None,
    ) -> CommandOutcome:
        """Handle `command`; `request_hash` (hash_request's if None) is what a repetition is recognised by.

        Without `expected_version` a conflict with another writer is decided again on the newer state; with it, it is
        refused. `allowance` is asked once, and only for a command that starts work and is neither refused for another
        reason nor a repetition.
        Raises Rejection (the domain's refusals), CommandIdReused, VersionConflict, RateLimited, EventTooNew, and
        StoreUnavailable when the store cannot be reached; nothing was written then, or asking again gives the answer.
        """
        hashed = hash_request(command) if request_hash is None else request_hash
        aggregate = self._aggregates.of(command.body)
        progress = _Progress(command, aggregate, hashed, expected_version, allowance, {command.stream_id})
        failure: Exception = StoreUnavailable()
        number = 0
        while number < (SHARED_ATTEMPTS if progress.only_others_moved else ATTEMPTS):
            fresh = number > 0
            number += 1
            try:
                async with self._turns.of(progress.streams, crowded=fresh):
                    outcome = await self._attempt(progress, fresh=fresh)
            except (Rejection, VersionConflict, RateLimited, AppendFailed, StoreUnavailable) as error:
                failure = error
            else:
                await _tell(self._hints)
                return outcome
            earlier = await self._asked_before(command, hashed)
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
                state = await self._store.load(aggregate, command.stream_id)
                raise VersionConflict(state.version if state else 0) from failure
            case _:
                raise failure

    async def _attempt(self, progress: _Progress, *, fresh: bool) -> CommandOutcome:
        command, aggregate = progress.command, progress.aggregate
        before = await self._state(command, aggregate, fresh=fresh)
        version = before.version if before else 0
        progress.only_others_moved = progress.version == version
        progress.version = version
        if progress.expected_version not in (None, version) and _may_know(command, aggregate, before):
            raise VersionConflict(version)
        command = replace(command, needed=await self._needed(command, aggregate, fresh=fresh))
        now = self._clock()
        own = _decide(command, aggregate, before, now)
        if own.after is None or not own.events:  # nothing to do; or it was done before, by this very command
            earlier = await self._asked_before(command, progress.request_hash)
            return earlier or outcome_of(command, aggregate, version, ())
        streams = {command.stream_id: own}
        for policy in self._policies:
            for further in await policy(command, aggregate, before, own.after, own.events):
                await self._decide_further(further, streams, now, fresh=fresh)
                await asyncio.sleep(0)  # an import adds hundreds: others have their turn between them
        for need in aggregate.needs(command):
            if need.at_version is None and need.stream_id not in streams:
                streams[need.stream_id] = _guard(need, self._aggregates.by_type[need.aggregate], command)
        progress.streams |= streams.keys()
        await self._allow(progress, own.events)
        outcome = outcome_of(command, aggregate, own.after.version, own.events)
        completes = aggregate.ended(own.events)
        await self._store.append(
            Append(
                inbox=_inbox(command, aggregate, progress.request_hash, outcome, own.events),
                streams=tuple(streams.values()),
                correlation_id=outcome.correlation_id
                or (completes.correlation_id if completes else command.command_id),
                causation_id=command.command_id,
                completes=completes,
            )
        )
        return outcome

    async def _state(self, command: Command, aggregate: Aggregate, *, fresh: bool) -> Any:
        if fresh:
            return await self._store.load(aggregate, command.stream_id)
        if type(command.body) in aggregate.creates:
            return None  # as a rule; the append's guard knows
        return await self._store.load_cached(aggregate, command.stream_id)

    async def _needed(self, command: Command, aggregate: Aggregate, *, fresh: bool) -> dict[str, Any]:
        """The states of other streams that the decision reads, by name."""
        found: dict[str, Any] = {}
        for need in aggregate.needs(command):
            their = self._aggregates.by_type[need.aggregate]
            if need.at_version is not None or fresh:
                found[need.name] = await self._store.load(their, need.stream_id, need.at_version)
            else:
                found[need.name] = await self._store.load_cached(their, need.stream_id)
        return found

    async def _decide_further(
        self, command: Command, streams: dict[UUID, StreamAppend], now: datetime, *, fresh: bool
    ) -> None:
        """What a policy adds: onto what this append writes to that stream already, if it does."""
        aggregate = self._aggregates.of(command.body)
        known = streams.get(command.stream_id)
        before = known.after if known else await self._state(command, aggregate, fresh=fresh)
        further = _decide(command, aggregate, before, now)
        if known is not None:
            further = replace(further, expected_version=known.expected_version, events=(*known.events, *further.events))
        streams[command.stream_id] = further

    async def _allow(self, progress: _Progress, events: tuple[DomainEvent, ...]) -> None:
        """Count work that begins: at the first attempt that is neither refused nor a repetition, and only there."""
        allowance, user_id = progress.allowance, progress.command.user_id
        if allowance is None or user_id is None or progress.aggregate.begun(events) is None:
            return
        earlier = await self._store.find_command(progress.command.command_id)
        if earlier is not None:
            raise CommandIdTaken
        await allowance(user_id)
        progress.allowance = None

    async def _asked_before(self, command: Command, request_hash: str) -> CommandOutcome | None:
        """The first answer to this very command. Raises CommandIdReused when its id belongs to another one."""
        row = await self._store.find_command(command.command_id)
        if row is None:
            return None
        if row.user_id != command.user_id or row.request_hash != request_hash:
            raise CommandIdReused
        return CommandOutcome.from_stored(row.response)


def _decide(command: Command, aggregate: Aggregate, before: Any, now: datetime) -> StreamAppend:
    events = aggregate.decide(command, before, now)
    return StreamAppend(
        aggregate=aggregate,
        stream_id=command.stream_id,
        expected_version=before.version if before else 0,
        events=events,
        after=aggregate.fold(command.stream_id, events, before),
    )


def _guard(need: Need, aggregate: Aggregate, command: Command) -> StreamAppend:
    state = command.needed[need.name]
    return StreamAppend(aggregate, need.stream_id, state.version if state else 0, (), state)


def _may_know(command: Command, aggregate: Aggregate, state: Any) -> bool:
    """Whether the version may be told: somebody else's stream is one that does not exist."""
    if state is None:
        return type(command.body) in aggregate.creates
    return command.user_id in (None, aggregate.owner(state))


def _inbox(
    command: Command,
    aggregate: Aggregate,
    request_hash: str,
    outcome: CommandOutcome,
    events: tuple[DomainEvent, ...],
) -> tuple[InboxRow, ...]:
    """The command's own row, and one for the work it starts when that is not what the command itself means."""
    work = aggregate.begun(events)
    own = work is not None and outcome.status is CommandStatus.PROCESSING
    row = InboxRow(
        command_id=command.command_id,
        session_id=command.stream_id,
        user_id=command.user_id,
        command_type=command.body.command_type,
        request_hash=request_hash,
        status=outcome.status,
        response=outcome.stored(),
        correlation_id=outcome.correlation_id if own else None,
        deadline_at=work.deadline_at if work and own else None,
    )
    if work is None or own:
        return (row,)
    started = InboxRow(
        command_id=work.command_id,
        session_id=command.stream_id,
        user_id=command.user_id,
        command_type=work.command_type,
        request_hash="",  # no request has this hash: a command that comes with this id gets CommandIdReused
        status=CommandStatus.PROCESSING,
        response={},
        correlation_id=work.correlation_id,
        deadline_at=work.deadline_at,
    )
    return (row, started)


async def _tell(hints: Hints | None) -> None:
    if hints is not None:
        with suppress(Exception):  # the command is done: a hint that fails only makes its readers slower
            await hints.publish(LOG)

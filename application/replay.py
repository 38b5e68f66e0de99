"""Looks back: shows a stream as it was at a version or at a time, folded from the log. Writes nothing, asks no AI."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from application.moments import Moment
from application.ports import Clock
from domain.aggregate import DomainEvent

_INLINE = 100
"""Events that are folded in less time than a thread costs; longer streams are folded beside the event loop."""


class NoSuchMoment(Exception):
    """The stream was not there then, or never came so far. The message is a sentence for whoever asked."""


class NoSuchStream(NoSuchMoment):
    """The log holds no event of this stream."""


class LogDamaged(Exception):
    """What is asked for lies behind an event that is missing or cannot be read. The message is a sentence."""


class Recorded(Protocol):
    """An event with its version in the stream."""

    @property
    def version(self) -> int: ...

    @property
    def event(self) -> DomainEvent: ...


E = TypeVar("E", bound=Recorded)
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Past(Generic[E]):
    """A stream's events from the first on, as far as they can be read. `head`: its last version, 0 for no stream.

    broken: why what follows cannot be read (EventTooNew or LogDamaged); None when nothing is wrong.
    """

    events: Sequence[E]
    head: int
    broken: Exception | None = None


class History(Protocol[E]):
    async def read(self, stream_id: UUID, until: int | None = None) -> Past[E]:
        """The stream up to version `until`; all of it if none is given. May raise StoreUnavailable."""


@dataclass(frozen=True, slots=True)
class Shown(Generic[S]):
    """What was shown at the time `at`, when the stream was at `version`; `recorded_at` is its last event's time."""

    version: int
    at: datetime
    recorded_at: datetime
    state: S


class Replay(Generic[E, S]):
    """Shows any moment of the streams of one kind. `show`: (events, time) -> what was shown of them at that time."""

    def __init__(self, history: History[E], show: Callable[[Sequence[E], datetime], S], clock: Clock) -> None:
        self._history = history
        self._show = show
        self._clock = clock

    async def at(self, stream_id: UUID, moment: Moment) -> Shown[S]:
        """The stream at one moment.

        A version is shown as of its own event's time, a time as of itself; a time that has not come yet is now. An
        event counts from its own time on, the one that the history shows.
        Raises NoSuchStream, NoSuchMoment, LogDamaged, EventTooNew; behind what is asked for, the log may be damaged.
        """
        (shown,) = await self.at_each(stream_id, (moment,))
        return shown

    async def at_each(self, stream_id: UUID, moments: Sequence[Moment]) -> tuple[Shown[S], ...]:
        """Several moments of one stream, the log read once. Raises as `at` does."""
        versions = [moment.version for moment in moments if moment.version is not None]
        past = await self._history.read(stream_id, max(versions) if len(versions) == len(moments) else None)
        if past.head == 0:
            raise NoSuchStream
        asked = [self._found(past, moment) for moment in moments]
        if len(past.events) <= _INLINE:
            return tuple(self._shown(past, version, at) for version, at in asked)
        return tuple([await asyncio.to_thread(self._shown, past, version, at) for version, at in asked])

    def _found(self, past: Past[E], moment: Moment) -> tuple[int, datetime]:
        """(version, the time as of which it is shown)."""
        if moment.version is not None:
            return _at_version(past, moment.version)
        now = self._clock()
        return _at_time(past, now if moment.at is None else min(moment.at, now))

    def _shown(self, past: Past[E], version: int, at: datetime) -> Shown[S]:
        events = past.events[:version]
        try:
            state = self._show(events, at)
        except Exception as error:
            raise LogDamaged("An event of this stream does not follow from those before it.") from error
        return Shown(version, at, events[-1].event.occurred_at, state)


def _at_version(past: Past[E], version: int) -> tuple[int, datetime]:
    if not 1 <= version <= past.head:
        raise NoSuchMoment(f"There is no version {version}: the last one is {past.head}, the first one 1.")
    if version > len(past.events):
        assert past.broken is not None
        raise past.broken
    return version, past.events[version - 1].event.occurred_at


def _at_time(past: Past[E], at: datetime) -> tuple[int, datetime]:
    later = next((index for index, one in enumerate(past.events) if one.event.occurred_at > at), None)
    if later is None and past.broken is not None:
        raise past.broken
    if later == 0:
        first = past.events[0].event.occurred_at
        raise NoSuchMoment(f"Nothing had begun at {at.isoformat()}: the first event is of {first.isoformat()}.")
    return len(past.events) if later is None else later, at

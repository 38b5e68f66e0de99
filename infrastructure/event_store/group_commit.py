"""Commits in groups: appends that are asked for while others are being written share the next statement."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from psycopg.errors import DeadlockDetected, UniqueViolation

from infrastructure.event_store.append import AppendRows

LARGEST = 64
"""Appends in one statement: more would make the first of them wait for the last."""

AT_ONCE = 2
"""Statements under way at once: one is written while the next waits for its flush. More cost more than they hide."""

LINGER = 0.02
"""Seconds that a connection is kept for the next appends: to fetch one takes as long as to send a statement."""


class Line(Protocol):
    """A connection, to write appends with."""

    def usable(self) -> bool:
        """Whether the server has not ended it, as far as can be seen without asking."""

    async def write(self, appends: Sequence[AppendRows]) -> set[UUID]:
        """Write with one statement; the ids of the events that it has written."""


Lines = Callable[[], AbstractAsyncContextManager[Line]]
"""Lends a line."""


@dataclass(slots=True)
class _Asked:
    rows: AppendRows
    claims: frozenset[str]
    written: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class GroupCommit:
    """For the tasks of one event loop. Nobody waits for company: an append that comes alone is written alone."""

    def __init__(self, lines: Lines, *, largest: int = LARGEST, at_once: int = AT_ONCE) -> None:
        self._lines = lines
        self._largest = largest
        self._at_once = at_once
        self._asked: deque[_Asked] = deque()
        self._working = self._writing = 0
        self._idle: list[asyncio.Future[None]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def append(self, rows: AppendRows) -> bool:
        """Whether it was written; False when one of its streams has moved, or its work has ended.

        Who is cancelled does not know: it may have been written. Raises what the statement raises for this append.
        """
        asked = _Asked(rows, frozenset([*(stream.stream_id for stream in rows.streams), _command(rows)]))
        self._asked.append(asked)
        if self._idle:
            _wake(self._idle.pop())
        elif self._working < self._at_once:
            self._working += 1
            task = asyncio.get_running_loop().create_task(self._write_all())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await asked.written

    async def _write_all(self) -> None:
        try:
            while group := self._next_group():
                try:
                    async with self._lines() as line:
                        group = await self._write_with(line, group)
                except BaseException as error:
                    _fail(group, error)
                    if not isinstance(error, Exception):
                        raise
                else:
                    self._asked.extendleft(reversed(group))
        finally:
            # in the same turn in which nothing was found: who asks later finds that nobody works, and begins anew
            self._working -= 1

    async def _write_with(self, line: Line, group: list[_Asked]) -> list[_Asked]:
        """Write as long as there is something to write, and the line lasts; the group that it has not lasted for."""
        while group and line.usable():
            self._writing += 1
            try:
                lasts = await self._write_group(line, group)
            finally:
                self._writing -= 1
            if not lasts:
                return []
            group = self._next_group() or await self._next_group_soon()
        return group

    async def _next_group_soon(self) -> list[_Asked]:
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[None] = loop.create_future()
        self._idle.append(asked)
        timer = loop.call_later(LINGER, _wake, asked)
        try:
            await asked
        finally:
            timer.cancel()
            if asked in self._idle:
                self._idle.remove(asked)
        return self._next_group()

    def _next_group(self) -> list[_Asked]:
        """The oldest, and those after it that share neither a stream nor a command with one before them.

        What waits is shared out among the statements that may still begin, so that these run side by side.
        """
        share = min(self._largest, -(-len(self._asked) // (self._at_once - self._writing)))
        group: list[_Asked] = []
        claimed: set[str] = set()
        left: deque[_Asked] = deque()
        while self._asked and len(group) < share:
            asked = self._asked.popleft()
            if asked.written.done():  # cancelled
                continue
            if claimed.isdisjoint(asked.claims):
                group.append(asked)
            else:
                left.append(asked)
            claimed |= asked.claims
        self._asked.extendleft(reversed(left))
        return group

    async def _write_group(self, line: Line, group: Sequence[_Asked]) -> bool:
        """Whether the line may be used again."""
        try:
            events = await line.write([asked.rows for asked in group])
        except (UniqueViolation, DeadlockDetected) as error:
            if len(group) == 1:
                _fail(group, error)
                return True
            # one conflict must not fail its neighbours
            return all([await self._write_group(line, [asked]) for asked in group])
        except BaseException as error:
            _fail(group, error)
            if not isinstance(error, Exception):
                raise
            return False
        for asked in group:
            if not asked.written.done():
                asked.written.set_result(asked.rows.first_event() in events)
        return True


def _command(rows: AppendRows) -> str:
    return f"command {rows.inbox[0].command_id}"


def _fail(group: Sequence[_Asked], error: BaseException) -> None:
    for asked in group:
        if asked.written.done():
            continue
        if isinstance(error, Exception):
            asked.written.set_exception(error)
        else:
            asked.written.cancel()


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)

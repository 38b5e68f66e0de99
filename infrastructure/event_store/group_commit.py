"""Commits in groups: appends that are asked for while others are being written share the next statement."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from psycopg.errors import DeadlockDetected, UniqueViolation

from infrastructure.event_store.append import AppendRows

LARGEST = 64
"""Appends in one statement: more would make the first of them wait for the last."""

AT_ONCE = 2
"""Statements under way at once: one is written while the next waits for its flush. More cost more than they hide."""

Write = Callable[[Sequence[AppendRows]], Awaitable[set[UUID]]]
"""Writes appends with one statement; the ids of the events that it has written."""


@dataclass(slots=True)
class _Asked:
    rows: AppendRows
    claims: frozenset[str]
    written: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class GroupCommit:
    """For the tasks of one event loop. Nobody waits for company: an append that comes alone is written alone."""

    def __init__(self, write: Write, *, largest: int = LARGEST, at_once: int = AT_ONCE) -> None:
        self._write = write
        self._largest = largest
        self._at_once = at_once
        self._asked: deque[_Asked] = deque()
        self._working = self._writing = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def append(self, rows: AppendRows) -> bool:
        """Whether it was written; False when one of its streams has moved, or its work has ended.

        Who is cancelled does not know: it may have been written. Raises what the statement raises for this append.
        """
        asked = _Asked(rows, frozenset([*(stream.stream_id for stream in rows.streams), _command(rows)]))
        self._asked.append(asked)
        if self._working < self._at_once:
            self._working += 1
            task = asyncio.get_running_loop().create_task(self._write_all())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await asked.written

    async def _write_all(self) -> None:
        try:
            while group := self._next_group():
                self._writing += 1
                try:
                    await self._write_group(group)
                finally:
                    self._writing -= 1
        finally:
            # in the same turn in which nothing was found: who asks later finds that nobody works, and begins anew
            self._working -= 1

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

    async def _write_group(self, group: Sequence[_Asked]) -> None:
        try:
            events = await self._write([asked.rows for asked in group])
        except (UniqueViolation, DeadlockDetected) as error:
            if len(group) == 1:
                _fail(group, error)
                return
            for asked in group:  # one conflict must not fail its neighbours
                await self._write_group([asked])
        except BaseException as error:
            _fail(group, error)
            if not isinstance(error, Exception):
                raise
        else:
            for asked in group:
                if not asked.written.done():
                    asked.written.set_result(asked.rows.first_event() in events)


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

"""Shows drafts while a writer writes: published to who watches, stored in async_tasks for who comes later."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar

import orjson
import structlog
from genesis_types.text import clean
from pydantic import JsonValue

from application.wakeups import DRAFTS
from application.writers import WriterError
from flows.workflow.context import Services
from infrastructure.concurrency.cancellation import end
from infrastructure.work.task_store import Claimed, Task, TaskProgress

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 0.5
PUBLISH_SECONDS = 0.1
PUBLISH_BYTES_PER_SECOND = 200_000
"""Each published draft is whole, so large ones come less often."""

CRASHED = "Something went wrong while writing. Everything you confirmed is safe; try again."


class WorkEnded(Exception):
    """The work has ended without us: cancelled, out of time, or another worker's by now."""


class Growing(Protocol):
    """What a writer shows before its end."""

    @property
    def percent(self) -> float: ...
    @property
    def phase(self) -> str: ...
    @property
    def message(self) -> str: ...


D = TypeVar("D", bound=Growing)
Kept = TypeVar("Kept")
End = TypeVar("End")
T = TypeVar("T")


class DraftStream(Generic[D]):
    """The drafts of one work. `seq` rises over retries and over workers, and `percent` never falls.

    `content`: a draft as it is shown, as JSON that can be kept.
    """

    def __init__(
        self, given: Services, task: Task, claimed: Claimed, content: Callable[[D], dict[str, JsonValue]]
    ) -> None:
        self._given = given
        self._task = task
        self._content = content
        self._seq = claimed.draft_seq
        self._percent = claimed.progress
        self._latest: D | None = None
        self._flushed_seq = self._seq
        self._published_seq = self._seq
        self._publish_after = 0.0

    async def follow(
        self,
        writing: AsyncIterator[D | Kept | End],
        kept: type[Kept],
        end_of: type[End],
        keep: Callable[[Kept], Awaitable[None]],
    ) -> End:
        """Show drafts until the writer's end. Raises WriterError; WorkEnded, having stopped the writer.

        `keep` stores what is `kept` as it comes, before anything more is asked for; it may raise both.
        """
        self._latest = None
        return await self.while_wanted(self._consume(writing, kept, end_of, keep))

    async def while_wanted(self, doing: Coroutine[Any, Any, T]) -> T:
        """What `doing` gives; meanwhile the lease is kept. Raises WorkEnded as soon as nobody wants it, having stopped
        it."""
        working, watching = asyncio.create_task(doing), asyncio.create_task(self._watch())
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()  # raises WorkEnded, or what the database had to say
            return await working
        finally:
            await end(working, watching)

    async def _consume(
        self,
        writing: AsyncIterator[Any],
        kept: type[Kept],
        end_of: type[End],
        keep: Callable[[Kept], Awaitable[None]],
    ) -> End:
        try:
            async for item in writing:
                if isinstance(item, end_of):
                    return item
                if isinstance(item, kept):
                    await keep(item)
                    continue
                draft: D = item
                self._latest = draft
                self._percent = max(self._percent, draft.percent)
                self._seq += 1
                if time.monotonic() >= self._publish_after:
                    await self._publish()
        except (WriterError, WorkEnded):
            raise
        except Exception as error:
            log.exception("writer_crashed", correlation_id=str(self._task.correlation_id))
            raise WriterError("WRITER_CRASHED", CRASHED, retryable=True) from error
        raise WriterError("EMPTY", CRASHED, retryable=True)

    async def _watch(self) -> None:
        """Store what is new, keep the lease, and notice when the work is not wanted any more."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            latest = self._latest
            if latest is not None and self._published_seq < self._seq:
                await self._publish()
            if not await self._given.tasks.flush(self._task.correlation_id, self._given.owner, self._progress(latest)):
                raise WorkEnded
            self._flushed_seq = self._seq

    async def pause(self, seconds: float, message: str) -> None:
        """Wait before a retry. Raises WorkEnded as soon as nobody wants it any more."""
        await self._hint("retrying", message, None)
        await self.while_wanted(asyncio.sleep(seconds))

    def _progress(self, latest: D | None) -> TaskProgress:
        if latest is None:
            return TaskProgress(self._percent, "starting", "", None, self._seq)
        new = self._flushed_seq < self._seq
        return TaskProgress(
            self._percent, latest.phase, clean(latest.message), self._content(latest) if new else None, self._seq
        )

    async def _publish(self) -> None:
        latest = self._latest
        assert latest is not None
        content = self._content(latest)
        self._published_seq = self._seq
        pause = max(PUBLISH_SECONDS, len(orjson.dumps(content)) / PUBLISH_BYTES_PER_SECOND)
        self._publish_after = time.monotonic() + pause
        await self._hint(latest.phase, clean(latest.message), content)

    async def _hint(self, phase: str, message: str, content: JsonValue) -> None:
        await self._given.hints.publish(
            DRAFTS,
            {
                "session_id": str(self._task.stream_id),
                "user_id": str(self._task.user_id),
                "correlation_id": str(self._task.correlation_id),
                "seq": self._seq,
                "offset": 0,
                "phase": phase,
                "percent": self._percent,
                "message": message,
                "content": content,
            },
        )

"""Shows drafts while a writer writes: published to who watches, stored in async_tasks for who comes later."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import orjson
import structlog
from genesis_types.text import clean
from pydantic import JsonValue

from application.wakeups import DRAFTS
from application.writers import Draft, PartsCame, Proposed, WriterError
from domain.genesis.events import GenerationRequested
from domain.genesis.session import Session
from flows.workflow.context import Services
from infrastructure.concurrency.cancellation import end
from infrastructure.work.task_store import TaskProgress

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 0.5
PUBLISH_SECONDS = 0.1
PUBLISH_BYTES_PER_SECOND = 200_000
"""Each published draft is whole, so large ones come less often."""

CRASHED = "Something went wrong while writing. Everything you confirmed is safe; try again."


class WorkEnded(Exception):
    """The work has ended without us: cancelled, out of time, or another worker's by now."""


class DraftStream:
    """The drafts of one generation. `seq` rises over retries and over workers, and `percent` never falls."""

    def __init__(
        self, given: Services, session: Session, work: GenerationRequested, seq: int, percent: float = 0
    ) -> None:
        self._given = given
        self._session = session
        self._work = work
        self._seq = seq
        self._percent = percent
        self._latest: Draft | None = None
        self._flushed_seq = seq
        self._published_seq = seq
        self._publish_after = 0.0

    async def follow(
        self, writing: AsyncIterator[Draft | PartsCame | Proposed], keep: Callable[[PartsCame], Awaitable[None]]
    ) -> Proposed:
        """Show drafts until the writer's end. Raises WriterError; WorkEnded, having stopped the writer.

        `keep` stores parts as they come, before anything more is asked for; it may raise WorkEnded.
        """
        self._latest = None
        consuming = asyncio.create_task(self._consume(writing, keep))
        watching = asyncio.create_task(self._watch())
        try:
            await asyncio.wait({consuming, watching}, return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()  # raises WorkEnded, or what the database had to say
            return await consuming
        finally:
            await end(consuming, watching)

    async def _consume(
        self, writing: AsyncIterator[Draft | PartsCame | Proposed], keep: Callable[[PartsCame], Awaitable[None]]
    ) -> Proposed:
        try:
            async for item in writing:
                if isinstance(item, Proposed):
                    return item
                if isinstance(item, PartsCame):
                    await keep(item)
                    continue
                self._latest = item
                self._percent = max(self._percent, item.percent)
                self._seq += 1
                if time.monotonic() >= self._publish_after:
                    await self._publish()
        except (WriterError, WorkEnded):
            raise
        except Exception as error:
            log.exception("writer_crashed", correlation_id=str(self._work.correlation_id))
            raise WriterError("WRITER_CRASHED", CRASHED, retryable=True) from error
        raise WriterError("EMPTY", CRASHED, retryable=True)

    async def _watch(self) -> None:
        """Store what is new, keep the lease, and notice when the work is not wanted any more."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            latest = self._latest
            if latest is not None and self._published_seq < self._seq:
                await self._publish()
            if not await self._given.tasks.flush(self._work.correlation_id, self._given.owner, self._progress(latest)):
                raise WorkEnded
            self._flushed_seq = self._seq

    async def pause(self, seconds: float, message: str) -> None:
        """Wait before a retry. Raises WorkEnded as soon as nobody wants it any more."""
        await self._hint("retrying", message, None)
        watching = asyncio.create_task(self._watch())
        try:
            done, _ = await asyncio.wait({watching}, timeout=seconds)
            if done:
                watching.result()
        finally:
            await end(watching)

    def _progress(self, latest: Draft | None) -> TaskProgress:
        if latest is None:
            return TaskProgress(self._percent, "starting", "", None, self._seq)
        new = self._flushed_seq < self._seq
        return TaskProgress(
            self._percent, latest.phase, clean(latest.message), _content(latest) if new else None, self._seq
        )

    async def _publish(self) -> None:
        latest = self._latest
        assert latest is not None
        content = _content(latest)
        self._published_seq = self._seq
        pause = max(PUBLISH_SECONDS, len(orjson.dumps(content)) / PUBLISH_BYTES_PER_SECOND)
        self._publish_after = time.monotonic() + pause
        await self._hint(latest.phase, clean(latest.message), content)

    async def _hint(self, phase: str, message: str, content: JsonValue) -> None:
        await self._given.hints.publish(
            DRAFTS,
            {
                "session_id": str(self._session.session_id),
                "user_id": str(self._session.user_id),
                "correlation_id": str(self._work.correlation_id),
                "seq": self._seq,
                "offset": 0,
                "phase": phase,
                "percent": self._percent,
                "message": message,
                "content": content,
            },
        )


def _content(draft: Draft) -> dict[str, JsonValue]:
    """As it is shown: the contents, which attempt they are of, and text that has no place in them yet."""
    content: dict[str, JsonValue] = {"contents": clean(list(draft.contents))}
    if draft.attempt is not None:
        content["attempt"] = {"number": draft.attempt.number, "of": draft.attempt.of, "why": draft.attempt.why}
    if draft.raw:
        content["raw"] = clean(draft.raw)
    return content

"""Writes chapters with the model that an account has chosen, and with the next in line where that cannot be used.

Scenes that one has written stay: the next goes on after them.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Protocol
from uuid import UUID

import structlog

from application.chapter_writers import ChapterRequest, ChapterWriter, ChapterWritten, SceneDraft, SceneWritten
from application.usage_total import UsageTotal
from application.writers import Sent, WriterError
from infrastructure.secret_box import CannotDecrypt
from infrastructure.settings import Settings
from infrastructure.writers.connections.addresses import AddressRule
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import ENVIRONMENT, MUSE, Other, Stored, has_environment
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.causes import is_known, sentence
from infrastructure.writers.model.targets import Target
from infrastructure.writers.model.wording import failed_model_note, failed_next_note, instead_note

log = structlog.get_logger(__name__)

_NO_SESSION = UUID(int=0)
_NOT_THE_MODELS_FAULT = frozenset({"CONTENT_FILTERED", "REFUSED"})
Items = AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]


class BoundedChapters(Protocol):
    """A writer that can be told how often it may ask for a scene, and whether it may wait."""

    def write_chapter(self, request: ChapterRequest, *, most: int = ..., patient: bool = ...) -> Items: ...


class MakesChapterWriters(Protocol):
    """Sets up writers, for models that are stored and for the settings'. Raises WriterError."""

    def stored(self, target: Target) -> BoundedChapters: ...

    def environment(self) -> BoundedChapters: ...


class ChosenChapters:
    """The port over all of an account's models. `muse` writes where there is none, or where it is asked for."""

    def __init__(
        self,
        settings: Settings,
        connections: ModelConnections,
        make: MakesChapterWriters,
        muse: ChapterWriter,
        paid: Paid | None = None,
    ) -> None:
        assert paid is not None or not settings.credits, "what is paid for has a price"
        self._settings = settings
        self._connections = connections
        self._make = make
        self._muse = muse
        self._paid = paid
        self._rule = AddressRule(settings, connections)

    async def write_chapter(self, request: ChapterRequest) -> Items:
        line = await self._line(request)
        if line == (MUSE,):
            async for item in self._muse.write_chapter(request):
                yield item
            return
        notes: list[str] = []
        failed: list[WriterError] = []
        left = REQUESTS
        for index, one in enumerate(line):
            more = index + 1 < len(line) and left > 1
            try:
                async for item in self._asked(one, request, most=left - 1 if more else left, patient=not more):
                    if isinstance(item, SceneWritten):
                        request = replace(request, kept=(*request.kept, item.scene))
                        yield _with(item, failed)
                        left, failed = REQUESTS, []
                    elif isinstance(item, ChapterWritten):
                        yield replace(item, notes=(*notes, *item.notes))
                    else:
                        yield item
                return
            except WriterError as error:
                problem = self._told(one, error)
            failed.append(problem)
            left -= problem.tries
            if not more or left < 1 or problem.code in _NOT_THE_MODELS_FAULT:
                break
            log.info("model_not_used", code=problem.code, correlation_id=str(request.correlation_id))
            name, following = _name(one, self._settings), _name(line[index + 1], self._settings)
            notes.append(instead_note(request.book.language, name, problem.code, following))
        raise _of_all(failed)

    async def _line(self, request: ChapterRequest) -> tuple[Stored | Other, ...]:
        if request.writer == MUSE:
            return (MUSE,)
        environment = has_environment(self._settings)
        return await self._connections.line(request.user_id, _NO_SESSION, environment=environment)

    async def _asked(self, one: Stored | Other, request: ChapterRequest, *, most: int, patient: bool) -> Items:
        if self._paid is not None and (code := await self._paid.why_not_chapter(one, request)) is not None:
            raise _free(code)
        writer = await self._writer(one)
        async for item in writer.write_chapter(request, most=most, patient=patient):
            yield item

    async def _writer(self, one: Stored | Other) -> BoundedChapters:
        """Raises WriterError, which has cost no request."""
        try:
            if not isinstance(one, Stored):
                assert one == ENVIRONMENT
                return self._make.environment()
            if not await self._rule.allows(one):
                raise _free("ADDRESS_NOT_ALLOWED")
            key = self._connections.box.decrypt(one.id, one.secret) if one.secret else None
            # in a thread: a provider's library takes seconds to import, and leases have to be renewed meanwhile
            return await asyncio.to_thread(self._make.stored, one.target(self._settings, key))
        except CannotDecrypt:
            raise _free("KEY_UNREADABLE") from None
        except WriterError as error:
            error.tries = 0
            raise

    def _told(self, one: Stored | Other, error: WriterError) -> WriterError:
        """The same, in words that fit where the model comes from."""
        if not isinstance(one, Stored) or not is_known(error.code):
            return error
        whose = failed_model_note(one.name)
        told = WriterError(error.code, f"{whose} {sentence(error.code, stored=True)}", retryable=error.retryable)
        told.notes = (whose,)
        told.spent, told.sent, told.tries = error.spent, error.sent, error.tries
        told.label = f"connection:{one.source.name}"
        return told


def _with(item: SceneWritten, failed: list[WriterError]) -> SceneWritten:
    """A scene with what others have used in vain for it, and were asked."""
    used, asked = UsageTotal.nothing(), None
    texts: dict[str, str] = {}
    for problem in failed:
        used = used.plus(problem.spent)
        if problem.sent is not None:
            asked, texts = problem.sent.asked.after(asked), {**texts, **problem.sent.texts}
    if not failed:
        return item
    return replace(
        item,
        spent=used.plus(item.spent).spent,
        asked=item.asked.after(asked) if item.asked is not None else asked,
        texts={**texts, **item.texts},
    )


def _of_all(failed: list[WriterError]) -> WriterError:
    """The first one's failure, with what all of them have used."""
    first = failed[0]
    if len(failed) == 1:
        return first
    problem = WriterError(first.code, f"{first.message} {failed_next_note()}", retryable=False)
    problem.notes = (*first.notes, failed_next_note())
    used, asked = UsageTotal.nothing(), None
    texts: dict[str, str] = {}
    for one in failed:
        used = used.plus(one.spent)
        if one.sent is not None:
            asked, texts = one.sent.asked.after(asked), {**texts, **one.sent.texts}
    problem.spent = used.spent if used.usage else None
    if asked is not None and first.sent is not None:
        problem.sent = Sent(first.sent.model, first.sent.prompt_version, asked, texts)
    problem.tries, problem.label = sum(one.tries for one in failed), first.label
    return problem


def _name(one: Stored | Other, settings: Settings) -> str:
    return one.name if isinstance(one, Stored) else settings.model.strip()


def _free(code: str) -> WriterError:
    problem = WriterError(code, sentence(code, stored=True), retryable=False)
    problem.tries = 0
    return problem

"""Asks the models of an account for something that comes in pieces, the next in line where one cannot be used.

Pieces that one has written stay: the next goes on after them.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar, Generic, Protocol, TypeVar
from uuid import UUID

import structlog

from application.usage_total import UsageTotal
from application.writers import Sent, WriterError
from domain.genesis.asked import WriterChoice
from infrastructure.secret_box import CannotDecrypt
from infrastructure.settings import Settings
from infrastructure.writers.connections.addresses import AddressRule
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import ENVIRONMENT, MUSE, Other, Stored, has_environment
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.causes import is_known, sentence
from infrastructure.writers.model.targets import Target
from infrastructure.writers.model.wording import failed_model_note, failed_next_note, instead_note

log = structlog.get_logger(__name__)

_NO_SESSION = UUID(int=0)
_NOT_THE_MODELS_FAULT = frozenset({"CONTENT_FILTERED", "REFUSED"})


class Asked(Protocol):
    """What every request of such work has."""

    @property
    def user_id(self) -> UUID: ...
    @property
    def correlation_id(self) -> UUID: ...
    @property
    def writer(self) -> WriterChoice | None: ...


R = TypeVar("R", bound=Asked)
W = TypeVar("W")
W_co = TypeVar("W_co", covariant=True)


class MakesWriters(Protocol[W_co]):
    """Sets up writers, for models that are stored and for the settings'. Raises WriterError."""

    def stored(self, target: Target) -> W_co: ...

    def environment(self) -> W_co: ...


class InLine(ABC, Generic[R, W]):
    """All of an account's models, one after the other. The muse writes where there is none, or where it is asked for.

    piece, end: what a writer gives beside drafts, dataclasses with `spent` and `notes`, a piece with what was asked.
    """

    piece: ClassVar[type[Any]]
    end: ClassVar[type[Any]]

    def __init__(self, settings: Settings, connections: ModelConnections, make: MakesWriters[W]) -> None:
        self._settings = settings
        self._connections = connections
        self._make = make
        self._rule = AddressRule(settings, connections)

    @abstractmethod
    def by_muse(self, request: R) -> AsyncIterator[Any]:
        """What the muse gives."""

    @abstractmethod
    def by(self, writer: W, request: R, *, most: int, patient: bool) -> AsyncIterator[Any]:
        """What a writer gives that may ask `most` times for a piece."""

    @abstractmethod
    async def why_not(self, one: Stored | Other, request: R) -> str | None:
        """The code of what speaks against asking this one, None for nothing."""

    @abstractmethod
    def kept(self, request: R, piece: Any) -> R:
        """The request with a piece more that has come."""

    @abstractmethod
    def language(self, request: R) -> str: ...

    async def asked(self, request: R) -> AsyncIterator[Any]:
        """What comes of the first that can be used. Raises WriterError."""
        line = await self._line(request)
        if line == (MUSE,):
            async for item in self.by_muse(request):
                yield item
            return
        notes: list[str] = []
        failed: list[WriterError] = []
        left = REQUESTS
        for index, one in enumerate(line):
            more = index + 1 < len(line) and left > 1
            try:
                async for item in self._asked(one, request, most=left - 1 if more else left, patient=not more):
                    if isinstance(item, self.piece):
                        request = self.kept(request, item)
                        yield with_failed(item, failed)
                        left, failed = REQUESTS, []
                    elif isinstance(item, self.end):
                        yield replace(item, notes=(*notes, *item.notes))
                    else:
                        yield item
                return
            except WriterError as error:
                problem = _told(one, error)
            failed.append(problem)
            left -= problem.tries
            if not more or left < 1 or problem.code in _NOT_THE_MODELS_FAULT:
                break
            log.info("model_not_used", code=problem.code, correlation_id=str(request.correlation_id))
            name, following = _name(one, self._settings), _name(line[index + 1], self._settings)
            notes.append(instead_note(self.language(request), name, problem.code, following))
        raise of_all(failed)

    async def _line(self, request: R) -> tuple[Stored | Other, ...]:
        if request.writer == MUSE:
            return (MUSE,)
        environment = has_environment(self._settings)
        return await self._connections.line(request.user_id, _NO_SESSION, environment=environment)

    async def _asked(self, one: Stored | Other, request: R, *, most: int, patient: bool) -> AsyncIterator[Any]:
        if (code := await self.why_not(one, request)) is not None:
            raise _free(code)
        writer = await self._writer(one)
        async for item in self.by(writer, request, most=most, patient=patient):
            yield item

    async def _writer(self, one: Stored | Other) -> W:
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


def with_failed(item: Any, failed: list[WriterError]) -> Any:
    """A piece with what others have used in vain for it, and were asked."""
    if not failed:
        return item
    used, asked, texts = _all_of(failed)
    return replace(
        item,
        spent=used.plus(item.spent).spent,
        asked=item.asked.after(asked) if item.asked is not None else asked,
        texts={**texts, **item.texts},
    )


def of_all(failed: list[WriterError]) -> WriterError:
    """The first one's failure, with what all of them have used."""
    first = failed[0]
    if len(failed) == 1:
        return first
    problem = WriterError(first.code, f"{first.message} {failed_next_note()}", retryable=False)
    problem.notes = (*first.notes, failed_next_note())
    used, asked, texts = _all_of(failed)
    problem.spent = used.spent if used.usage else None
    if asked is not None and first.sent is not None:
        problem.sent = Sent(first.sent.model, first.sent.prompt_version, asked, texts)
    problem.tries, problem.label = sum(one.tries for one in failed), first.label
    return problem


def _all_of(failed: list[WriterError]) -> tuple[UsageTotal, Any, Mapping[str, str]]:
    """(used, asked, texts) of all of them together."""
    used, asked = UsageTotal.nothing(), None
    texts: dict[str, str] = {}
    for one in failed:
        used = used.plus(one.spent)
        if one.sent is not None:
            asked, texts = one.sent.asked.after(asked), {**texts, **one.sent.texts}
    return used, asked, texts


def _told(one: Stored | Other, error: WriterError) -> WriterError:
    """The same, in words that fit where the model comes from."""
    if not isinstance(one, Stored) or not is_known(error.code):
        return error
    whose = failed_model_note(one.name)
    told = WriterError(error.code, f"{whose} {sentence(error.code, stored=True)}", retryable=error.retryable)
    told.notes = (whose,)
    told.spent, told.sent, told.tries = error.spent, error.sent, error.tries
    told.label = f"connection:{one.source.name}"
    return told


def _name(one: Stored | Other, settings: Settings) -> str:
    return one.name if isinstance(one, Stored) else settings.model.strip()


def _free(code: str) -> WriterError:
    problem = WriterError(code, sentence(code, stored=True), retryable=False)
    problem.tries = 0
    return problem

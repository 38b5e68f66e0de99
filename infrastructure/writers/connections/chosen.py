"""Writes with the model that a session's writer has chosen, and with the next one in line when that cannot be used.

Who is in line is read for each generation, so that a change counts from the next one on. However many are asked, a
click costs three requests at most.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Protocol

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from application.usage_total import UsageTotal
from application.writers import Draft, PartsCame, Proposed, Sent, Spent, Writer, WriterError, WriterRequest
from domain.genesis.asked import Asked
from infrastructure.secret_box import CannotDecrypt
from infrastructure.settings import Settings
from infrastructure.writers.connections.addresses import AddressRule
from infrastructure.writers.connections.paying import Paid
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import ENVIRONMENT, MUSE, Other, Stored, has_environment
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model import ladder
from infrastructure.writers.model.causes import is_known, sentence
from infrastructure.writers.model.targets import Target
from infrastructure.writers.model.wording import failed_model_note, failed_next_note, instead_note

log = structlog.get_logger(__name__)

_MOST_WRITERS = 32
_NOT_THE_MODELS_FAULT = frozenset({"CONTENT_FILTERED", "REFUSED"})
"""What another model should be asked for only by the writer: the first one would not write it."""


class BoundedWriter(Protocol):
    """A writer that can be told how often it may ask, and whether it may wait."""

    def write(
        self, request: WriterRequest, *, most: int = ..., patient: bool = ...
    ) -> AsyncIterator[Draft | PartsCame | Proposed]: ...


class MakesWriters(Protocol):
    """Sets up writers, for models that are stored and for the settings'. Raises WriterError."""

    def stored(self, target: Target) -> BoundedWriter: ...

    def environment(self) -> BoundedWriter: ...


class ChosenWriter:
    """The writers' port over all of an account's models. `muse` writes where there is none.

    `paid`: with credits on, says who may not be asked, for what was reserved would not cover it.
    """

    def __init__(
        self,
        settings: Settings,
        connections: ModelConnections,
        make: MakesWriters,
        muse: Writer,
        paid: Paid | None = None,
    ) -> None:
        assert paid is not None or not settings.credits, "what is paid for has a price"
        self._settings = settings
        self._connections = connections
        self._make = make
        self._muse = muse
        self._paid = paid
        self._rule = AddressRule(settings, connections)
        self._made: OrderedDict[Target, BoundedWriter] = OrderedDict()

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | PartsCame | Proposed]:
        line = await self._line(request)
        if line == (MUSE,):
            async for item in self._muse.write(request):
                yield item
            return
        before = _Before()
        first: WriterError | None = None
        left = REQUESTS
        for index, one in enumerate(line):
            more = index + 1 < len(line) and left > 1
            try:
                # one request is kept for whoever comes next
                async for item in self._asked(one, request, most=left - 1 if more else left, patient=not more):
                    if isinstance(item, PartsCame):  # whoever comes next goes on with them
                        request = replace(request, kept=item.parts)
                    yield _with(item, before, _label(one))
                return
            except WriterError as error:
                problem = self._told(one, error)
            if len(line) == 1:
                raise problem
            log.info("model_not_used", code=problem.code, correlation_id=str(request.work.correlation_id))
            before.add(problem)
            left -= problem.tries
            first = first or problem
            if not more or left < 1 or problem.code in _NOT_THE_MODELS_FAULT:
                break
            following = _name(line[index + 1], self._settings)
            name = _name(one, self._settings)
            before.notes.append(instead_note(request.premise.language, name, problem.code, following))
        assert first is not None
        raise _of_all(first, before, REQUESTS - left)

    async def _line(self, request: WriterRequest) -> tuple[Stored | Other, ...]:
        environment = has_environment(self._settings)
        if request.user_id is None:
            return (ENVIRONMENT,) if environment else (MUSE,)
        return await self._connections.line(request.user_id, request.session_id, environment=environment)

    async def _asked(
        self, one: Stored | Other, request: WriterRequest, *, most: int, patient: bool
    ) -> AsyncIterator[Draft | PartsCame | Proposed]:
        if self._paid is not None and (code := await self._paid.why_not(one, request)) is not None:
            raise _free(code)
        if not isinstance(one, Stored):
            async for item in self._made_environment().write(request, most=most, patient=patient):
                yield item
            return
        target, writer = await self._writer(one)
        # how many fields are asked for is the connection's profile, whatever is kept here
        kept = ladder.Way.from_json(one.learned, lean=False)
        if kept is not None:
            ladder.remember(target.base_url, target.model, kept)
        try:
            async for item in writer.write(request, most=most, patient=patient):
                if isinstance(item, Proposed):
                    await self._keep_what_was_learnt(one, target)
                yield item
        except WriterError:
            await self._keep_what_was_learnt(one, target)
            raise

    async def _keep_what_was_learnt(self, one: Stored, target: Target) -> None:
        """For whichever process asks next. Without it that one learns it again: no reason to lose a proposal."""
        learnt = ladder.known(target.base_url, target.model)
        if learnt is None or learnt.as_json() == one.learned:
            return
        try:
            await self._connections.learned(one, learnt.as_json())
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("cannot_keep_what_was_learnt", error=type(error).__name__)

    async def _writer(self, one: Stored) -> tuple[Target, BoundedWriter]:
        """Raises WriterError, which has cost no request."""
        if not await self._rule.allows(one):
            raise _free("ADDRESS_NOT_ALLOWED")
        try:
            key = self._connections.box.decrypt(one.id, one.secret) if one.secret else None
        except CannotDecrypt:
            raise _free("KEY_UNREADABLE") from None
        target = one.target(self._settings, key)
        writer = self._made.get(target)
        if writer is None:
            try:
                # in a thread: a provider's library takes seconds to import, and leases have to be renewed meanwhile
                writer = await asyncio.to_thread(self._make.stored, target)
            except WriterError as error:
                raise _free(error.code) from None
        self._made[target] = writer
        self._made.move_to_end(target)
        while len(self._made) > _MOST_WRITERS:
            self._made.popitem(last=False)
        return target, writer

    def _made_environment(self) -> BoundedWriter:
        try:
            return self._make.environment()
        except WriterError as error:
            error.tries = 0
            raise

    def _told(self, one: Stored | Other, error: WriterError) -> WriterError:
        """The same, in words that fit where the model comes from."""
        if not isinstance(one, Stored) or not is_known(error.code):
            return error
        whose = failed_model_note(one.name)
        told = WriterError(error.code, f"{whose} {sentence(error.code, stored=True)}", retryable=error.retryable)
        told.spent, told.sent, told.tries, told.label = error.spent, error.sent, error.tries, _label(one)
        told.notes = (whose,)
        return told


def _label(one: Stored | Other) -> str | None:
    """Bounded, as metrics need it: names that people type are not."""
    return f"connection:{one.source.name}" if isinstance(one, Stored) else None


@dataclass
class _Before:
    """What the models before this one in line have used and were asked, and why each did not write: `notes`."""

    used: UsageTotal = field(default_factory=UsageTotal.nothing)
    asked: Asked | None = None
    texts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, problem: WriterError) -> None:
        self.used = self.used.plus(problem.spent)
        if problem.sent is not None:
            self.asked = problem.sent.asked.after(self.asked)
            self.texts |= problem.sent.texts


def _with(item: Draft | PartsCame | Proposed, before: _Before, label: str | None) -> Draft | PartsCame | Proposed:
    """What comes from another model than the first, with the reason why, and with what the others have used."""
    notes = before.notes
    if isinstance(item, Draft):
        return replace(item, message=" ".join(filter(None, (notes[-1], item.message)))) if notes else item
    if isinstance(item, PartsCame):
        used = before.used.plus(item.spent).spent if notes else item.spent
        return replace(item, spent=used, asked=item.asked.after(before.asked), texts={**before.texts, **item.texts})
    if not notes:
        return replace(item, label=label)
    spent = before.used.plus(Spent(item.usage, item.cost_usd, item.price_source)).spent
    return replace(
        item,
        usage=spent.usage,
        cost_usd=spent.cost_usd,
        price_source=spent.price_source,
        notes=(*notes, *item.notes),
        asked=item.asked.after(before.asked) if item.asked is not None else before.asked,
        texts={**before.texts, **item.texts},
        label=label,
    )


def _of_all(first: WriterError, before: _Before, requests: int) -> WriterError:
    """The first one's failure, and whom else was asked: nobody is asked again, for everybody has been."""
    problem = WriterError(first.code, first.message, retryable=False)
    problem.notes = first.notes
    if before.notes:
        problem.message = f"{first.message} {failed_next_note()}"
        problem.notes = (*first.notes, failed_next_note())
    problem.spent = before.used.spent if before.used.usage else None
    if before.asked is not None and first.sent is not None:
        problem.sent = Sent(first.sent.model, first.sent.prompt_version, before.asked, before.texts)
    problem.tries, problem.label = requests, first.label
    return problem


def _name(one: Stored | Other, settings: Settings) -> str:
    return one.name if isinstance(one, Stored) else settings.model.strip()


def _free(code: str) -> WriterError:
    problem = WriterError(code, sentence(code, stored=True), retryable=False)
    problem.tries = 0
    return problem

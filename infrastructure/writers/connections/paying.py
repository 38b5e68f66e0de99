"""Prices generations by whoever may write them, and lets nobody write who costs more than what was reserved."""

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from pydantic import JsonValue

from application.chapter_writers import ChapterRequest
from application.contents_writers import ContentsRequest
from application.idea_writers import IdeaRequest
from application.ports import EventStore
from application.writers import WriterRequest
from domain.account.account import account_id
from domain.account.aggregate import ACCOUNT
from domain.rejections import Refused
from infrastructure.settings import LONGEST_PAID_ANSWER, Settings
from infrastructure.writers.chapter_estimates import chapter_cost
from infrastructure.writers.connections.store import ModelConnections
from infrastructure.writers.connections.stored import MUSE, Other, Stored, has_environment
from infrastructure.writers.contents_estimates import contents_cost
from infrastructure.writers.idea_estimates import ideas_cost
from infrastructure.writers.model.targets import target_of
from infrastructure.writers.muse.chapters import VERSION as MUSE_OF_CHAPTERS
from infrastructure.writers.muse.contents import VERSION as MUSE_OF_CONTENTS
from infrastructure.writers.muse.ideas import VERSION as MUSE_OF_IDEAS
from infrastructure.writers.muse.writer import VERSION as MUSE_MODEL
from infrastructure.writers.pricing import (
    FlatPricing,
    ModelPricing,
    longest_request,
    make_pricing,
    rounded_up,
)

PRICE_UNKNOWN, PRICE_ROSE = "PRICE_UNKNOWN", "PRICE_ROSE"

_LEEWAY = Decimal("1.25")
"""A note that was given since a generation was asked for makes its prompt a little longer: no reason to stop it."""

R = TypeVar("R", ChapterRequest, ContentsRequest, IdeaRequest)

Reserved = Callable[[UUID, UUID], Awaitable[int]]
"""(whose account, which generation) -> what is held for it, in the smallest unit; 0 for nothing."""


class LinePricing:
    """The most that anybody in a session's line can cost. Unknown prices are refused, or passed over further down.

    Raises OperatorError when the settings name a model whose price nobody knows.
    """

    def __init__(self, settings: Settings, connections: ModelConnections) -> None:
        self._settings = settings
        self._connections = connections
        self._own = make_pricing(settings)
        self._own_model = target_of(settings).model if has_environment(settings) else MUSE_MODEL
        self._muse = FlatPricing(rounded_up(settings.credits_muse_price))

    async def estimate(self, request: WriterRequest) -> int:
        """Raises Refused (PRICE_UNKNOWN) when nobody knows what the first in line costs."""
        if request.work.writer == MUSE or request.user_id is None:
            return self._muse.estimate(request) if request.work.writer == MUSE else self._own.estimate(request)
        line = await self._connections.line(
            request.user_id, request.session_id, environment=has_environment(self._settings)
        )
        longest = longest_request(request)
        costs = [self.most(one, request, longest) for one in line]
        if costs[0] is None and isinstance(line[0], Stored):
            raise price_unknown(line[0])
        return max(cost for cost in costs if cost is not None)

    async def estimate_chapter(self, request: ChapterRequest) -> int:
        """Raises Refused (PRICE_UNKNOWN) when nobody knows what the first in line costs."""
        return await self._estimate(request, self.most_of_chapter)

    async def estimate_contents(self, request: ContentsRequest) -> int:
        """Raises Refused (PRICE_UNKNOWN) when nobody knows what the first in line costs."""
        return await self._estimate(request, self.most_of_contents)

    async def estimate_ideas(self, request: IdeaRequest) -> int:
        """Raises Refused (PRICE_UNKNOWN) when nobody knows what the first in line costs."""
        return await self._estimate(request, self.most_of_ideas)

    async def _estimate(self, request: R, most: Callable[[Stored | Other, R], int | None]) -> int:
        if request.writer == MUSE:
            return self._muse.amount
        # no session's choice: a book is written by whom its author has set up for everything
        line = await self._connections.line(
            request.user_id, request.correlation_id, environment=has_environment(self._settings)
        )
        costs = [most(one, request) for one in line]
        if costs[0] is None and isinstance(line[0], Stored):
            raise price_unknown(line[0])
        return max(cost for cost in costs if cost is not None)

    def most_of_chapter(self, one: Stored | Other, request: ChapterRequest) -> int | None:
        """The most that a draft of it can cost by this one. None: nobody knows."""
        pricing = self.pricing_of(one)
        return chapter_cost(pricing, request)[1] if pricing is not None else None

    def most_of_contents(self, one: Stored | Other, request: ContentsRequest) -> int | None:
        """The most that the rest of the range can cost by this one. None: nobody knows."""
        pricing = self.pricing_of(one)
        return contents_cost(pricing, request)[1] if pricing is not None else None

    def most_of_ideas(self, one: Stored | Other, request: IdeaRequest) -> int | None:
        """The most that the steps which are left can cost by this one. None: nobody knows."""
        pricing = self.pricing_of(one)
        return ideas_cost(pricing, request)[1] if pricing is not None else None

    def charge(self, usage: Mapping[str, JsonValue], cost_usd: float | None, model: str) -> int | None:
        if model in (MUSE_MODEL, MUSE_OF_CHAPTERS, MUSE_OF_CONTENTS, MUSE_OF_IDEAS):
            return self._muse.charge(usage, cost_usd, model)
        if cost_usd is not None:
            return rounded_up(Decimal(str(cost_usd)))
        return self._own.charge(usage, cost_usd, model) if model == self._own_model else None

    def most(self, one: Stored | Other, request: WriterRequest, longest: int) -> int | None:
        """The most that it can cost at `longest` tokens, all attempts and parts included. None: nobody knows."""
        pricing = self.pricing_of(one)
        if isinstance(pricing, FlatPricing):
            return pricing.amount
        return pricing.most(request, longest) if pricing is not None else None

    def pricing_of(self, one: Stored | Other) -> FlatPricing | ModelPricing | None:
        """By what a writer in the line is priced. None: nobody knows."""
        if one == MUSE:
            return self._muse
        return price_of(one, self._settings) if isinstance(one, Stored) else self._own


class Paid:
    """Looks, before a model is asked, whether what was reserved covers it: who writes may have been changed since."""

    def __init__(self, pricing: LinePricing, reserved: Reserved) -> None:
        self._pricing = pricing
        self._reserved = reserved

    async def why_not(self, one: Stored | Other, request: WriterRequest) -> str | None:
        """The code of what speaks against it, None for nothing."""
        most = self._pricing.most(one, request, longest_request(request))
        if most is None:
            return PRICE_UNKNOWN
        if most == 0 or request.user_id is None:
            return None
        return await self._over(request.user_id, request.work.correlation_id, most)

    async def why_not_chapter(self, one: Stored | Other, request: ChapterRequest) -> str | None:
        """The same of a chapter, of which what is left is to be paid."""
        return await self._why_not(request, self._pricing.most_of_chapter(one, request))

    async def why_not_ideas(self, one: Stored | Other, request: IdeaRequest) -> str | None:
        """The same of ideas, of which the steps that are left are to be paid."""
        return await self._why_not(request, self._pricing.most_of_ideas(one, request))

    async def _why_not(self, request: ChapterRequest | IdeaRequest, most: int | None) -> str | None:
        if most is None:
            return PRICE_UNKNOWN
        return await self._over(request.user_id, request.correlation_id, most) if most else None

    async def why_not_contents(self, one: Stored | Other, request: ContentsRequest) -> str | None:
        """The same of contents, of which the chapters that are left are to be paid."""
        most = self._pricing.most_of_contents(one, request)
        if most is None:
            return PRICE_UNKNOWN
        return await self._over(request.user_id, request.correlation_id, most) if most else None

    async def _over(self, user_id: UUID, correlation_id: UUID, most: int) -> str | None:
        held = await self._reserved(user_id, correlation_id)
        return PRICE_ROSE if most > held * _LEEWAY else None


def price_of(one: Stored, settings: Settings) -> ModelPricing | None:
    """What a connection costs: by its own price, else by the table. None: nobody knows."""
    target = one.target(settings, None)
    found = ModelPricing(target, settings.output_tokens or LONGEST_PAID_ANSWER, target.prices, listed=not target.prices)
    return found if found.known else None


def price_unknown(one: Stored) -> Refused:
    return Refused(
        PRICE_UNKNOWN,
        f"Nobody knows what “{one.name}” costs, and proposals are paid with credits here. Enter its prices on the page"
        " Models (0 if it is free), or choose another writer.",
        about=one.name,
    )


def reserved_in(store: EventStore) -> Reserved:
    """What an account holds for a generation, by its log."""

    async def reserved(user_id: UUID, correlation_id: UUID) -> int:
        account = await store.load(ACCOUNT, account_id(user_id))
        held = account.ledger.reservation(correlation_id) if account is not None else None
        return held.amount if held is not None else 0

    return reserved

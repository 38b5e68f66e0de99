"""Reading about chapters: how their prose reads, what a draft would cost, and which of them are stale."""

import asyncio
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import Readers, SignedIn, limited, reading
from api.errors import Problem, documented
from api.routes.genesis import MinVersion, shown
from api.schemas.responses import DraftEstimate
from infrastructure.writers.chapter_prices import ChapterPrices
from infrastructure.writers.stale_chapters import StaleChapters
from projections.account.queries import CreditQueries
from projections.project.prose import ChapterProse, ProseQueries, measured
from projections.project.staleness_views import StaleBook

router = APIRouter(tags=["projects"])

PROJECTS, CHAPTERS, CONTINUITY, CREDITS = "projects", "chapters", "continuity", "credits"
_MILLION = Decimal(1_000_000)

ProseReading = Annotated[Readers, Depends(reading(PROJECTS, CHAPTERS))]
StaleReading = Annotated[Readers, Depends(reading(PROJECTS, CHAPTERS, CONTINUITY))]
PriceReading = Annotated[Readers, Depends(reading(PROJECTS, CREDITS))]


@router.get(
    "/{project_id}/chapters/{chapter_id}/prose",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=ChapterProse,
)
async def get_chapter_prose(
    project_id: UUID,
    chapter_id: UUID,
    *,
    account: SignedIn,
    reading: ProseReading,
    request: Request,
    min_version: MinVersion = 0,
) -> Response:
    """How a chapter reads: places that sound machine-made, and how far it is from the project's style.

    Hints, found by code. Dialogue is exempt, and so is what stands in the style's sample. `min_version` is one of the
    chapter's own.
    """
    if min_version > 0 and not await reading.waits.reached(CHAPTERS, chapter_id, account.id, min_version):
        raise Problem.not_found("chapter")
    queries: ProseQueries = request.app.state.prose

    async def read() -> dict[str, Any] | None:
        return await queries.material(project_id, chapter_id, account.id)

    row = await reading.waits.found(PROJECTS, account.id, read, stream_id=project_id)
    if row is None:
        raise Problem.not_found("chapter")
    return shown(await asyncio.to_thread(measured, row))


@router.get(
    "/{project_id}/chapters/{chapter_id}/estimate",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=DraftEstimate,
)
async def estimate_draft(
    project_id: UUID,
    chapter_id: UUID,
    *,
    account: SignedIn,
    reading: PriceReading,
    request: Request,
    words: Annotated[int | None, Query(ge=100, le=20_000, description="As the plan says, if it is not given.")] = None,
    writer: Annotated[Literal["muse"] | None, Query(description="Null: whoever usually writes.")] = None,
    critique: Annotated[bool, Query(description="With its scenes read by the model itself.")] = False,
) -> Response:
    """What a draft of this chapter would cost, were it asked for now."""
    prices: ChapterPrices = request.app.state.chapter_prices
    credits: CreditQueries = request.app.state.credits
    price = await reading.waits.found(
        PROJECTS,
        account.id,
        lambda: prices.of(project_id, chapter_id, account.id, words, writer, critique=critique),
        stream_id=project_id,
    )
    if price is None:
        raise Problem.not_found("chapter")
    have = await credits.credits(account.id) if prices.paid else None
    return shown(
        DraftEstimate(
            enabled=prices.paid,
            usual_usd=_dollars(price.usual),
            most_usd=_dollars(price.most),
            amount=price.most,
            available=have.available if have is not None else None,
        )
    )


@router.get(
    "/{project_id}/stale",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "RATE_LIMITED"),
    response_model=StaleBook,
    dependencies=[Depends(limited("look_back"))],
)
async def get_stale_chapters(project_id: UUID, account: SignedIn, reading: StaleReading, request: Request) -> Response:
    """Chapters that rest on something that has changed since: of all that was written before this was asked.

    A chapter is stale when an item that its writer was told has changed, and only then. Nothing is overwritten:
    DRAFT_CHAPTER with `anew` proposes it again, ACKNOWLEDGE_CHANGES leaves it as it is.
    """
    for projection in (PROJECTS, CHAPTERS, CONTINUITY):
        await reading.waits.caught_up(projection, account.id)
    stale: StaleChapters = request.app.state.stale_chapters
    view = await reading.waits.found(
        PROJECTS, account.id, lambda: stale.of(project_id, account.id), stream_id=project_id
    )
    return shown(view, "project")


def _dollars(amount: int | None) -> float | None:
    return None if amount is None else float(Decimal(amount) / _MILLION)

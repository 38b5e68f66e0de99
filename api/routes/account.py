"""Reading credits: what I have, what happened to it, and what a generation would cost at most."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from genesis_types.enums import GenesisStage

from api.dependencies import Readers, SignedIn, reading
from api.errors import Problem, documented
from api.routes.genesis import Cursor, Limit, of_session, shown
from api.schemas.responses import Estimate
from domain.account.account import account_id
from infrastructure.writers.estimates import Estimates
from projections.account.queries import CreditQueries, CreditsHistory, CreditsView

router = APIRouter(tags=["credits"])

CREDITS = "credits"


async def _credits(request: Request) -> CreditQueries:
    found: CreditQueries = request.app.state.credits
    return found


async def _estimates(request: Request) -> Estimates:
    found: Estimates = request.app.state.estimates
    return found


CreditsOf = Annotated[CreditQueries, Depends(_credits)]
EstimatesOf = Annotated[Estimates, Depends(_estimates)]
CreditReading = Annotated[Readers, Depends(reading(CREDITS))]
BothReading = Annotated[Readers, Depends(reading("genesis_session", CREDITS))]
MinVersion = Annotated[
    int,
    Query(ge=0, le=2**31 - 1, description="Wait, 5 s at most, until what is read is at this version of the account."),
]


@router.get(
    "/account/credits",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED"),
    response_model=CreditsView,
)
async def get_credits(
    account: SignedIn, reading: CreditReading, found: CreditsOf, min_version: MinVersion = 0
) -> Response:
    """My credits: what is available, what is held for work in progress, what was charged."""
    if min_version > 0:
        await reading.waits.reached(CREDITS, account_id(account.id), account.id, min_version)
    return shown(await found.credits(account.id))


@router.get(
    "/account/credits/history",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED"),
    response_model=CreditsHistory,
)
async def list_credit_history(
    account: SignedIn, _: CreditReading, found: CreditsOf, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """What happened to my credits, the newest first."""
    return shown(await found.history(account.id, version_before(cursor), limit))


@router.get(
    "/genesis/{session_id}/estimate",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "REFUSED"),
    response_model=Estimate,
)
async def estimate_generation(
    *,
    session_id: UUID,
    account: SignedIn,
    reading: BothReading,
    found: CreditsOf,
    estimates: EstimatesOf,
    stage: Annotated[GenesisStage | None, Query(description="The current one, if it is not given.")] = None,
    count: Annotated[int | None, Query(ge=1, le=10)] = None,
    proposal_id: Annotated[UUID | None, Query(description="What feedback would refine.")] = None,
    search: Annotated[bool, Query(description="Of FIND_CONTRADICTIONS, whatever else is given.")] = False,
) -> Response:
    """The most that a generation can cost, and how much of it the model can read, were it asked for now.

    REFUSED: proposals are paid with credits, and nobody knows the price of the model that would be asked.
    """
    foreseen = await of_session(
        reading,
        session_id,
        account.id,
        lambda: estimates.of(session_id, account.id, stage, count, None if search else proposal_id, search=search),
    )
    if foreseen is None:
        raise Problem.not_found()
    told = asdict(foreseen.size) if foreseen.size is not None else {}
    if not estimates.priced:
        return shown(Estimate(enabled=False, amount=0, available=0, charged=0, charged_last=None, **told))
    have = await found.credits(account.id)
    charged, last = await found.charged(account.id, session_id)
    amounts = {"amount": foreseen.amount, "available": have.available, "charged": charged, "charged_last": last}
    return shown(Estimate(enabled=True, **amounts, **told))


def version_before(cursor: str | None) -> int | None:
    """Of a list that is newest first. Raises Problem INVALID_REQUEST."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Problem.invalid("cursor", "This is not a cursor of this list.")
    return int(cursor)

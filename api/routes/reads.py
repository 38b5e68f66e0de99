"""What others read of mine: my audit stream, as the page shows it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.dependencies import Readers, SignedIn, reading
from api.errors import documented
from api.routes.account import version_before
from api.routes.genesis import Cursor, Limit, shown
from projections.audit.queries import AuditQueries, ReadsPage

router = APIRouter(tags=["account"])


async def _reads(request: Request) -> AuditQueries:
    found: AuditQueries = request.app.state.reads
    return found


@router.get("/account/reads", responses=documented("INVALID_REQUEST", "UNAUTHENTICATED"), response_model=ReadsPage)
async def list_account_reads(
    account: SignedIn,
    _: Annotated[Readers, Depends(reading("reads", "genesis_session"))],
    found: Annotated[AuditQueries, Depends(_reads)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """What analysts read of mine, the newest first: who, what and when. It is written down before they see it."""
    return shown(await found.reads(account.id, version_before(cursor), limit))

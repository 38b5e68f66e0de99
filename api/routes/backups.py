"""Reading about backups: where the automatic ones lie, how old the newest is, and why there is none of late."""

import asyncio

from fastapi import APIRouter, Request, Response

from api.dependencies import SignedIn
from api.errors import Problem, documented
from api.schemas.responses import Backups
from infrastructure.backup.rotation import standing
from infrastructure.settings import Settings

router = APIRouter(tags=["account"])


@router.get(
    "/account/backups",
    responses=documented("UNAUTHENTICATED", "NOT_FOUND"),
    response_model=Backups,
)
async def get_backups(request: Request, account: SignedIn) -> Response:
    """The installation's backups; for its owner only."""
    if account.role != "owner":
        raise Problem("NOT_FOUND", "Only the owner sees the backups.")
    settings: Settings = request.app.state.settings
    automatic = settings.embedded and settings.backups == "daily"
    found = await asyncio.to_thread(standing, settings.home, settings.backups_in)
    shown = Backups(
        automatic=automatic,
        folder=str(found.folder),
        count=found.count,
        newest_at=found.newest.made_at if found.newest else None,
        newest_bytes=found.newest.size if found.newest else None,
        failure=found.failure if automatic else None,
    )
    return Response(shown.model_dump_json(), media_type="application/json")

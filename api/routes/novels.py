"""The books that finished sessions became."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import NovelReading, SignedIn
from api.errors import documented
from api.routes.genesis import Cursor, Limit, MinVersion, shown
from projections.genesis.views import Novel, NovelPage

router = APIRouter(tags=["novels"])


@router.get("", responses=documented("INVALID_REQUEST", "UNAUTHENTICATED"), response_model=NovelPage)
async def list_novels(account: SignedIn, reading: NovelReading, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """My novels, newest first."""
    return shown(await reading.queries.novels(account.id, cursor, limit))


@router.get(
    "/{novel_id}",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=Novel,
)
async def get_novel(novel_id: UUID, account: SignedIn, reading: NovelReading, min_version: MinVersion = 0) -> Response:
    """A novel: the confirmed content of every stage. `min_version` is a version of the session it came from."""
    novel = await reading.waits.found("novels", account.id, lambda: reading.queries.novel(novel_id, account.id))
    if novel is not None and novel.version < min_version:
        await reading.waits.reached("novels", novel.session_id, account.id, min_version)
        novel = await reading.queries.novel(novel_id, account.id)
    return shown(novel, "novel")

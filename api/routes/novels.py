"""The books that finished sessions became. The same answers under /novels and /projects, the book pipeline's name."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.dependencies import Reading, SignedIn
from api.errors import documented
from api.routes.genesis import Cursor, Limit, MinVersion, shown
from projections.engine.min_version import wait_for_novel
from projections.genesis.views import Novel, NovelPage

router = APIRouter(tags=["novels"])


@router.get("", responses=documented("INVALID_REQUEST", "UNAUTHENTICATED"), response_model=NovelPage)
async def list_novels(account: SignedIn, reading: Reading, cursor: Cursor = None, limit: Limit = 50) -> Response:
    """My novels, newest first."""
    return shown(await reading.queries.novels(account.id, cursor, limit))


@router.get(
    "/{novel_id}",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=Novel,
)
async def get_novel(novel_id: UUID, account: SignedIn, reading: Reading, min_version: MinVersion = 0) -> Response:
    """A novel: the confirmed content of every stage. `min_version` is a version of the session it came from."""
    await wait_for_novel(reading.queries, reading.changes, novel_id, account.id, min_version, patience=reading.patience)
    return shown(await reading.queries.novel(novel_id, account.id), "novel")

"""Looking for words in a whole book."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from genesis_types.text import CleanText

from api.dependencies import Readers, SignedIn, limited, reading
from api.errors import documented
from api.routes.genesis import shown
from projections.project.queries import ProjectQueries
from projections.project.search import BookSearch, chapters_in, pattern, search

router = APIRouter(tags=["projects"])

PROJECTS, CHAPTERS = "projects", "chapters"

Searching = Annotated[Readers, Depends(reading(PROJECTS, CHAPTERS))]


@router.get(
    "/{project_id}/search",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "RATE_LIMITED"),
    response_model=BookSearch,
    dependencies=[Depends(limited("look_back"))],
)
async def search_book(
    project_id: UUID,
    *,
    account: SignedIn,
    reading: Searching,
    request: Request,
    q: Annotated[str, Query(min_length=1, max_length=200, description="The words, as they are typed."), CleanText],
    case: Annotated[bool, Query(description="Whether capitals matter.")] = False,
    whole: Annotated[bool, Query(description="Whole words only.")] = False,
) -> Response:
    """Every place of these words in the book's chapters: of all that was written before this was asked."""
    queries: ProjectQueries = request.app.state.projects
    for projection in (PROJECTS, CHAPTERS):
        await reading.waits.caught_up(projection, account.id)

    async def read() -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        return await queries.searched(project_id, account.id)

    found = await reading.waits.found(PROJECTS, account.id, read, stream_id=project_id)
    if found is None:
        return shown(None, "project")
    return shown(await asyncio.to_thread(lambda: search(chapters_in(*found), pattern(q, case=case, whole=whole))))

"""Says what a shop would miss in a book before it is downloaded, and shows its cover. From projections only."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import SignedIn, limited
from api.editions import Wanted
from api.errors import Problem, documented
from api.made_files import rendered
from api.routes.genesis import shown
from api.routes.project_export import written_book
from api.routes.projects import Found, ProjectReading
from api.schemas.preflight import Preflight, preflight_view
from infrastructure.exports.books.edition import Edition, Template
from infrastructure.exports.books.preflight import preflight
from infrastructure.exports.books.shops import SHOPS, Shop, edition_for
from projections.project.book import NothingWritten, book, cover_document, empty_chapters

router = APIRouter(tags=["exports"])

_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get(
    "/projects/{project_id}/export/preflight",
    responses=documented(
        *("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "NOTHING_WRITTEN", "RATE_LIMITED", "RENDERING_FAILED")
    ),
    response_model=Preflight,
    dependencies=[Depends(limited("export"))],
)
async def check_book(
    request: Request,
    project_id: UUID,
    account: SignedIn,
    reading: ProjectReading,
    found: Found,
    *,
    wanted: Wanted,
    shop: Annotated[
        Shop, Query(description="Whose demands it is held against; it decides format and purpose.")
    ] = Shop.ANY,
) -> Response:
    """The file is made as it would be downloaded, and what is wrong with it is told, the worst first, with its mend.

    `file` has the query with which the export gives that very file.
    """
    text = await written_book(reading, found, project_id, account.id)
    edition, demands = edition_for(shop, wanted), SHOPS[shop]
    try:
        document = book(text)
    except NothingWritten as error:
        raise Problem("NOTHING_WRITTEN", str(error)) from error
    made = await rendered(request, lambda: document, demands.format, edition)
    faults = preflight(document, empty_chapters(text), made, shop, edition)
    return shown(preflight_view(shop, demands, edition, made, faults))


@router.get(
    "/projects/{project_id}/cover",
    responses=_PICTURE
    | documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "RATE_LIMITED", "RENDERING_FAILED"),
    response_class=Response,
    dependencies=[Depends(limited("export"))],
)
async def show_cover(
    request: Request,
    project_id: UUID,
    account: SignedIn,
    reading: ProjectReading,
    found: Found,
    *,
    template: Annotated[Template, Query(description="standard, modern or academic.")] = Template.STANDARD,
) -> Response:
    """The cover that is made from the title and the author's name, as the EPUB has it: a PNG of 1,562 by 2,500."""
    text = await written_book(reading, found, project_id, account.id)
    made = await rendered(request, lambda: cover_document(text), None, Edition(template, cover=True))
    headers = {"Cache-Control": "private, no-cache"}
    return Response(made.data, headers=headers, media_type="image/png")

"""Downloads the book that is being written, or chapters of it, as a file for readers. From projections only."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import Readers, SignedIn, limited
from api.editions import Wanted
from api.errors import Problem, documented
from api.made_files import ANSWERS, FORMATS, made_file
from api.routes.projects import CHAPTERS, PROJECTS, Found, ProjectReading
from infrastructure.exports.books.formats import BookFormat
from projections.project.book import BookText, NoSuchChapter, NothingWritten, book
from projections.project.queries import ProjectQueries

router = APIRouter(tags=["exports"])


@router.get(
    "/projects/{project_id}/export",
    responses=ANSWERS
    | documented(
        *("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND", "NOTHING_WRITTEN", "RATE_LIMITED", "RENDERING_FAILED"),
        "HEADERS_TOO_LARGE",  # many ids make a long address
    ),
    response_class=Response,
    dependencies=[Depends(limited("export"))],
)
async def download_book(
    request: Request,
    project_id: UUID,
    account: SignedIn,
    reading: ProjectReading,
    found: Found,
    *,
    edition: Wanted,
    format: Annotated[BookFormat, Query(description=FORMATS)] = BookFormat.EPUB,
    chapter: Annotated[
        list[UUID] | None,
        Query(max_length=1_000, description="Only this chapter; as often as needed, in any order."),
    ] = None,
    with_empty: Annotated[bool, Query(description="With the titles of what has no text yet.")] = False,
) -> Response:
    """What is written, in the order of the contents, as one document; the same text gives the same bytes.

    Removed chapters are not in it. Refused (422, NOTHING_WRITTEN) while there is no text. The file bears the time of
    the last event of the project and of its chapters.
    """
    only = frozenset(chapter or ())
    text = await written_book(reading, found, project_id, account.id, only)
    try:
        return await made_file(request, lambda: book(text, only, with_empty=with_empty), format, edition=edition)
    except NoSuchChapter as error:
        raise Problem.not_found("chapter") from error
    except NothingWritten as error:
        raise Problem("NOTHING_WRITTEN", str(error)) from error


async def written_book(
    reading: Readers, found: ProjectQueries, project_id: UUID, user_id: UUID, only: Collection[UUID] = ()
) -> BookText:
    """What was saved before is in it, in the contents as in the chapters. Raises Problem NOT_FOUND."""
    for projection in (PROJECTS, CHAPTERS):
        await reading.waits.caught_up(projection, user_id)
    text = await found.book(project_id, user_id, only)
    if text is None:
        raise Problem.not_found("project")
    return text

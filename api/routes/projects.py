"""Reading projects: the list, a project with its contents, a chapter with its text. From projections only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import Readers, SignedIn, reading
from api.errors import Problem, documented
from api.routes.genesis import Cursor, Limit, MinVersion, shown
from projections.project.continuity_views import ContinuityView
from projections.project.queries import ProjectQueries
from projections.project.views import Chapter, Project, ProjectPage

router = APIRouter(tags=["projects"])

PROJECTS, CHAPTERS, CONTINUITY = "projects", "chapters", "continuity"


async def _queries(request: Request) -> ProjectQueries:
    found: ProjectQueries = request.app.state.projects
    return found


Checking = Annotated[Readers, Depends(reading(PROJECTS, CHAPTERS, CONTINUITY))]
Found = Annotated[ProjectQueries, Depends(_queries)]
ProjectReading = Annotated[Readers, Depends(reading(PROJECTS, CHAPTERS))]


@router.get("", responses=documented("INVALID_REQUEST", "UNAUTHENTICATED"), response_model=ProjectPage)
async def list_projects(
    account: SignedIn, _: ProjectReading, found: Found, cursor: Cursor = None, limit: Limit = 50
) -> Response:
    """The books that I am writing, the last changed first."""
    return shown(await found.projects(account.id, cursor, limit))


# told apart by its form from /projects/commands, which takes POST alone
@router.get(
    "/{project_id:uuid}",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=Project,
)
async def get_project(
    project_id: UUID, account: SignedIn, reading: ProjectReading, found: Found, min_version: MinVersion = 0
) -> Response:
    """A project with its contents in reading order, and what was removed. `min_version` is one of the project's."""
    if min_version > 0:
        await reading.waits.reached(PROJECTS, project_id, account.id, min_version)
    project = await reading.waits.found(
        PROJECTS, account.id, lambda: found.project(project_id, account.id), stream_id=project_id
    )
    return shown(project, "project")


@router.get(
    "/{project_id}/chapters/{chapter_id}",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=Chapter,
)
async def get_chapter(
    project_id: UUID,
    chapter_id: UUID,
    *,
    account: SignedIn,
    reading: ProjectReading,
    found: Found,
    min_version: MinVersion = 0,
) -> Response:
    """A chapter with its text, block by block. `min_version` is one of the chapter's own."""
    if min_version > 0 and not await reading.waits.reached(CHAPTERS, chapter_id, account.id, min_version):
        raise Problem.not_found("chapter")

    async def read() -> Chapter | None:
        return await found.chapter(project_id, chapter_id, account.id)

    async def opened() -> Chapter | None:
        chapter = await read()
        return chapter if chapter is not None and chapter.version else None

    if await reading.waits.found(PROJECTS, account.id, read, stream_id=project_id) is None:
        raise Problem.not_found("chapter")
    # that nothing is written in it is said only when all that was written before can be read
    await reading.waits.found(CHAPTERS, account.id, opened, stream_id=chapter_id)
    return shown(await read(), "chapter")


@router.get(
    "/{project_id}/continuity",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=ContinuityView,
)
async def get_continuity(
    project_id: UUID,
    account: SignedIn,
    reading: Checking,
    found: Found,
    facts: Annotated[bool, Query(description="False: without the facts, only findings and people.")] = True,
) -> Response:
    """What the book states, and where it contradicts itself: of all that was written before this was asked."""
    for projection in (PROJECTS, CONTINUITY):  # plans say who is in the book
        await reading.waits.caught_up(projection, account.id)
    view = await reading.waits.found(
        PROJECTS,
        account.id,
        lambda: found.continuity(project_id, account.id, with_facts=facts),
        stream_id=project_id,
    )
    return shown(view, "project")

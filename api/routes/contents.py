"""A book's contents as a writer proposes them and as code finds them: reading, and the thin name of WRITE_CONTENTS."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from api.dependencies import SignedIn, body_of
from api.errors import documented
from api.routes.commands import IDEMPOTENCY_KEY, give_command
from api.routes.genesis import MinVersion, shown
from api.routes.project_commands import moved
from api.routes.projects import PROJECTS, ProjectReading
from api.schemas.book_responses import ContentsJob
from api.schemas.requests import TOC, WRITE_CONTENTS, parse
from projections.project.contents_queries import ContentsQueries
from projections.project.contents_views import Contents

router = APIRouter(tags=["projects"])


async def _queries(request: Request) -> ContentsQueries:
    found: ContentsQueries = request.app.state.contents
    return found


Found = Annotated[ContentsQueries, Depends(_queries)]


@router.get(
    "/{project_id}/contents",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=Contents,
)
async def get_contents(
    project_id: UUID, account: SignedIn, reading: ProjectReading, found: Found, min_version: MinVersion = 0
) -> Response:
    """What a writer proposes for the contents, what code finds in them, and the curve of tension.

    `min_version` is one of the project's.
    """
    if min_version > 0:
        await reading.waits.reached(PROJECTS, project_id, account.id, min_version)
    contents = await reading.waits.found(
        PROJECTS, account.id, lambda: found.contents(project_id, account.id), stream_id=project_id
    )
    return shown(contents, "project")


@router.post(
    "/{project_id}/toc",
    status_code=202,
    response_model=ContentsJob,
    responses=documented(
        "INVALID_REQUEST",
        "UNAUTHENTICATED",
        "INSUFFICIENT_CREDITS",
        "CROSS_ORIGIN",
        "NOT_FOUND",
        "COMMAND_ACTIVE",
        "TOO_LARGE",
        "REFUSED",
        "RATE_LIMITED",
        "EVENT_TOO_NEW",
    ),
    openapi_extra=IDEMPOTENCY_KEY,
)
async def write_contents(
    request: Request,
    project_id: UUID,
    account: SignedIn,  # noqa: ARG001  (asked for before the body is read)
) -> ContentsJob:
    """WRITE_CONTENTS under the name of its resource: the body is the command's payload."""
    payload = parse(TOC, await body_of(request) or b"{}")
    asked = WRITE_CONTENTS(command_type="WRITE_CONTENTS", project_id=project_id, payload=payload)
    answer = await give_command(request, asked, moved("project"))
    assert answer.correlation_id is not None, "it begins work, or is refused"
    return ContentsJob(
        job_id=answer.correlation_id,
        contents_id=UUID(str(answer.result["contents_id"])),
        project_id=answer.session_id,
        version=answer.version,
    )

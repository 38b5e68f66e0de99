"""Beginning a project from a keyword: asked for once, followed as a job, read as landscape, thesis and concepts."""

from typing import Annotated, Any
from uuid import UUID, uuid5

import orjson
from fastapi import APIRouter, Depends, Request, Response
from genesis_types.enums import CommandStatus

from api.dependencies import Readers, SignedIn, body_of, reading, signed_in
from api.errors import documented
from api.routes.commands import Writing, command_id_of, handled, request_hash
from api.routes.genesis import MinVersion, shown
from api.routes.project_commands import moved, task_location
from api.schemas.book_responses import InitiationAnswer
from api.schemas.initiation import INITIATION
from api.schemas.requests import parse
from application.command_results import new_stream_id
from domain.aggregate import Command
from projections.project.concept_queries import ConceptQueries
from projections.project.concept_views import BookConcepts, Job

router = APIRouter(tags=["projects"])

BOOK_CONCEPTS = "book_concepts"


async def _queries(request: Request) -> ConceptQueries:
    found: ConceptQueries = request.app.state.concepts
    return found


Found = Annotated[ConceptQueries, Depends(_queries)]
ConceptReading = Annotated[Readers, Depends(reading(BOOK_CONCEPTS))]
_ONCE: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The command id, when it is not in the body. Without one the body is what a repetition is "
            "recognised by: the same from the same person is the same project.",
            "schema": {"type": "string", "format": "uuid"},
        }
    ]
}


@router.post(
    "/projects/initiate",
    responses={
        200: {"model": InitiationAnswer, "description": "Made from a finished session."},
        202: {
            "model": InitiationAnswer,
            "description": "Work has begun.",
            "headers": {"Location": {"description": "The job.", "schema": {"type": "string"}}},
        },
        **documented(
            "INVALID_REQUEST",
            "UNAUTHENTICATED",
            "CROSS_ORIGIN",
            "NOT_FOUND",
            "TOO_LARGE",
            "REFUSED",
            "INSUFFICIENT_CREDITS",
            "RATE_LIMITED",
            "EVENT_TOO_NEW",
            "COMMAND_ID_REUSED",
        ),
    },
    response_model=InitiationAnswer,
    openapi_extra=_ONCE,
)
async def initiate_project(request: Request) -> Response:
    """Begin a book from a keyword: a landscape of topics, a thesis, and three to five concepts are made for it.

    The same request from the same person is the same project; a `command_id` of its own makes another.
    """
    account = await signed_in(request)
    write: Writing = request.app.state.writing
    asked = parse(INITIATION, await body_of(request))
    hashed = request_hash(asked)
    command_id = command_id_of(request, asked.command_id) or uuid5(account.id, f"initiate:{hashed}")
    command = Command(command_id, new_stream_id(command_id), account.id, asked.command(), write.limits)
    answer = await handled(write, command, hashed, moved("project"))
    begun = answer.status is CommandStatus.PROCESSING
    said = {
        "project_id": str(answer.session_id),
        "job_id": str(answer.correlation_id) if begun else None,
        "status": answer.status.value,
        "version": answer.version,
    }
    headers = task_location(answer) if begun else {}
    return Response(orjson.dumps(said), 202 if begun else 200, headers, media_type="application/json")


@router.get(
    "/projects/{project_id}/concepts",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=BookConcepts,
)
async def get_concepts(
    project_id: UUID, account: SignedIn, reading: ConceptReading, found: Found, min_version: MinVersion = 0
) -> Response:
    """What came of a project's keyword so far. `min_version` is one of the project's."""
    if min_version > 0:
        await reading.waits.reached(BOOK_CONCEPTS, project_id, account.id, min_version)
    concepts = await reading.waits.found(
        BOOK_CONCEPTS, account.id, lambda: found.concepts(project_id, account.id), stream_id=project_id
    )
    return shown(concepts, "project that began from a keyword")


@router.get(
    "/tasks/{task_id}",
    responses=documented("INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"),
    response_model=Job,
)
async def get_job(task_id: UUID, account: SignedIn, reading: ConceptReading, found: Found) -> Response:
    """How far a job is that was asked of a project, what became of it, and what it cost."""
    job = await reading.waits.found(BOOK_CONCEPTS, account.id, lambda: found.job(task_id, account.id))
    return shown(job, "task")

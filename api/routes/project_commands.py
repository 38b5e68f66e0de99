"""POST /projects/commands and /chapters/commands: what is asked of a project, and of a chapter's text."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from genesis_types.enums import CommandStatus

from api.errors import Problem, documented
from api.http.plain_route import PlainRoute
from api.routes.commands import IDEMPOTENCY_KEY, give
from api.schemas.requests import CHAPTER_COMMAND, PROJECT_COMMAND
from api.schemas.responses import ChapterAnswer, ProjectAnswer
from application.command_results import CommandOutcome, VersionConflict
from domain.aggregate import Command

_CODES = ("INVALID_REQUEST", "UNAUTHENTICATED", "CROSS_ORIGIN", "NOT_FOUND", "TOO_LARGE", "REFUSED", "EVENT_TOO_NEW")


async def send_project_command(request: Request) -> Response:
    """Give a project a command. Sent again with the same id it gets the same answer, and nothing happens twice.

    What begins work is answered with 202 and its `correlation_id`: GET /tasks/{id} tells how far that is.
    """
    answer = await give(request, PROJECT_COMMAND, moved("project"))
    stored = _stored(answer, "project_id")
    if answer.status is CommandStatus.PROCESSING:
        return Response(orjson.dumps(stored), 202, task_location(answer), media_type="application/json")
    del stored["correlation_id"]  # nothing goes on after it
    return Response(orjson.dumps(stored), media_type="application/json")


async def send_chapter_command(request: Request) -> Response:
    """Give a chapter a command. BLOCK_CONFLICT (409) has both texts of each paragraph that has changed meanwhile.

    DRAFT_CHAPTER begins work (202): GET the chapter tells how far it is, and so does the live connection.
    """
    answer = await give(request, CHAPTER_COMMAND, moved("chapter"))
    status = 202 if answer.status is CommandStatus.PROCESSING else 200
    return Response(orjson.dumps(_stored(answer, "chapter_id")), status, media_type="application/json")


def add_routes(router: APIRouter, prefix: str) -> None:
    """Add both routes themselves, as api/routes/commands.py does."""
    work = ("INSUFFICIENT_CREDITS", "COMMAND_ACTIVE", "RATE_LIMITED")
    answers: tuple[tuple[str, Any, Any, tuple[str, ...]], ...] = (
        ("projects", send_project_command, ProjectAnswer, ("VERSION_CONFLICT", *work)),
        ("chapters", send_chapter_command, ChapterAnswer, ("BLOCK_CONFLICT", *work)),
    )
    for name, endpoint, model, codes in answers:
        more: dict[int | str, dict[str, Any]] = {202: {"model": model, "description": "Work has begun."}}
        router.add_api_route(
            f"{prefix}/{name}/commands",
            endpoint,
            methods=["POST"],
            tags=["projects"],
            responses={200: {"model": model, "description": "Done."}, **more, **documented(*_CODES, *codes)},
            response_model=model,
            openapi_extra=IDEMPOTENCY_KEY,
            route_class_override=PlainRoute,
        )


def task_location(answer: CommandOutcome) -> dict[str, str]:
    """Where the work that has begun can be asked about, as a header."""
    return {"Location": f"/api/v1/tasks/{answer.correlation_id}"}


def moved(what: str) -> Any:
    async def problem(conflict: VersionConflict, _command: Command, _expected: int | None) -> Problem:
        return Problem.conflict(conflict.current_version, what=what)

    return problem


def _stored(answer: CommandOutcome, name: str) -> dict[str, Any]:
    """The stored answer, with the stream under its own name."""
    stored: dict[str, Any] = answer.stored()
    stored[name] = stored.pop("session_id")
    return stored

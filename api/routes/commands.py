"""POST /genesis/commands: one address for all commands of a session, routed on `command_type`."""

import hashlib
import json
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import structlog
from fastapi import APIRouter, Request, Response
from genesis_types.enums import CommandStatus
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.audited_reading import source_owner
from api.dependencies import Readers, body_of, readers, signed_in
from api.errors import Problem, documented, problem_of
from api.http.plain_route import PlainRoute
from api.schemas.requests import COMMAND, CommandRequest, parse
from api.schemas.responses import CommandAnswer
from application.command_results import CommandOutcome, VersionConflict, new_stream_id
from application.handle_command import CommandHandler
from application.ports import Allowance
from domain.aggregate import Command, Limits
from domain.genesis.commands import BranchGenesis
from domain.project.initiation_commands import InitiateProject, ResumeInitiation
from infrastructure.observability import tracing
from infrastructure.observability.metrics import Metrics
from projections.engine.min_version import ProjectionLagging

PATIENCE = 2.0
"""Seconds that the answer to FINISH_GENESIS waits for the novel to be readable."""
CONFLICT_PATIENCE = 1.0
"""Seconds that a conflict waits for the read side to know what the command did not."""
MOST_CHANGES = 50

_INITIATIONS = (InitiateProject, ResumeInitiation)
"""Commands that have a limit of their own, whichever way they come."""


_UUID = TypeAdapter(UUID)  # as ids are read in bodies: Python's own takes 0x and underscores for digits

log = structlog.get_logger(__name__)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Writing:
    """The write side, as this route needs it. `initiations`: of books that begin from a keyword."""

    commands: CommandHandler
    limits: Limits
    allowance: Allowance
    initiations: Allowance
    metrics: Metrics


Conflicting = Callable[[VersionConflict, Command, int | None], Awaitable[Problem]]

IDEMPOTENCY_KEY = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The command id, when it is not in the body.",
            "schema": {"type": "string", "format": "uuid"},
        }
    ]
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": CommandAnswer, "description": "Done."},
    202: {
        "model": CommandAnswer,
        "description": "Work has begun.",
        "headers": {"Location": {"description": "The task.", "schema": {"type": "string"}}},
    },
    **documented(
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
}


async def send_command(request: Request) -> Response:
    """Give a command. Sent again with the same id it gets the same answer, and nothing happens twice."""
    reading = await readers(request)
    answer = await give(
        request, COMMAND, lambda conflict, command, expected: _both_sides(conflict, command, expected, reading)
    )
    if answer.result.get("novel_id") is not None:
        await _readable(answer.session_id, (await signed_in(request)).id, answer.version, reading)
    return _response(answer)


async def give(request: Request, adapter: TypeAdapter[CommandRequest], conflicting: Conflicting) -> CommandOutcome:
    """Do what the request's body asks, as whoever asks. `conflicting`: what is said of a version conflict."""
    # asked for here and not in the signature: see PlainRoute
    await signed_in(request)
    return await give_command(request, parse(adapter, await body_of(request)), conflicting)


async def give_command(request: Request, asked: CommandRequest, conflicting: Conflicting) -> CommandOutcome:
    """Do what `asked` says, as whoever asks."""
    account = await signed_in(request)
    write: Writing = request.app.state.writing
    command_id = command_id_of(request, asked.command_id) or uuid4()
    command = Command(command_id, asked.stream_id or new_stream_id(command_id), account.id, asked.payload, write.limits)
    if isinstance(asked.payload, BranchGenesis):
        command = replace(command, reads_of=await source_owner(request, account, asked.payload.from_session_id))
    return await handled(write, command, request_hash(asked), conflicting, asked.expected_version)


async def handled(
    write: Writing,
    command: Command,
    hashed: str,
    conflicting: Conflicting,
    expected_version: int | None = None,
) -> CommandOutcome:
    """Have a command handled, counted and traced. `hashed`: what a repetition of its request is recognised by."""
    command_type = command.body.command_type
    began, outcome = time.perf_counter(), "CANCELLED"
    answer: CommandOutcome | None = None
    try:
        answer = await write.commands.handle(
            command,
            request_hash=hashed,
            expected_version=expected_version,
            allowance=write.initiations if isinstance(command.body, _INITIATIONS) else write.allowance,
        )
        outcome = answer.status.value
        _note(command, answer)
    except VersionConflict as conflict:
        problem = await conflicting(conflict, command, expected_version)
        outcome = problem.code
        raise problem from None
    except Exception as error:
        outcome = problem_of(error).code
        raise
    finally:
        seconds = time.perf_counter() - began
        write.metrics.command(command_type, outcome, seconds)
        if tracing.on():
            _trace(command, answer, outcome, seconds)
    return answer


def add_route(router: APIRouter, prefix: str) -> None:
    """Add the route itself: an included router would be asked twice for each request, and hides its dependencies."""
    router.add_api_route(
        f"{prefix}/genesis/commands",
        send_command,
        methods=["POST"],
        tags=["commands"],
        responses=ANSWERS,
        response_model=CommandAnswer,
        openapi_extra=IDEMPOTENCY_KEY,
        route_class_override=PlainRoute,
    )


def _trace(command: Command, answer: CommandOutcome | None, outcome: str, seconds: float) -> None:
    """The first span of the trace; what was only asked again, or refused, began nothing."""
    tracing.record(
        "command",
        (answer.correlation_id if answer else None) or command.command_id,
        seconds,
        first=answer is not None and not answer.repeated,
        command_type=command.body.command_type,
        command_id=command.command_id,
        session_id=command.stream_id,
        outcome=outcome,
        version=answer.version if answer else None,
    )


def _note(command: Command, answer: CommandOutcome) -> None:
    """Where the trail of a correlation id begins. Work is worth a line at any time, the rest only to who looks."""
    if answer.correlation_id is None and not _logger.isEnabledFor(logging.DEBUG):
        return  # structlog would find that out only after most of its work
    say = log.debug if answer.correlation_id is None else log.info
    say(
        "command_taken",
        command_type=command.body.command_type,
        command_id=str(command.command_id),
        session_id=str(answer.session_id),
        correlation_id=str(answer.correlation_id or command.command_id),
        version=answer.version,
    )


def request_hash(request: BaseModel) -> str:
    """What a repeated request is recognised by: SHA-256 of its canonical JSON, without its id."""
    said = request.model_dump(mode="json", exclude={"command_id"})
    try:
        canonical = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits in some content: whether there is a place for it, its stage knows
        canonical = json.dumps(said, sort_keys=True).encode()
    return hashlib.sha256(canonical).hexdigest()


def limits(session_hours: int, generation_seconds: float) -> Limits:
    return Limits(session=timedelta(hours=session_hours), generation=timedelta(seconds=generation_seconds))


def command_id_of(request: Request, in_body: UUID | None) -> UUID | None:
    """The id that a request names, in its body or its header; None where it names none. Raises Problem."""
    in_header = request.headers.get("idempotency-key")
    if in_header is None:
        return in_body
    try:
        given = _UUID.validate_python(in_header)
    except ValidationError:
        raise Problem.invalid("Idempotency-Key", "Input should be a valid UUID") from None
    if in_body not in (None, given):
        raise Problem.invalid("Idempotency-Key", "The header and command_id name two different commands.")
    return given


async def _readable(session_id: UUID, user_id: UUID, version: int, reading: Readers) -> None:
    """The novel's page can be opened with the answer in hand. Past the patience it is only a little late."""
    with suppress(ProjectionLagging):
        await reading.waits.reached("novels", session_id, user_id, version, patience=PATIENCE)


async def _both_sides(conflict: VersionConflict, command: Command, expected: int | None, reading: Readers) -> Problem:
    """The conflict with what happened after the version that the writer had seen, as far as it can be read now."""
    assert command.user_id is not None
    current, session_id = conflict.current_version, command.stream_id
    if expected is None:
        return Problem.conflict(current)
    with suppress(ProjectionLagging):
        await reading.waits.reached("genesis_session", session_id, command.user_id, current, patience=CONFLICT_PATIENCE)
    changes = await reading.queries.changes_after(session_id, command.user_id, expected, MOST_CHANGES)
    return Problem.conflict(current, [change for change in changes if change.version <= current])


def _response(answer: CommandOutcome) -> Response:
    headers = {}
    if answer.correlation_id is not None:
        headers["Location"] = f"/api/v1/genesis/{answer.session_id}/tasks/{answer.correlation_id}"
    status = 202 if answer.status is CommandStatus.PROCESSING else 200
    return Response(orjson.dumps(answer.stored()), status, headers, "application/json")

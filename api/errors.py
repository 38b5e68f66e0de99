"""Says what is refused and why, as problems (RFC 9457): the only place that knows the HTTP status of a refusal."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.problem_details import BlockInConflict
from api.validation_errors import field_of, message_of, readable
from application.command_results import CommandIdReused, VersionConflict
from application.ports import EventTooNew, RateLimited, StoreUnavailable
from application.replay import LogDamaged, NoSuchMoment, NoSuchStream
from domain.chapter.rejections import BlockConflict
from domain.genesis.rejections import InvalidContent, SessionNotFound
from domain.rejections import CommandActive, Refused, Rejection
from projections.engine.cursors import InvalidCursor
from projections.engine.min_version import ProjectionLagging
from projections.genesis.views import MissedChange

MEDIA_TYPE = "application/problem+json"
_MOST_ERRORS = 50

# code -> (status, title, what OpenAPI says of it)
_KINDS: dict[str, tuple[int, str, str]] = {
    "INVALID_REQUEST": (400, "The request is not valid", "Not valid: `errors` names each field."),
    "UNAUTHENTICATED": (401, "Not signed in", "Not signed in."),
    "INSUFFICIENT_CREDITS": (402, "Not enough credits", "The credits do not cover what it may cost at most."),
    "CROSS_ORIGIN": (403, "Refused for another site", "Sent with a browser's cookie from another site."),
    "ANALYST_ONLY": (403, "For analysts only", "ANALYST_ONLY: what everybody did is shown to analysts only."),
    "FORBIDDEN_SCOPE": (403, "Not with this token", "The token's scopes do not allow it, or another site sent it."),
    "NOT_FOUND": (404, "Not found", "No such thing, or not yours."),
    "METHOD_NOT_ALLOWED": (405, "Method not allowed", "Not with this method."),
    "TOO_SLOW": (408, "The request took too long", "It did not arrive in time."),
    "COMMAND_ACTIVE": (
        409,
        "A command is still active",
        "COMMAND_ACTIVE, COMMAND_ID_REUSED or VERSION_CONFLICT.",
    ),
    "COMMAND_ID_REUSED": (409, "The command id is taken", "The command id belongs to another command."),
    "VERSION_CONFLICT": (409, "It has moved on meanwhile", "COMMAND_ID_REUSED, or VERSION_CONFLICT."),
    "BLOCK_CONFLICT": (
        409,
        "The text has changed meanwhile",
        "BLOCK_CONFLICT: `blocks` has both texts.",
    ),
    "TOO_LARGE": (413, "The request is too large", "The body is larger than 4 MB (a file to import: 20 MB)."),
    "RANGE_NOT_SATISFIABLE": (416, "Nothing in that range", "The range begins behind the end; `Content-Range` has it."),
    "REFUSED": (422, "The command was refused", "A rule of the genesis says no; `detail` is for the writer."),
    "NOTHING_CONFIRMED": (422, "There is nothing to make it of", "NOTHING_CONFIRMED: a bible of what is confirmed."),
    "NOTHING_WRITTEN": (422, "There is nothing to make it of", "NOTHING_WRITTEN: no text yet to make a file of."),
    "NOT_A_BOOK": (422, "This cannot be imported", "NOT_A_BOOK and others: `detail` says what to do."),
    "INVALID_RANGE": (422, "That is no range", "INVALID_RANGE: times or zone cannot be read, or the end comes first."),
    "RATE_LIMITED": (429, "Too many for now", "Too many in a short time; `Retry-After` says when to go on."),
    "HEADERS_TOO_LARGE": (431, "The headers are too large", "The headers are larger than 64 KB."),
    "INTERNAL_ERROR": (500, "Something went wrong here", "A fault of the server."),
    "PROJECTION_LAGGING": (503, "Not there yet", "The read side is behind, or the database cannot be reached."),
    "EVENT_TOO_NEW": (
        503,
        "Written by a newer build",
        "EVENT_TOO_NEW: the session holds an event of a newer build. Or UNAVAILABLE: the database cannot be reached.",
    ),
    "LOG_DAMAGED": (503, "The log cannot be read", "LOG_DAMAGED, EVENT_TOO_NEW: an event is missing or unreadable."),
    "RENDERING_BUSY": (503, "Others are before you", "Many files are being made: ask again."),
    "RENDERING_FAILED": (
        503,
        "The file could not be made",
        "RENDERING_FAILED, RENDERING_BUSY: what makes files is missing, was ended or is busy. Or UNAVAILABLE,"
        " LOG_DAMAGED, EVENT_TOO_NEW: the log cannot be read.",
    ),
    "UNAVAILABLE": (503, "Out of reach just now", "The database cannot be reached."),
}


def status_of(code: str) -> int:
    """The HTTP status of a problem's code; of a code that only the domain knows, a refusal's."""
    return _KINDS.get(code, _KINDS["REFUSED"])[0]


_SCHEMA = {"$ref": "#/components/schemas/ProblemDetails"}


class Problem(Exception):
    """An answer other than the one that was asked for."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[tuple[str, str]] = (),
        about: str | None = None,
        current_version: int | None = None,
        changes: Sequence[MissedChange] | None = None,
        blocks: Sequence[BlockInConflict] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.errors = errors
        self.about = about
        self.current_version = current_version
        self.changes = changes
        self.blocks = blocks
        self.headers = headers

    @classmethod
    def invalid(cls, field: str, message: str) -> "Problem":
        return cls("INVALID_REQUEST", _one_or_many(1), errors=((field, message),))

    @classmethod
    def rate_limited(cls, retry_after: float) -> "Problem":
        """`retry_after` in seconds."""
        seconds = max(1, math.ceil(retry_after))
        return cls(
            "RATE_LIMITED",
            f"That is a lot in a short time. Try again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )

    @classmethod
    def conflict(
        cls, current_version: int, changes: Sequence[MissedChange] | None = None, *, what: str = "session"
    ) -> "Problem":
        """`changes`: what the refused command did not know of, if that can be told."""
        return cls(
            "VERSION_CONFLICT",
            f"The {what} has changed meanwhile; it is at version {current_version}.",
            current_version=current_version,
            changes=changes,
        )

    @classmethod
    def not_found(cls, what: str = "session") -> "Problem":
        return cls("NOT_FOUND", f"There is no such {what}.")

    def response(self) -> Response:
        status, title, _ = _KINDS.get(self.code, _KINDS["REFUSED"])
        body: dict[str, Any] = {
            "type": f"urn:genesis-studio:problem:{self.code.lower().replace('_', '-')}",
            "title": title,
            "status": status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            body["errors"] = [{"field": field, "message": message} for field, message in self.errors]
        if self.about is not None:
            body["about"] = self.about
        if self.current_version is not None:
            body["current_version"] = self.current_version
        if self.changes is not None:
            body["changes"] = [change.model_dump(mode="json") for change in self.changes]
        if self.blocks is not None:
            body["blocks"] = [block.model_dump(mode="json") for block in self.blocks]
        return Response(orjson.dumps(body), status_code=status, headers=dict(self.headers or {}), media_type=MEDIA_TYPE)


def documented(*codes: str) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the problems that it may answer, beside those that any route may."""
    found: dict[int | str, dict[str, Any]] = {}
    for code in (*codes, "INTERNAL_ERROR", "UNAVAILABLE"):
        status, _, description = _KINDS[code]
        found.setdefault(status, {"description": description, "content": {MEDIA_TYPE: {"schema": _SCHEMA}}})
    return found


def invalid_request(found: Iterable[Any]) -> Problem:
    """From pydantic's errors: which fields, and what is wrong with them. Never what was in them."""
    errors = list(dict.fromkeys((field_of(error), message_of(error)) for error in found))[:_MOST_ERRORS]
    return Problem("INVALID_REQUEST", _one_or_many(len(errors)), errors=errors)


def _one_or_many(count: int) -> str:
    return "One field is not valid." if count == 1 else f"{count} fields are not valid."


def problem_of(error: Exception) -> Problem:
    """What is said about an exception that reaches the edge. Anything unknown: a fault, without a word of its text."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return invalid_request(error.errors())
        case SessionNotFound() | NoSuchStream():
            return Problem.not_found()
        case InvalidContent():
            errors = [(readable(f"payload.{field}"), readable(message)) for field, message in error.errors]
            return Problem(error.code, error.message, errors=errors[:_MOST_ERRORS])
        case BlockConflict():
            blocks = [BlockInConflict.model_validate(block, from_attributes=True) for block in error.blocks]
            return Problem(error.code, error.message, current_version=error.version, blocks=blocks)
        case Refused():
            return Problem(error.code, error.message, about=error.about)
        case CommandActive() | Rejection():
            return Problem(error.code, error.message)
        case CommandIdReused():
            return Problem(
                "COMMAND_ID_REUSED", "This command id was used for another command. Give a new command a new id."
            )
        case VersionConflict():
            return Problem.conflict(error.current_version)
        case InvalidCursor():
            return Problem.invalid("cursor", str(error))
        case ProjectionLagging():
            return Problem(
                "PROJECTION_LAGGING", "What you wrote is safe but cannot be shown yet.", headers={"Retry-After": "1"}
            )
        case (
            StoreUnavailable()
            | psycopg.OperationalError()
            | psycopg.InterfaceError()
            | psycopg.errors.ReadOnlySqlTransaction()
        ):
            return Problem(
                "UNAVAILABLE",
                "The database cannot be reached just now. Ask again with the same command id: nothing happens twice.",
                headers={"Retry-After": "2"},
            )
        case EventTooNew():
            return Problem(
                "EVENT_TOO_NEW",
                "This session holds something that a newer version of the studio wrote. It is safe, and can be gone on"
                " with once the studio here is upgraded.",
                headers={"Retry-After": "30"},  # while processes are being upgraded, another may answer
            )
        case NoSuchMoment():
            return Problem("NOT_FOUND", str(error))
        case LogDamaged():
            return Problem("LOG_DAMAGED", f"{error} A backup from before may have it: docs/operations.md.")
        case RateLimited():
            return Problem.rate_limited(error.retry_after)
        case HTTPException(status_code=404):
            return Problem("NOT_FOUND", "There is nothing at this address.")
        case HTTPException(status_code=405):
            return Problem("METHOD_NOT_ALLOWED", "This address does not take that method.", headers=error.headers)
        case HTTPException(status_code=status) if 400 <= status < 500:
            return Problem("INVALID_REQUEST", "The request cannot be read.", errors=(("", "cannot be read"),))
        case _:
            return Problem("INTERNAL_ERROR", "This is our fault, and it was noted. Nothing was half-written.")


async def answer(_: Request, error: Exception) -> Response:
    return problem_of(error).response()


_MEANINGFUL = (
    Problem,
    RequestValidationError,
    Rejection,
    CommandIdReused,
    VersionConflict,
    RateLimited,
    EventTooNew,
    NoSuchMoment,
    LogDamaged,
    InvalidCursor,
    ProjectionLagging,
    StoreUnavailable,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,  # a standby that is not yet, or no longer, the primary
    HTTPException,
)
"""Every exception that has a meaning of its own; the rest is middleware's."""


def has_meaning(error: Exception) -> bool:
    """Whether it is an answer; else it is a fault."""
    return isinstance(error, _MEANINGFUL)


def install(app: FastAPI) -> None:
    for kind in _MEANINGFUL:
        app.add_exception_handler(kind, answer)

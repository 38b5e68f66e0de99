"""What every route of server-sent events has: its frames in the interface's document, and how they are sent."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from sse_starlette import EventSourceResponse

from api.schemas.frames import Models

PING_SECONDS = 15
SEND_SECONDS = 20
"""A client that takes nothing for so long is cut off; it resumes."""


def _alone(data: dict[str, Any]) -> dict[str, Any]:
    return data


def _wrapped(data: dict[str, Any]) -> dict[str, Any]:
    whose = {"type": ["string", "null"], "format": "uuid", "description": "null: of no session in particular."}
    version = {"type": ["integer", "null"], "description": "Of `timeline` only: the session's version."}
    properties = {"session_id": whose, "id": version, "data": data}
    return {"type": "object", "required": list(properties), "properties": properties}


def documented_frames(models: Models, *, wrapped: bool = False) -> dict[int | str, dict[str, Any]]:
    """Each event's name and its data, as the interface's document says it: one schema for each frame of a stream."""
    inside: Callable[[dict[str, Any]], dict[str, Any]] = _wrapped if wrapped else _alone
    kinds = [
        {
            "type": "object",
            "required": ["event", "data"],
            "properties": {"event": {"const": event}}
            | (
                {}
                if wrapped
                else {"id": {"type": "string", "description": "Of `timeline` only: the session's version."}}
            )
            | {
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": inside({"$ref": f"#/components/schemas/{model.__name__}"}),
                },
            },
        }
        for event, model in models.items()
    ]
    content = {"text/event-stream": {"schema": {"oneOf": kinds}}}
    return {200: {"description": "Frames as they come.", "content": content}}


def streamed(frames: AsyncIterator[bytes]) -> EventSourceResponse:
    return EventSourceResponse(frames, ping=PING_SECONDS, send_timeout=SEND_SECONDS, sep="\n", cleanup_timeout=2)

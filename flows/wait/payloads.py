"""What a wait is resumed with. It is a wake-up: whatever stands there, the log says what was decided."""

from typing import Any

import structlog

from flows.wait.handles import Handle

log = structlog.get_logger(__name__)


def payload_of(handle: Handle) -> dict[str, Any]:
    """The payload when it has its shape, {"turn": the handle's}; else nothing, and a line in the log that says why."""
    payload = handle.resume_payload
    if not isinstance(payload, dict):
        problem = "too large" if payload == "too large" else f"a {type(payload).__name__}, not an object"
    elif payload.get("turn") != handle.turn:
        problem = "not of this turn"
    else:
        return payload
    log.warning("resume_payload_ignored", session_id=str(handle.session_id), turn=handle.turn, problem=problem)
    return {}

"""wait_for_user_input: how a flow waits for a writer without holding a process. A function of the top-level flow.

The handle decides, never Prefect's pause key: a suspend in a task, a subflow or a run without a deployment is refused
by Prefect, and a key that was used is rejected, so every attempt has its own.
"""

from typing import Any
from uuid import UUID

import structlog
from genesis_types.enums import HandleStatus
from prefect.context import FlowRunContext
from prefect.exceptions import Pause
from prefect.flow_runs import asuspend_flow_run

from flows.handles import Handle, Handles
from flows.resuming import Resuming
from flows.runs import UNREACHABLE

log = structlog.get_logger(__name__)


class WaitOver(Exception):
    """Nothing to wait for any more: the wait has expired, or another run of the session waits in this one's place."""


async def wait_for_user_input(
    handles: Handles, resuming: Resuming, session_id: UUID, turn: int, timeout_seconds: int
) -> dict[str, Any]:
    """What the decision of `turn` brought; suspends the run until there is one.

    Raises Pause (Prefect's own) to leave the run suspended: it starts again from its first line when it is resumed.
    Raises WaitOver.
    """
    context = FlowRunContext.get()
    assert context is not None, "only a flow run can wait"
    assert context.flow_run is not None
    handle = await handles.open(session_id, turn, context.flow_run.id, timeout_seconds)
    if handle is None or handle.status is HandleStatus.EXPIRED:
        raise WaitOver
    if handle.status is HandleStatus.RESUMED:
        return handle.resume_payload or {}
    if handle.resume_payload is not None:
        await handles.close(handle)
        return handle.resume_payload
    try:
        # no time-out in Prefect: it would fail the run behind our back; ours is the handle's expires_at
        await asuspend_flow_run(timeout=None, key=f"{handle.correlation_id}:{handle.attempt}")
    except Pause:
        await _on_paused(handles, resuming, handle)
        raise
    return {}  # rejected: resumed in the same moment. The flow looks at the log again


async def _on_paused(handles: Handles, resuming: Resuming, handle: Handle) -> None:
    """The status hook: Prefect has accepted the suspension. A signal that came meanwhile is applied now."""
    paused = await handles.paused(handle)
    if paused is not None and paused.resume_payload is not None:
        try:
            await resuming.resume(paused)
        except UNREACHABLE:
            log.info("resume_left_to_the_sweep", session_id=str(handle.session_id), turn=handle.turn)

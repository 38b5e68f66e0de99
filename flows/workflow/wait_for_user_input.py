"""Suspends a flow until its writer decides, without holding a process. To be called by the top-level flow itself.

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

from flows.prefect_server.client import UNREACHABLE
from flows.wait.handles import Handle, payload_of
from flows.wait.resume import Resumer
from flows.workflow.context import Services

log = structlog.get_logger(__name__)


class WaitOver(Exception):
    """Nothing to wait for any more: the wait has expired, or another run of the session waits in this one's place."""


def this_run() -> UUID:
    """The flow run that this code is executed in."""
    context = FlowRunContext.get()
    assert context is not None, "only a flow run can wait"
    assert context.flow_run is not None
    return context.flow_run.id


async def wait_for_user_input(
    given: Services, session_id: UUID, turn: int, *, spurious: bool = False
) -> dict[str, Any]:
    """What the decision of `turn` brought; suspends the run until there is one.

    `spurious`: it has returned for this turn before although the log holds no decision of it (a spurious wake-up), so
    the wait is opened once more.
    Raises Pause (Prefect's own) to leave the run suspended: it starts again from its first line when it is resumed.
    Raises WaitOver, and LeaseLost when the run has become another executor's.
    """
    handles, resumer = given.handles, given.resumer
    wait = (session_id, turn, this_run(), given.wait_timeout_seconds)
    given.lease_guard.check()
    handle = await handles.reopen(*wait) if spurious else None
    if handle is None:
        handle = await handles.open(*wait)
    if handle is None or handle.status is HandleStatus.EXPIRED:
        raise WaitOver
    if handle.status is HandleStatus.RESUMED:
        return payload_of(handle)
    if handle.signalled:
        await handles.close(handle)
        return payload_of(handle)
    given.lease_guard.check()
    try:
        # no time-out in Prefect: it would fail the run behind our back; ours is the handle's expires_at
        await asuspend_flow_run(timeout=None, key=f"{handle.correlation_id}:{handle.attempt}")
    except Pause:
        await _confirm(resumer, handle)
        raise
    except UNREACHABLE:
        if not await resumer.is_paused(handle):
            raise
        await _confirm(resumer, handle)  # accepted, and only the answer was lost
        raise Pause from None
    return {}  # rejected: resumed in the same moment. The flow looks at the log again


async def _confirm(resumer: Resumer, handle: Handle) -> None:
    """The pause hook: Prefect has accepted the suspension."""
    try:
        await resumer.confirm(handle)
    except UNREACHABLE:
        log.info("resume_left_to_the_sweep", session_id=str(handle.session_id), turn=handle.turn)

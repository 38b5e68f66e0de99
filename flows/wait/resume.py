"""Resumes paused runs: what callbacks, the pause hook and the reconciler do with a handle that has its payload."""

import structlog

from application.wakeups import RUNS, Hints
from flows.prefect_server.client import UNREACHABLE, Resumed, Runs
from flows.wait.handles import Handle, Handles
from infrastructure.observability.tracing import span

log = structlog.get_logger(__name__)


class Resumer:
    def __init__(self, handles: Handles, runs: Runs, hints: Hints) -> None:
        self._handles = handles
        self._runs = runs
        self._hints = hints

    async def resume(self, handle: Handle) -> bool:
        """Wake the run that waits at `handle`, which Prefect has confirmed as paused; of several at once, one does it.

        False: the run is gone from Prefect and its handle free for another. Raises one of runs.UNREACHABLE.
        """
        assert handle.flow_run_id is not None
        if not await self._handles.take(handle):
            return True  # somebody is at it, or has done it
        try:
            with span("resume", session_id=handle.session_id, turn=handle.turn, flow_run_id=handle.flow_run_id):
                how = await self._runs.resume(handle.flow_run_id)
        except UNREACHABLE:
            await self._handles.let_go(handle)
            raise
        if how is Resumed.GONE:
            log.warning("waiting_run_is_gone", session_id=str(handle.session_id), flow_run_id=str(handle.flow_run_id))
            await self._handles.forget_run(handle)
            return False
        # MOVED: somebody resumed it and died before writing so, or a person did by hand: it is due all the same
        await self._handles.resumed(handle, accepted=how is Resumed.ACCEPTED)
        await self._hints.publish(RUNS)
        return True

    async def confirm(self, handle: Handle) -> None:
        """Prefect has accepted the suspension of this attempt. A signal that came meanwhile is applied now.

        Raises one of runs.UNREACHABLE.
        """
        assert handle.flow_run_id is not None
        paused = await self._handles.paused(handle)
        if paused is None:
            # the wait ended while it was being made: expired, or passed by another run. Asleep, nobody would wake it
            await self._runs.resume(handle.flow_run_id)
        elif paused.signalled:
            await self.resume(paused)

    async def is_paused(self, handle: Handle) -> bool:
        """Whether Prefect holds the run to be paused. Raises one of runs.UNREACHABLE."""
        assert handle.flow_run_id is not None
        state = await self._runs.state(handle.flow_run_id)
        return state is not None and state.is_paused()

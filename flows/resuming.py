"""Waking a paused run: what callbacks, the paused hook and the sweep all do with a handle that has its payload."""

import structlog

from application.ports import Hints
from flows.handles import Handle, Handles
from flows.runs import Resumed, Runs
from infrastructure.hints import RUNS

log = structlog.get_logger(__name__)


class Resuming:
    def __init__(self, handles: Handles, runs: Runs, hints: Hints) -> None:
        self._handles = handles
        self._runs = runs
        self._hints = hints

    async def resume(self, handle: Handle) -> bool:
        """Wake the run that waits at `handle`, which Prefect has confirmed as paused.

        False: the run is gone from Prefect and its handle free for another. Raises one of runs.UNREACHABLE.
        """
        assert handle.flow_run_id is not None
        how = await self._runs.resume(handle.flow_run_id)
        if how is Resumed.GONE:
            log.warning("waiting_run_is_gone", session_id=str(handle.session_id), flow_run_id=str(handle.flow_run_id))
            await self._handles.forget_run(handle)
            return False
        # MOVED: somebody resumed it and died before writing so, or a person did by hand: it is due all the same
        await self._handles.resumed(handle, accepted=how is Resumed.ACCEPTED)
        await self._hints.publish(RUNS)
        return True

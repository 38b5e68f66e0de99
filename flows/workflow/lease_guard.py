"""Stops an execution whose lease has ended: another executor may be at work on the run by then.

A process that was frozen wakes in the middle of a step, long after its lease ran out, and must not write anything into
Prefect then: not a pause, not an end, and not the crash that Prefect's engine makes of a cancelled task.
"""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from prefect.exceptions import Abort

from infrastructure.concurrency.cancellation import end

Result = TypeVar("Result")


class LeaseLost(Abort):
    """The run is no longer this execution's. As an Abort, Prefect's engine leaves the run's state as it is."""


class LeaseGuard:
    """`valid_until`: until when the lease is certainly held, in monotonic seconds; for ever where nobody leases."""

    def __init__(self, valid_until: float = float("inf")) -> None:
        self.valid_until = valid_until
        self._ended = asyncio.Event()

    @property
    def ended(self) -> bool:
        return self._ended.is_set()

    def end(self) -> None:
        """Stop what is being run: the lease is another's, or is given back."""
        self._ended.set()

    def check(self) -> None:
        """Raises LeaseLost."""
        if self.ended or time.monotonic() >= self.valid_until:
            raise LeaseLost

    async def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do `work` while the lease lasts; stop it, and raise LeaseLost, when the lease ends first."""
        working = asyncio.create_task(work)
        ending = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise LeaseLost
            result = working.result()  # or raises, Prefect's Pause among others
            self.check()
            return result
        finally:
            await end(working, ending)

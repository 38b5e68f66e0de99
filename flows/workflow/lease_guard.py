"""How long an execution may speak for its run: while its lease holds. After that another may be at work on it.

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


class NotOurs(Abort):
    """The run is no longer this execution's. As an Abort, Prefect's engine leaves the run's state as it is."""


class Tenure:
    """`valid_until`: monotonic seconds; for ever, unless somebody leases."""

    def __init__(self, valid_until: float = float("inf")) -> None:
        self.valid_until = valid_until
        self._over = asyncio.Event()

    @property
    def over(self) -> bool:
        return self._over.is_set()

    def end(self) -> None:
        """Stop what is being kept."""
        self._over.set()

    def check(self) -> None:
        """Raises NotOurs."""
        if self.over or time.monotonic() >= self.valid_until:
            raise NotOurs

    async def keep(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do `work` while the tenure lasts; stop it, and raise NotOurs, when it ends first."""
        working = asyncio.create_task(work)
        ending = asyncio.create_task(self._over.wait())
        try:
            await asyncio.wait({working, ending}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise NotOurs
            result = working.result()  # or raises, Prefect's Pause among others
            self.check()
            return result
        finally:
            await end(working, ending)

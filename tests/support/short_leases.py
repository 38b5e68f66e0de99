"""Leases of this process that run out soon: what a killed worker held is taken up without a long wait."""

from functools import partial

SECONDS = 5.0
"""Renewed every third of it, which a busy machine may be late for; a dead worker's run is taken up that much later."""


def shorten(seconds: float = SECONDS) -> None:
    """For a process of its own: it is never undone."""
    import flows.execution.executor
    import flows.workflow.context
    from flows.execution.leases import Leases
    from infrastructure.work.task_store import Tasks

    vars(flows.execution.executor)["Leases"] = partial(Leases, lease_seconds=seconds)
    vars(flows.workflow.context)["Tasks"] = partial(Tasks, lease_seconds=seconds)

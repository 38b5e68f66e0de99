"""What Prefect itself remembers of a run: the facts that tests of waiting are held against."""

from uuid import UUID

from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName

from tests.support.workshop import Workshop

SUSPENDED, RESUMING = "Suspended", "Resuming"


async def states(shop: Workshop, run_id: UUID) -> list[str]:
    """The names of every state that Prefect ever held of this run, in order."""
    found = await shop.runs.client.read_flow_run_states(run_id)
    return [str(state.name) for state in sorted(found, key=lambda state: state.timestamp)]


async def runs_of(shop: Workshop, session_id: UUID) -> list[UUID]:
    """Every run of the session."""
    named = FlowRunFilter(name=FlowRunFilterName(like_=f"{session_id}:"))
    return [run.id for run in await shop.runs.client.read_flow_runs(flow_run_filter=named)]


async def count(shop: Workshop, session_id: UUID, name: str) -> int:
    """How often any run of the session has entered the state `name`."""
    return sum([(await states(shop, run_id)).count(name) for run_id in await runs_of(shop, session_id)])

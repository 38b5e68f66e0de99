"""The genesis workflow: one for every mode, because what a mode allows is data that the domain's decisions obey.

A run is a pure function of the log. However often it starts anew, it folds the stream, does what is requested and not
done, looks at the head again, and waits for the next turn. Payloads are wake-ups; the log says what happened.
"""

import os
from pathlib import Path
from uuid import UUID

from genesis_types.enums import GenesisStatus
from prefect import flow

from domain.genesis.aggregate import GENESIS_SESSION
from flows.prefect_server.client import FLOW
from flows.workflow.context import Services, services
from flows.workflow.generate import generate
from flows.workflow.wait_for_user_input import WaitOver, this_run, wait_for_user_input


# No result is ever stored. A named place for results spares each run a blocking request for the server's default one.
@flow(name=FLOW, persist_result=False, result_storage=Path(os.devnull), retries=0, log_prints=False)
async def genesis(session_id: UUID) -> None:
    """Lead a session until it ends or its time is up; an extended session gets a new run with its next decision."""
    async with services() as given:
        await given.tenure.keep(_lead(given, session_id))


async def _lead(given: Services, session_id: UUID) -> None:
    woken_for = 0
    while True:
        session = await given.store.load(GENESIS_SESSION, session_id)
        if session is None or session.status is not GenesisStatus.IN_PROGRESS:
            await given.handles.close_all(session_id, this_run())
            return
        if session.pending is not None:
            await generate(given, session, session.pending)
            continue
        turn = session.turn + 1
        try:
            await wait_for_user_input(given, session_id, turn, in_vain=woken_for == turn)
        except WaitOver:
            return
        woken_for = turn

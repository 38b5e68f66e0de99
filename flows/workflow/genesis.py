"""Leads a stream that has work: a session through its turns, any other to the end of its work in pieces. One workflow
for every mode, because what a mode allows is data of the domain.

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
from flows.workflow.in_pieces import in_pieces
from flows.workflow.kinds import KINDS, STREAMS_WITH_WORK
from flows.workflow.wait_for_user_input import WaitOver, this_run, wait_for_user_input


# No result is ever stored. A named place for results spares each run a blocking request for the server's default one.
@flow(name=FLOW, persist_result=False, result_storage=Path(os.devnull), retries=0, log_prints=False)
async def genesis(session_id: UUID) -> None:
    """Lead a session until it ends or its time is up; an extended session gets a new run with its next decision.

    `session_id` may be that of any stream that has work in pieces, such as a chapter: its run ends with that work.
    """
    async with services() as given:
        await given.lease_guard.run(_lead(given, session_id))


async def _lead(given: Services, session_id: UUID) -> None:
    woken_for = 0
    while True:
        session = await given.store.load(GENESIS_SESSION, session_id)
        if session is None and await _led(given, session_id):
            return
        if session is None or session.status is not GenesisStatus.IN_PROGRESS:
            await given.handles.close_all(session_id, this_run())
            return
        if session.pending is not None:
            await generate(given, session, session.pending)
            continue
        turn = session.turn + 1
        try:
            await wait_for_user_input(given, session_id, turn, spurious=woken_for == turn)
        except WaitOver:
            return
        woken_for = turn


async def _led(given: Services, stream_id: UUID) -> bool:
    """Bring work in pieces to its end, if the stream is of a kind that has some. False: it is none."""
    for aggregate in STREAMS_WITH_WORK.values():
        while (state := await given.store.load(aggregate, stream_id)) is not None:
            if state.work is None:
                return True
            await in_pieces(KINDS[type(state.work)], given, state, stream_id)
    return False

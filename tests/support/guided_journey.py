"""The guided journey of all stages with a writer of the test's own, as a worker carries it out."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus

from application.command_results import CommandOutcome
from application.writers import Draft, PartsCame, Proposed, Writer, WriterRequest
from domain.aggregate import Limits
from domain.genesis.commands import ConfirmStage, FinishGenesis, StartGenesis
from domain.genesis.stages import STAGE_ORDER
from infrastructure.settings import Settings
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.parts.counting import parts_of
from infrastructure.writers.model.targets import target_of
from infrastructure.writers.model.writer import ModelWriter
from tests.support.commands import Desk
from tests.support.workshop import Workshop, eventually

SEED = "A lighthouse keeper collects the voices of drowned sailors"
_TASKS = """
SELECT status::text, error_data->>'code' AS code, error_data->>'message' AS message, input_tokens, output_tokens
FROM async_tasks WHERE session_id = %s AND input_data->>'stage' = %s ORDER BY created_at DESC LIMIT 1
"""
_ATTEMPTS = """
SELECT jsonb_array_length(payload->'asked'->'attempts') FROM domain_events
WHERE aggregate_id = %s AND event_type IN ('ProposalsRecorded', 'GenerationFailed') ORDER BY aggregate_version
"""


class _Noting:
    """Notes what `writer` is asked to write."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.asked: list[WriterRequest] = []

    async def write(self, request: WriterRequest) -> AsyncIterator[Draft | PartsCame | Proposed]:
        self.asked.append(request)
        async for item in self._writer.write(request):
            yield item


async def guided_journey(
    shop: Workshop, settings: Settings, seconds: float, say: Callable[[str], None], *, pause_seconds: float = 2.0
) -> list[int]:
    """Every stage proposed by the model of `settings` and confirmed, the genesis finished; the requests of each stage.

    None of them takes more than two besides those of its parts. Each stage may take `seconds`. `say` is told what came
    of each, in a line.
    """
    writer = _Noting(ModelWriter(settings, pause_seconds=pause_seconds))
    shop.start("worker", writer=writer)
    desk = shop.desk()
    limits = Limits(generation=timedelta(seconds=settings.generation_deadline_seconds))

    async def do(body: StartGenesis | ConfirmStage | FinishGenesis) -> CommandOutcome:
        """At its own time: a deadline that a small model's hours are measured by must not begin with the journey."""
        desk.clock.now = shop.made.clock()
        return await desk.send(replace(desk.command(body), limits=limits))

    desk.session_id = (await do(StartGenesis(mode=GenesisMode.GUIDED, seed=SEED))).session_id
    for stage in STAGE_ORDER:
        began = time.monotonic()
        said = await eventually(lambda stage=stage: _ended(shop, desk, stage), seconds)  # type: ignore[misc]
        status, code, message, read, written = said
        took = f"{time.monotonic() - began:,.0f} s, {read} tokens read, {written} written"
        say(f"  {stage.value}: {status} {code or ''} {took}")
        assert status == "COMPLETED", f"{stage.value}: {code}: {message}"
        session = await shop.session(desk)
        newest = session.stages[stage].proposals[-1]
        await do(ConfirmStage(stage=stage, proposal_id=newest.id))
    await do(FinishGenesis())
    assert (await shop.session(desk)).status == GenesisStatus.COMPLETED
    await shop.end("worker")
    requests = [int(row[0]) for row in await shop.rows(_ATTEMPTS, str(desk.session_id))]
    most = [REQUESTS - 1 + parts_of(target_of(settings), asked) for asked in writer.asked]
    assert all(made <= bound for made, bound in zip(requests, most, strict=True)), (requests, most)
    return requests


async def _ended(shop: Workshop, desk: Desk, stage: GenesisStage) -> tuple[Any, ...] | None:
    """The task of a stage once it has ended, and the session knows of it."""
    rows = await shop.rows(_TASKS, desk.session_id, stage.value)
    over = rows and rows[0][0] not in ("PENDING", "RUNNING") and not (await shop.session(desk)).pending
    return rows[0] if over else None

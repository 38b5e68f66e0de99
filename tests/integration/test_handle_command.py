"""Commands against the real store: answers, conflicts, repetition, ownership."""

from genesis_types.enums import CommandStatus, GenesisStage

from domain.genesis.commands import FinishGenesis
from infrastructure.postgres import Pool
from tests.support.commands import Desk


async def test_the_whole_way_from_spark_to_novel(desk: Desk, pool: Pool) -> None:
    started = await desk.start(seed="a clock that counts the tide")
    assert started.status is CommandStatus.COMPLETED
    assert started.version == 2
    assert started.result == {"session_id": str(desk.session_id)}
    assert started.correlation_id is not None
    await desk.record(started.correlation_id, GenesisStage.CONCEPT_SELECTION, count=3)
    await desk.confirm_all_guided()
    finished = await desk.do(FinishGenesis())
    state = await desk.store.load(desk.session_id)
    assert state is not None
    assert finished.result == {"novel_id": str(state.novel_id)}
    assert finished.version == state.version

"""The novels projection: given events, then rows."""

from genesis_types.enums import GenesisMode

from domain.genesis.commands import ConfirmStage, FinishGenesis
from domain.genesis.stages import STAGE_ORDER
from projections.novel.novels import NOVELS, NovelRow
from tests.support.genesis import ANN, CONTENT, SESSION, started
from tests.support.projections import project, rows


def test_a_finished_session_becomes_a_novel() -> None:
    story = started(GenesisMode.FREE_FORM, seed="")
    for stage in STAGE_ORDER:
        story.when(ConfirmStage(stage=stage, content=CONTENT[stage]))
    assert rows(project(NOVELS, story.events), NovelRow) == []
    story.when(FinishGenesis())
    (novel,) = rows(project(NOVELS, story.events), NovelRow)
    assert (novel.id, novel.user_id, novel.session_id) == (story.state.novel_id, ANN, SESSION)
    assert novel.title == "The Drowned Bell"
    assert novel.version == story.state.version
    assert list(novel.content) == list(STAGE_ORDER)

"""States of sessions with everything confirmed, for tests of what is made of them: real stories of the muse."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus, StageStatus

from domain.genesis.proposals import Content
from domain.genesis.stages import STAGES
from projections.genesis.views import SessionState, StageView
from scripts.muse_stories import first

RECORDED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SESSION = UUID("0199c3f0-0000-7000-8000-000000000010")


@cache
def story(language: str, seed: int = 3) -> dict[GenesisStage, Content]:
    """What the muse proposes first, stage by stage, all of it taken. Not to be changed."""
    confirmed: dict[GenesisStage, Content] = {}
    for stage in STAGES:
        confirmed[stage.key] = first(stage.key, language, seed, confirmed)
    return confirmed


def state(
    confirmed: dict[GenesisStage, Any], *, language: str = "en", title: str = "", stale: tuple[GenesisStage, ...] = ()
) -> SessionState:
    """A session in which this, and nothing else, is confirmed."""
    stages = tuple(
        StageView(
            stage=stage.key,
            label=stage.label,
            label_zh=stage.label_zh,
            status=StageStatus.STALE if stage.key in stale else StageStatus.CONFIRMED,
            locked_paths=(),
            shortlist=(),
            confirmed_proposal_id=None,
            proposals=(),
            feedback=(),
        )
        for stage in STAGES
    )
    return SessionState(
        session_id=SESSION,
        title=title or str(confirmed.get(GenesisStage.CONCEPT_SELECTION, {}).get("title", "")),
        mode=GenesisMode.GUIDED,
        status=GenesisStatus.IN_PROGRESS,
        seed="",
        genre="悬疑" if language == "zh" else "Mystery",
        audience="",
        language=language,
        current_stage=GenesisStage.PLOT_OUTLINE,
        is_pending=False,
        pending=None,
        confirmed_data=confirmed,
        stages=stages,
        available_actions=(),
        warnings=(),
        version=42,
        started_at=RECORDED - timedelta(days=1),
        expires_at=RECORDED + timedelta(days=13),
        warns_at=None,
        novel_id=None,
        source_session_id=None,
        source_version=None,
    )

"""A state within the budget of a frame, whatever it holds: nothing is lost without being counted."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson
from genesis_types.enums import CommandType, GenesisMode, GenesisStage, GenesisStatus, Origin, StageStatus
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.genesis.stages import STAGE_ORDER
from projections.genesis.compact import MOST, compact_page, compact_stages, compacted, encoded, fits, joined
from projections.genesis.compact_views import CompactProposal, CompactStage, CompactState
from projections.genesis.views import (
    ActionView,
    FeedbackView,
    PendingView,
    ProposalView,
    SessionState,
    StageView,
    WarningView,
)

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NAMES = UUID(int=7)
WIDEST = "\N{SMILING FACE WITH OPEN MOUTH}"
"""Four bytes."""


def proposal(stage: GenesisStage, n: int, size: int, letter: str = "x", notes: int = 0) -> ProposalView:
    return ProposalView(
        id=uuid5(NAMES, f"{stage}{n}"),
        version=n,
        content={"title": f"Title {n}", "text": letter * size},
        origin=Origin.AI_EDITED if n % 2 else Origin.AI,
        revision_of=uuid5(NAMES, f"{stage}{n - 1}"),
        adjustments=("a" * 400,) * notes,
        created_at=START + timedelta(minutes=n),
    )


def stage_of(
    stage: GenesisStage,
    proposals: tuple[ProposalView, ...],
    feedback: int,
    locks: tuple[str, ...],
    confirmed: int | None,
) -> StageView:
    return StageView(
        stage=stage,
        label=stage.value,
        label_zh="阶段",
        status=StageStatus.PROPOSED if proposals else StageStatus.EMPTY,
        locked_paths=locks,
        shortlist=tuple(item.id for item in proposals[:2]),
        confirmed_proposal_id=proposals[confirmed % len(proposals)].id if proposals and confirmed is not None else None,
        proposals=proposals,
        feedback=tuple(
            FeedbackView(
                id=uuid5(NAMES, f"f{stage}{n}"),
                proposal_id=uuid5(NAMES, f"{stage}{n}"),
                text=WIDEST * 4_000 if n % 3 else "shorter",
                path=None,
                created_at=START + timedelta(minutes=n),
            )
            for n in range(feedback)
        ),
    )


def state(stages: tuple[StageView, ...], *, draft: Any = None, message: str = "") -> SessionState:
    """A session whose every text is as long as commands accept it."""
    return SessionState(
        session_id=NAMES,
        title=WIDEST * 200,
        mode=GenesisMode.GUIDED,
        status=GenesisStatus.IN_PROGRESS,
        seed=WIDEST * 20_000,
        genre=WIDEST * 200,
        audience=WIDEST * 200,
        language="en",
        current_stage=STAGE_ORDER[-1],
        is_pending=True,
        pending=PendingView(
            command_type=CommandType.GENERATE_INSPIRATION,
            correlation_id=NAMES,
            stage=STAGE_ORDER[-1],
            since=START,
            phase="writing",
            progress=50.0,
            message=message,
            draft=draft,
            draft_seq=4,
        ),
        confirmed_data={
            view.stage: next(item.content for item in view.proposals if item.id == view.confirmed_proposal_id)
            for view in stages
            if view.confirmed_proposal_id is not None
        },
        stages=stages,
        available_actions=tuple(
            ActionView(command_type=kind, stage=stage, enabled=False, code="COMMAND_ACTIVE", reason="r" * 150)
            for kind in CommandType
            for stage in (None, STAGE_ORDER[0])
        ),
        warnings=(WarningView(code="GENERATION_FAILED", message=message),),
        version=2**31 - 1,
        started_at=START,
        expires_at=START,
        warns_at=START,
        novel_id=NAMES,
        source_session_id=NAMES,
        source_version=2**31 - 1,
    )


sizes = st.one_of(st.integers(0, 3_000), st.integers(20_000, 150_000), st.just(250_000))
stage_parts = st.tuples(
    st.lists(sizes, max_size=12),
    st.one_of(st.just(0), st.integers(200, 700)),
    st.sampled_from(["x", WIDEST, '"', "\n"]),
    st.integers(0, 30),
    st.integers(0, 100),
    st.none() | st.integers(0, 1_000),
)


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(stage_parts, min_size=5, max_size=5), draft=sizes, message=st.sampled_from(["", WIDEST * 9_000]))
def test_whatever_a_session_holds_fits_and_what_is_left_out_is_counted(
    parts: list[Any], draft: int, message: str
) -> None:
    stages = []
    for stage, (contents, lines, letter, feedback, locks, confirmed) in zip(STAGE_ORDER, parts, strict=True):
        every = [*[10] * lines, *contents]
        proposals = tuple(proposal(stage, n, size, letter, n % 50) for n, size in enumerate(every))
        paths = tuple(f"/history/{n}{letter * 350}" for n in range(locks))
        stages.append(stage_of(stage, proposals, feedback, paths, confirmed))
    whole = state(tuple(stages), draft={"text": "d" * draft}, message=message)
    found = compacted(whole)
    assert fits(encoded(found)), len(encoded(found))
    assert CompactState.model_validate(orjson.loads(encoded(found)) | {"warns_at": whole.warns_at}) == found
    for before, after in zip(whole.stages, found.stages, strict=True):
        agrees(before, after)
    for stage, content in found.confirmed_data.items():
        assert content in (None, whole.confirmed_data[stage])
    assert whole.seed.startswith(found.seed)
    assert len(found.seed) + found.more_seed == len(whole.seed)
    assert found.confirmed_data.keys() == whole.confirmed_data.keys()
    assert found.pending is not None
    assert found.pending.draft_omitted == (found.pending.draft is None)


def agrees(before: StageView, after: CompactStage) -> None:
    """What is shown is what there is, the newest of it, and the rest is counted."""
    assert len(after.proposals) + after.more_proposals == len(before.proposals)
    assert len(after.feedback) + after.more_feedback == len(before.feedback)
    assert len(after.locked_paths) + after.more_locked_paths == len(before.locked_paths)
    assert after.feedback == before.feedback[len(before.feedback) - len(after.feedback) :]
    known = {item.id: item for item in before.proposals}
    shown = {item.id for item in after.proposals}
    assert shown.issuperset({*before.shortlist, before.confirmed_proposal_id} - {None})
    pointed = {*before.shortlist, before.confirmed_proposal_id}
    newest = [item.id for item in before.proposals if item.id not in pointed]
    rest = [item.id for item in after.proposals if item.id not in pointed]
    assert rest == newest[len(newest) - len(rest) :]
    for item in after.proposals:
        content = known[item.id].content
        assert item.omitted == (item.content is None)
        if item.content is None:
            assert item.title == content["title"]
            assert item.content_bytes
        else:
            assert (item.content, item.adjustments) == (content, known[item.id].adjustments)


def test_what_the_writer_is_at_is_shown_before_what_is_older() -> None:
    stages = tuple(
        stage_of(stage, tuple(proposal(stage, n, 45_000) for n in range(4)), 0, (), None) for stage in STAGE_ORDER
    )
    found = compacted(state(stages))
    here = found.stages[-1].proposals
    assert [item.content is not None for item in here] == [False, False, False, True]
    assert sum(item.content is not None for view in found.stages for item in view.proposals) == 3
    assert all(view.proposals[0].content is None for view in found.stages)


def test_a_large_text_keeps_no_smaller_one_out() -> None:
    stage = STAGE_ORDER[-1]
    sized = (proposal(stage, 1, 1_000), proposal(stage, 2, 900_000))
    found = compacted(
        state((*(stage_of(other, (), 0, (), None) for other in STAGE_ORDER[:-1]), stage_of(stage, sized, 0, (), None)))
    )
    assert [item.content is not None for item in found.stages[-1].proposals] == [True, False]


def test_a_long_draft_is_left_out_before_anything_else() -> None:
    stages = tuple(stage_of(stage, (proposal(stage, 1, 20_000),), 0, (), None) for stage in STAGE_ORDER)
    found = compacted(state(stages, draft="d" * 190_000))
    assert found.pending is not None
    assert (found.pending.draft, found.pending.draft_omitted) == (None, True)
    assert all(item.content is not None for view in found.stages for item in view.proposals)


def test_a_page_of_proposals_fits_and_goes_from_the_newest() -> None:
    items = [
        CompactProposal.model_validate(proposal(STAGE_ORDER[0], n, 60_000), from_attributes=True) for n in (4, 3, 2, 1)
    ]
    page = compact_page(items)
    assert [item.content is not None for item in page] == [True, True, True, False]
    assert sum(len(encoded(item)) + 1 for item in page) <= MOST


def test_stages_that_were_never_touched_take_no_more_than_themselves() -> None:
    stages, confirmed = compact_stages((), {}, STAGE_ORDER[0])
    assert (stages, confirmed) == ((), {})
    whole = state(tuple(stage_of(stage, (), 0, (), None) for stage in STAGE_ORDER))
    facts = {name: getattr(whole, name) for name in SessionState.model_fields if name not in {"stages", "pending"}}
    bare = joined({name: value for name, value in facts.items() if name != "confirmed_data"}, (), {}, None)
    assert fits(encoded(bare))

"""Keeps a state small: what fits into the budget of a frame is shown, the oldest and the largest is left out. Pure.

Facts come first, then locks, then a line for each of the newest proposals, then feedback; contents take what is left.
Each of the first has an allowance, so that together they leave room for contents whatever a session holds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from genesis_types.enums import GenesisStage
from pydantic_core import to_json

from projections.genesis.compact_views import CompactPending, CompactProposal, CompactStage, CompactState
from projections.genesis.views import Content, FeedbackView, PendingView, SessionState, View

MOST = 200_000
"""Bytes of a frame, its name and its line ends included."""

FACTS = 40_000
"""Bytes kept free for what is not of the stages: the longest texts that commands accept take about 30,000."""

_LOCKS, _PROPOSALS, _FEEDBACK = 50_000, 60_000, 25_000
_LONGEST_SENTENCE, _LONGEST_SPARK = 1_000, 2_000
_COUNTS = ',"more_proposals":1000000,"more_feedback":1000000,"more_locked_paths":1000000'
_MARKS = len(b"event: state\ndata: \n\n")

Confirmed = Mapping[GenesisStage, Content | None]


class _Allowance:
    """So many bytes, of which is taken what fits."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, size: int) -> bool:
        fits = size <= self.left
        if fits:
            self.left -= size
        return fits


def encoded(view: View) -> bytes:
    """As it is sent: what only a compact state says is left out where nothing is left out of it."""
    return view.model_dump_json(exclude_defaults=True).encode()


def fits(data: bytes) -> bool:
    return len(data) + _MARKS <= MOST


def framed_state(state: SessionState) -> bytes:
    """The body of a `state` frame: the state whole if it fits, else without its oldest and largest contents."""
    body = state.model_dump_json().encode()
    return body if fits(body) else encoded(compacted(state))


def compacted(state: SessionState) -> CompactState:
    """A whole state, as far as it fits: without its draft if that is what makes it too large."""
    whole = CompactState.model_validate(state, from_attributes=True)
    if state.pending is not None and state.pending.draft is not None:
        without = whole.model_copy(update={"pending": _without_draft(state.pending)})
        if fits(encoded(without)):
            return without
    stages, confirmed = compact_stages(whole.stages, whole.confirmed_data, whole.current_stage)
    return joined({name: getattr(state, name) for name in _FACT_NAMES}, stages, confirmed, state.pending)


_FACT_NAMES = tuple(name for name in SessionState.model_fields if name not in {"stages", "confirmed_data", "pending"})


def joined(
    facts: Mapping[str, Any],
    stages: Sequence[CompactStage],
    confirmed: Confirmed,
    pending: PendingView | None,
    *,
    draft_left_out: bool = False,
) -> CompactState:
    """A state within the budget, of stages that are within theirs. The draft is shown if there is room for it."""
    warnings = tuple(
        warning.model_copy(update={"message": clipped(warning.message, _LONGEST_SENTENCE)})
        for warning in facts["warnings"]
    )
    state = CompactState(
        **{**facts, "warnings": warnings, "seed": facts["seed"][:_LONGEST_SPARK]},
        more_seed=max(0, len(facts["seed"]) - _LONGEST_SPARK),
        pending=None if pending is None else _without_draft(pending, draft_left_out),
        confirmed_data=dict(confirmed),
        stages=tuple(stages),
    )
    if pending is None or pending.draft is None:
        return state
    shown = state.pending and state.pending.model_copy(update={"draft": pending.draft, "draft_omitted": False})
    whole = state.model_copy(update={"pending": shown})
    return whole if fits(encoded(whole)) else state


def _without_draft(pending: PendingView, left_out: bool = False) -> CompactPending:
    facts = pending.model_dump() | {"draft": None, "draft_omitted": left_out or pending.draft is not None}
    return CompactPending(**facts | {"message": clipped(pending.message, _LONGEST_SENTENCE)})


def compact_page(items: Sequence[CompactProposal]) -> tuple[CompactProposal, ...]:
    """A page of proposals, with contents as far as `MOST` bytes go."""
    room = _Allowance(MOST - sum(len(encoded(bare(item))) + 1 for item in items) - _MARKS)
    return tuple(
        item if item.content is not None and room.take(len(encoded(item)) - len(encoded(bare(item)))) else bare(item)
        for item in items
    )


def clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def compact_stages(
    stages: Sequence[CompactStage], confirmed: Confirmed, current: GenesisStage
) -> tuple[tuple[CompactStage, ...], dict[GenesisStage, Content | None]]:
    """The stages and what is confirmed of them within `MOST - FACTS` bytes; what the writer is at comes first."""
    order = sorted(range(len(stages)), key=lambda place: stages[place].stage is not current)
    left = MOST - FACTS - _bare(stages, confirmed)
    locks = _locks(stages, order, allowance := _Allowance(min(_LOCKS, left)))
    left -= _LOCKS - allowance.left
    shown = _lines(stages, order, allowance := _Allowance(_PROPOSALS))
    left -= _PROPOSALS - allowance.left
    said = _feedback(stages, allowance := _Allowance(_FEEDBACK))
    left -= _FEEDBACK - allowance.left
    room = _Allowance(left)
    whole, settled = _contents(stages, confirmed, shown, order, room)
    return (
        tuple(
            stage.model_copy(
                update={
                    "locked_paths": locks[place],
                    "more_locked_paths": stage.more_locked_paths + len(stage.locked_paths) - len(locks[place]),
                    "proposals": tuple(
                        proposal if proposal.id in whole else bare(proposal)
                        for proposal in stage.proposals
                        if proposal.id in shown[place]
                    ),
                    "more_proposals": stage.more_proposals + len(stage.proposals) - len(shown[place]),
                    "feedback": said[place],
                    "more_feedback": stage.more_feedback + len(stage.feedback) - len(said[place]),
                }
            )
            for place, stage in enumerate(stages)
        ),
        {stage: content if stage in settled else None for stage, content in confirmed.items()},
    )


def bare(proposal: CompactProposal) -> CompactProposal:
    """What is said of a proposal without its content."""
    if proposal.content is None:
        return proposal.model_copy(update={"adjustments": (), "notes": (), "note_codes": (), "omitted": True})
    title = proposal.content.get("title") or proposal.content.get("working_title")
    return proposal.model_copy(
        update={
            "content": None,
            "adjustments": (),
            "notes": (),
            "note_codes": (),
            "omitted": True,
            "content_bytes": len(to_json(proposal.content)),
            "title": clipped(title, 80) if isinstance(title, str) else None,
        }
    )


def _bare(stages: Sequence[CompactStage], confirmed: Confirmed) -> int:
    empty = {"locked_paths": (), "proposals": (), "feedback": ()}
    names = len(to_json(dict.fromkeys(confirmed)))
    return names + sum(len(encoded(stage.model_copy(update=empty))) + len(_COUNTS) + 1 for stage in stages)


def _locks(stages: Sequence[CompactStage], order: Sequence[int], room: _Allowance) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for place in order:
        paths = stages[place].locked_paths
        found[place] = tuple(path for path in paths if room.take(len(to_json(path)) + 1))
    return found


def _lines(stages: Sequence[CompactStage], order: Sequence[int], room: _Allowance) -> dict[int, set[Any]]:
    """The proposals that are shown, with content or without: what is pointed at, then the newest of each stage."""
    pointed, rest = [], []
    for turn, place in enumerate(order):
        stage = stages[place]
        marked = {*stage.shortlist, stage.confirmed_proposal_id}
        for rank, proposal in enumerate(reversed(stage.proposals)):
            if proposal.id in marked:
                pointed.append((place, proposal))
            else:
                rest.append(((rank, turn), place, proposal))
    shown: dict[int, set[Any]] = {place: set() for place in order}
    full: set[int] = set()
    rest.sort(key=lambda entry: entry[0])
    for place, proposal in [*pointed, *((place, proposal) for _, place, proposal in rest)]:
        if place in full:
            continue
        if room.take(len(encoded(bare(proposal))) + 1):
            shown[place].add(proposal.id)
        else:
            full.add(place)  # so that what is shown is the newest, without a gap
    return shown


def _feedback(stages: Sequence[CompactStage], room: _Allowance) -> dict[int, tuple[FeedbackView, ...]]:
    said = ((place, rank, item) for place, s in enumerate(stages) for rank, item in enumerate(s.feedback))
    newest = sorted(said, key=lambda entry: (entry[2].created_at, *entry[:2]), reverse=True)
    found: dict[int, list[FeedbackView]] = {place: [] for place in range(len(stages))}
    full: set[int] = set()
    for place, _, item in newest:
        if place not in full and room.take(len(encoded(item)) + 1):
            found[place].append(item)
        else:
            full.add(place)
    return {place: tuple(reversed(items)) for place, items in found.items()}


def _contents(
    stages: Sequence[CompactStage],
    confirmed: Confirmed,
    shown: Mapping[int, set[Any]],
    order: Sequence[int],
    room: _Allowance,
) -> tuple[set[Any], set[GenesisStage]]:
    """Whose contents are shown. A newer one goes before an older one; one that is too large does not end it."""
    wanted: list[tuple[tuple[int, int, int], Any, GenesisStage | None, int]] = []
    for turn, place in enumerate(order):
        for rank, proposal in enumerate(reversed(stages[place].proposals)):
            if proposal.content is not None and proposal.id in shown[place]:
                said = (proposal.adjustments, proposal.notes, proposal.note_codes)
                told = sum(len(to_json(one)) for one in said) + len(',"notes":,"note_codes":')
                size = len(to_json(proposal.content)) + told
                wanted.append(((rank, 0, turn), proposal.id, None, size))
        stage = stages[place].stage
        if (content := confirmed.get(stage)) is not None:
            wanted.append(((0, 1, turn), None, stage, len(to_json(content))))
    whole: set[Any] = set()
    settled: set[GenesisStage] = set()
    for _, proposal_id, stage_of, size in sorted(wanted, key=lambda entry: entry[0]):
        if not room.take(size):
            continue
        if stage_of is None:
            whole.add(proposal_id)
        else:
            settled.add(stage_of)
    return whole, settled

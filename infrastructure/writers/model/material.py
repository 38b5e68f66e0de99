"""What a model is given to read: what is settled first, what grows after it, what is asked now at the end.

Servers reuse what they have read of an earlier request up to the first byte that differs. So a piece that changes from
request to request never stands before one that does not, lists only grow at their end, and what has to be left off a
long list is left off in steps.
"""

from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content, Feedback, resolve
from domain.genesis.stages import STAGE_BY_KEY, STAGE_ORDER
from infrastructure.writers.model.asked_fields import asked_fields, core, shown
from infrastructure.writers.model.budget import Cut
from infrastructure.writers.model.digests import digest, shortened, tabled, without_empty
from infrastructure.writers.model.tokens import tokens
from infrastructure.writers.muse.lexicon import load

Note = str | dict[str, str]

_PROPOSALS_SHOWN = 24
_NOTES_TOKENS = 600
_STEP = 8
"""Long lists lose this many items at once, so that their beginning stays the same for as many requests."""


def material(request: WriterRequest, cut: Cut) -> list[tuple[str, Any]]:
    """(name, value) of each piece, in order; an empty value is left out."""
    premise, record = request.premise, request.record
    return [
        ("spark", premise.seed),
        ("title", premise.title),
        ("genre", premise.genre),
        ("audience", premise.audience),
        ("confirmed", _confirmed(request, cut)),
        ("beat_preset", _preset(request) if request.work.stage is GenesisStage.PLOT_OUTLINE else None),
        ("confirmed_before_in_this_stage", without_empty(record.confirmed)),
        ("feedback", _notes(request, cut)),
        ("already_proposed", _proposed(request, cut)),
        ("shortlist", [digest(one.stage, one.content) for one in record.proposals if one.id in record.shortlist]),
        ("locked", _locked(request)),
        ("proposal_to_refine", _target(request)),
        ("feedback_now", _now(request)),
        ("wishes", request.work.instructions),
    ]


def searched(request: WriterRequest, cut: Cut) -> list[tuple[str, Any]]:
    """The same for a search for contradictions: what is settled, and nothing that somebody only wished for."""
    return [
        ("confirmed", _confirmed(request, cut)),
        ("built_on_older_versions", [stage.value for stage in request.stale if stage in request.confirmed]),
    ]


def left_out(request: WriterRequest, cut: Cut) -> tuple[str, ...]:
    """Which pieces are not whole, by stable words: `proposals`, `notes`, `confirmed`."""
    said = []
    if request.work.kind == "agreement":
        return ("confirmed",) if searched(request, cut) != searched(request, Cut.NOTHING) else ()
    if request.target is None and len(_proposed(request, cut)) < len(request.record.proposals):
        said.append("proposals")
    earlier = _earlier_notes(request)
    if _notes(request, cut) != [_note(request, *one) for one in earlier]:
        said.append("notes")
    if _confirmed(request, cut) != _confirmed(request, Cut.NOTHING):
        said.append("confirmed")
    return tuple(said)


def structure(request: WriterRequest) -> str | None:
    """The structure that the plot has to use, None while none is chosen."""
    conception = request.confirmed.get(GenesisStage.STORY_CONCEPTION) or {}
    chosen = conception.get("structure") or (request.target.content.get("structure") if request.target else None)
    return str(chosen) if chosen else None


def _confirmed(request: WriterRequest, cut: Cut) -> dict[str, Any]:
    stages = [stage for stage in STAGE_ORDER if stage in request.confirmed]
    told = {Cut.EARLIER_STAGES: stages[-1:], Cut.ALL_STAGES: []}.get(cut, stages)
    return {
        stage.value: _told(stage, request.confirmed[stage], cut)
        if stage in told
        else digest(stage, request.confirmed[stage])
        for stage in stages
    }


def _told(stage: GenesisStage, content: Content, cut: Cut) -> Any:
    """A confirmed stage: all of it, or its core where there is little room."""
    shorter = content if cut < Cut.CORE_OF_STAGES else core(STAGE_BY_KEY[stage].content, content)
    return without_empty(shorter)


def _preset(request: WriterRequest) -> dict[str, Any]:
    presets, chosen = load("beats"), structure(request)
    if chosen is not None and chosen in presets:
        return {"structure": chosen, "beats": [[key, percent] for key, percent in presets[chosen]["beats"]]}
    return {"structures": list(presets)}


def _earlier_notes(request: WriterRequest) -> list[tuple[GenesisStage, Feedback]]:
    return [(stage, said) for stage, said in request.feedback if said.id != request.work.feedback_id]


def _note(request: WriterRequest, stage: GenesisStage, said: Feedback, text: str | None = None) -> Note:
    """The text alone when it is about all of this stage's proposal."""
    words = said.text if text is None else text
    where = {} if stage is request.work.stage else {"stage": stage.value}
    about = {"about": said.path} if said.path else {}
    return where | about | {"text": words} if where or about else words


def _notes(request: WriterRequest, cut: Cut) -> list[Note]:
    """All earlier notes in order. Beyond their budget the oldest are shortened, then left off."""
    earlier = _earlier_notes(request)
    whole = [_note(request, *one) for one in earlier]
    short = [_note(request, stage, said, shortened(said)) for stage, said in earlier]
    limit = _NOTES_TOKENS // 2 if cut >= Cut.NOTES else _NOTES_TOKENS
    sizes, short_sizes = ([tokens(str(note)) for note in notes] for notes in (whole, short))
    for cropped in range(0, len(whole) + _STEP, _STEP):
        if sum(short_sizes[:cropped]) + sum(sizes[cropped:]) <= limit:
            return short[:cropped] + whole[cropped:]
    for dropped in range(0, len(short), _STEP):
        if sum(short_sizes[dropped:]) <= limit:
            return short[dropped:]
    return short[-1:]


def _proposed(request: WriterRequest, cut: Cut) -> list[Any]:
    if request.target is not None:
        return []
    shown = _STEP if cut >= Cut.PROPOSALS else _PROPOSALS_SHOWN
    proposals = request.record.proposals
    first = max(0, -(-(len(proposals) - shown) // _STEP) * _STEP)
    return [digest(one.stage, one.content) for one in proposals[first:]]


def _locked(request: WriterRequest) -> dict[str, Any]:
    record = request.record
    base: Content = record.lock_base or (request.target.content if request.target else {})
    values = {path: resolve(base, path) for path in record.locked_paths}
    return {path: value for path, (found, value) in values.items() if found}


def _target(request: WriterRequest) -> Any:
    """What is refined, without the details that stay as they are."""
    if request.target is None:
        return None
    kind = STAGE_BY_KEY[request.work.stage].content
    return tabled(without_empty(shown(kind, request.target.content, asked_fields(request))))


def _now(request: WriterRequest) -> Note | None:
    found = next((one for one in request.feedback if one[1].id == request.work.feedback_id), None)
    return _note(request, *found) if found else None

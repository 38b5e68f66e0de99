"""Answers where confirmed values came from, and whose they are: from the events alone. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import cast
from uuid import UUID

from genesis_types.enums import GenesisStage

from domain.genesis.events import (
    ContentCorrected,
    ContentEdited,
    FeedbackGiven,
    GenesisBranched,
    GenesisStarted,
    LocksChanged,
    ProposalsRecorded,
    StageConfirmed,
)
from domain.genesis.stages import STAGE_BY_KEY, STAGE_ORDER
from projections.engine.projection import StoredEvent
from projections.genesis.provenance.generations import corrected, proposed
from projections.genesis.provenance.marks import Leaf, below
from projections.genesis.provenance.trail import Settled, Step, Trail, trail
from projections.genesis.provenance.views import (
    METHOD,
    Author,
    AuthorShares,
    Characters,
    Hand,
    ProvenanceStep,
    SessionProvenance,
    StageProvenance,
    StepKind,
    TextRun,
    ValueProvenance,
)


class NothingConfirmedThere(Exception):
    """No confirmed value lies at the path. The message is a sentence for whoever asked."""


def session_provenance(lineage: Sequence[Sequence[StoredEvent]], path: str = "") -> SessionProvenance:
    """Of everything confirmed, or, with the texts' runs, of what lies at and below `path` (/stage/…).

    lineage: as trail() takes it. Raises NothingConfirmedThere.
    """
    found, session = trail(lineage), lineage[-1]
    wanted, inside = _parsed(path)
    used, stages = Counter[int](), list[StageProvenance]()
    about = set[int]()
    for stage in STAGE_ORDER:
        if (settled := found.settled.get(stage)) is None or (wanted is not None and stage is not wanted):
            continue
        leaves = below(settled.version.content, settled.version.marks, inside)
        if leaves is None:
            raise NothingConfirmedThere(f"Nothing lies at “{inside}” in what is confirmed of {stage.value}.")
        for leaf in leaves:
            for span in leaf.spans if leaf.is_prose else ():
                used[span.step] += span.length
        about |= _relevant(found, stage, settled, inside)
        stages.append(_stage(found, stage, settled, leaves, with_runs=bool(path)))
    if not stages and wanted is not None:
        raise NothingConfirmedThere(f"Nothing of {wanted.value} is confirmed yet.")
    about |= {number for stage in stages for value in stage.values for number in value.steps}
    about |= {step.number for step in found.steps if isinstance(step.event, GenesisBranched) and step.adopted is None}
    return SessionProvenance(
        session_id=session[-1].stream_id,
        owner_id=cast(GenesisStarted | GenesisBranched, session[0].event).user_id,
        version=session[-1].version,
        method=METHOD,
        sources=tuple(events[0].stream_id for events in lineage[:-1]),
        shares=_sum(stage.shares for stage in stages),
        stages=tuple(stages),
        steps=tuple(_shown(found.steps[number], used[number]) for number in sorted(about)),
    )


def _parsed(path: str) -> tuple[GenesisStage | None, str]:
    """(stage, the pointer within it). Raises NothingConfirmedThere."""
    if not path.strip("/"):
        return None, ""
    name, _, inside = path.removeprefix("/").partition("/")
    stage = next((one for one in STAGE_ORDER if one.value == name.upper()), None)
    if stage is None:
        known = ", ".join(one.value for one in STAGE_ORDER)
        raise NothingConfirmedThere(f"“{name[:80]}” is no stage: a path begins with one of {known}.")
    return stage, inside


def _relevant(found: Trail, stage: GenesisStage, settled: Settled, path: str) -> set[int]:
    """Steps that changed what lies at `path` on its way, answered, locked or confirmed it."""
    numbers, proposals = {settled.step}, set[UUID | None]()
    for one in settled.version.lineage():
        earlier = below(one.base.content, one.base.marks, path) if one.base else None
        if one.base is None or _values(earlier) != _values(below(one.content, one.marks, path)):
            numbers.add(one.step)
        proposals.add(one.proposal_id)
    for step in found.steps:
        match event := step.event:
            case FeedbackGiven() if event.proposal_id in proposals and _covers(event.path, path):
                numbers.add(step.number)
            case LocksChanged() if event.stage is stage and any(_covers(one, path) for one in event.locked_paths):
                numbers.add(step.number)
            case _:
                pass
    return numbers


def _values(leaves: Sequence[Leaf] | None) -> list[tuple[str, object]] | None:
    return None if leaves is None else [(leaf.path, leaf.value) for leaf in leaves]


def _covers(one: str | None, path: str) -> bool:
    """Whether what is said of `one` (None: of all) touches what lies at `path` ("" for all)."""
    mine, asked = (one or "").strip("/"), path.strip("/")
    return not mine or not asked or f"{mine}/".startswith(f"{asked}/") or f"{asked}/".startswith(f"{mine}/")


def _stage(
    found: Trail, stage: GenesisStage, settled: Settled, leaves: Sequence[Leaf], *, with_runs: bool
) -> StageProvenance:
    values = tuple(_value(found, stage, leaf, with_runs=with_runs) for leaf in leaves if leaf.value not in (None, ""))
    step, data = found.steps[settled.step], STAGE_BY_KEY[stage]
    return StageProvenance(
        stage=stage,
        label=data.label,
        label_zh=data.label_zh,
        proposal_id=settled.proposal_id,
        confirmed_at=step.event.occurred_at,
        confirmed_version=step.version,
        shares=_sum(_shares(value) for value in values),
        values=values,
    )


def _value(found: Trail, stage: GenesisStage, leaf: Leaf, *, with_runs: bool) -> ValueProvenance:
    written = Counter[Hand]()
    for span in leaf.spans:
        written[found.steps[span.step].hand] += span.length
    whose = {found.steps[span.step].hand for span in leaf.spans}
    counted = Characters(ai=written["ai"], person=written["person"], muse=written["muse"])
    ends = list(accumulate((span.length for span in leaf.spans), initial=0))
    text = leaf.value if isinstance(leaf.value, str) else ""
    return ValueProvenance(
        path=f"/{stage.value}{leaf.path}",
        author=_author(whose),
        characters=counted if leaf.is_prose else Characters(ai=0, person=0),
        steps=tuple(dict.fromkeys(span.step for span in leaf.spans)),
        runs=tuple(
            TextRun(text=text[start:end], step=span.step)
            for start, end, span in zip(ends, ends[1:], leaf.spans, strict=False)
        )
        if with_runs and text
        else None,
    )


def _author(hands: set[Hand]) -> Author:
    if len(hands) == 1:
        return next(iter(hands))
    return "edited" if "person" in hands else "ai"


def _shares(value: ValueProvenance) -> AuthorShares:
    whose, none = value.characters, Characters(ai=0, person=0)
    return AuthorShares(
        ai=whose.total if value.author == "ai" else 0,
        muse=whose.total if value.author == "muse" else 0,
        edited=whose if value.author == "edited" else none,
        person=whose.total if value.author == "person" else 0,
    )


def _sum(shares: Iterable[AuthorShares]) -> AuthorShares:
    every = list(shares)
    return AuthorShares(
        ai=sum(one.ai for one in every),
        muse=sum(one.muse for one in every),
        edited=Characters(
            ai=sum(one.edited.ai for one in every),
            person=sum(one.edited.person for one in every),
            muse=sum(one.edited.muse for one in every),
        ),
        person=sum(one.person for one in every),
    )


def _shown(step: Step, characters: int) -> ProvenanceStep:
    event = step.event
    facts = {
        "number": step.number,
        "session_id": step.session_id,
        "version": step.version,
        "at": event.occurred_at,
        "kind": _kind(step),
        "by": step.hand,
        "characters": characters,
    }
    match event:
        case ProposalsRecorded():
            facts |= {"generation": proposed(step, event), "made": tuple(one.id for one in event.proposals)}
            facts["revision_of"] = event.proposals[0].revision_of if event.proposals else None
            facts["answers"] = step.request.feedback_id if step.request is not None else None
        case FeedbackGiven():
            facts |= {"proposal_id": event.proposal_id, "text": event.text, "path": event.path}
            facts["feedback_id"] = event.feedback_id
        case ContentCorrected() if event.proposed_by:
            facts |= {"made": (event.proposal.id,), "revision_of": event.proposal.revision_of}
            facts["generation"] = corrected(step, event)
        case ContentEdited() | ContentCorrected():
            facts |= {"made": (event.proposal.id,), "revision_of": event.proposal.revision_of}
        case LocksChanged():
            facts |= {"proposal_id": event.source_proposal_id, "locked_paths": event.locked_paths}
        case StageConfirmed():
            facts["proposal_id"] = event.proposal_id
        case GenesisBranched():
            facts |= {"source_session_id": event.source_session_id, "source_version": event.source_version}
            if step.adopted is not None:
                facts |= {"made": (step.adopted.id,), "revision_of": step.adopted.revision_of}
        case _:
            pass
    return ProvenanceStep.model_validate(facts)


def _kind(step: Step) -> StepKind:
    match step.event:
        case ProposalsRecorded():
            return "refined" if step.request is not None and step.request.kind == "refinement" else "generated"
        case FeedbackGiven():
            return "feedback"
        case ContentEdited():
            return "edited"
        case ContentCorrected():
            return "corrected"
        case LocksChanged():
            return "locked"
        case StageConfirmed():
            return "confirmed"
        case _:
            return "branched" if step.adopted is None else "adopted"

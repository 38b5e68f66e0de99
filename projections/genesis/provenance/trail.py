"""Walks through the events of a session and of those that it was branched from: which step made which version. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast
from uuid import UUID

from genesis_types.enums import GenesisStage, Origin

from domain.genesis.events import (
    ContentCorrected,
    ContentEdited,
    ContradictionsFound,
    Event,
    FeedbackGiven,
    GenerationRequested,
    GenesisBranched,
    LocksChanged,
    ProposalsRecorded,
    StageConfirmed,
)
from domain.genesis.proposals import Content, Proposal, StageRecord
from projections.differences.pairing import same
from projections.differences.words import Words
from projections.engine.projection import StoredEvent
from projections.genesis.provenance.marks import Marks, carried, kept_locked, written
from projections.genesis.provenance.views import Hand

_MUSE = "muse"
"""As events name the writer that fills in templates, and asks no AI."""

EFFORT = 300_000
"""Steps of comparing the texts of one version with those of the version that it came from: some tenths of a second."""


@dataclass(frozen=True, slots=True)
class Step:
    """An event that made, asked for, locked or confirmed something. `hand`: whose words it brings.

    search: the model's search that proposed a correction.
    adopted: a proposal whose own event is not at hand, known from the event that copied it into a branch.
    """

    number: int
    session_id: UUID
    version: int
    event: Event
    hand: Hand
    request: GenerationRequested | None = None
    feedback: FeedbackGiven | None = None
    adopted: Proposal | None = None
    search: ContradictionsFound | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A content with its authors. `base`: what it was made from. `proposal_id`: None where none was confirmed."""

    content: Content
    marks: Marks
    step: int
    proposal_id: UUID | None = None
    base: "Version | None" = None

    def lineage(self) -> Iterator["Version"]:
        """This version and those that it came from, the newest first."""
        version: Version | None = self
        while version is not None:
            yield version
            version = version.base


@dataclass(frozen=True, slots=True)
class Settled:
    """What a stage settled on. `step`: of the confirmation, or of the branch that brought it along."""

    version: Version
    step: int
    proposal_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Locks:
    paths: tuple[str, ...]
    content: Content
    marks: Marks
    source: UUID | None


@dataclass(slots=True)
class Trail:
    """`steps` in their order, the oldest session's first."""

    steps: list[Step] = field(default_factory=list)
    proposals: dict[UUID, Version] = field(default_factory=dict)
    settled: dict[GenesisStage, Settled] = field(default_factory=dict)


def trail(lineage: Sequence[Sequence[StoredEvent]]) -> Trail:
    """`lineage`: the events of each session: the oldest source first, up to its branch; the session itself last."""
    walk = _Walk(_needed(lineage))
    for events in lineage:
        for stored in events:
            walk.take(stored)
    return walk.trail


def _needed(lineage: Iterable[Iterable[StoredEvent]]) -> set[UUID]:
    """The proposals that confirmed contents and locks come from: of others nobody asks who wrote what."""
    came_from: dict[UUID, UUID | None] = {}
    wanted: set[UUID | None] = set()
    for events in lineage:
        for stored in events:
            match event := cast(Event, stored.event):
                case ProposalsRecorded() | ContentEdited() | ContentCorrected():
                    made = event.proposals if isinstance(event, ProposalsRecorded) else (event.proposal,)
                    came_from |= {one.id: one.revision_of for one in made}
                    wanted |= {one.id for one in made} if isinstance(event, ContentCorrected) else set()
                case GenesisBranched():
                    for record in event.stages.values():
                        came_from |= {one.id: one.revision_of for one in record.proposals}
                        wanted |= {record.confirmed_proposal_id, record.lock_source}
                case StageConfirmed():
                    wanted.add(event.proposal_id)
                case LocksChanged():
                    wanted.add(event.source_proposal_id)
                case _:
                    pass
    found = set[UUID]()
    for one in wanted:
        at = one
        while at is not None and at not in found:
            found.add(at)
            at = came_from.get(at)
    return found


class _Walk:
    def __init__(self, needed: set[UUID]) -> None:
        self.trail = Trail()
        self._needed = needed
        self._requests: dict[UUID, GenerationRequested] = {}
        self._feedback: dict[UUID, FeedbackGiven] = {}
        self._searches: dict[UUID, ContradictionsFound] = {}
        self._locks: dict[GenesisStage, _Locks] = {}

    def take(self, stored: StoredEvent) -> None:
        match event := cast(Event, stored.event):
            case GenesisBranched():
                self._step(stored, hand="person")
                for stage, record in event.stages.items():
                    self._adopt(stored, stage, record)
            case GenerationRequested():
                self._requests[event.correlation_id] = event
            case FeedbackGiven():
                self._feedback[event.feedback_id] = event
                self._step(stored, hand="person")
            case ProposalsRecorded():
                request = self._requests.get(event.correlation_id)
                feedback = self._feedback.get(request.feedback_id) if request and request.feedback_id else None
                step = self._step(stored, hand=_writer(event), request=request, feedback=feedback)
                for proposal in event.proposals:
                    self._proposed(proposal, step)
            case ContentEdited():
                self._edited(event, self._step(stored, hand="person"))
            case ContradictionsFound():
                self._searches[event.correlation_id] = event
            case ContentCorrected():
                search = self._searches.get(event.search_id) if event.search_id else None
                step = self._step(stored, hand="ai" if event.proposed_by else "person", search=search)
                self._edited(event, step, self.trail.settled.get(event.stage))
                self._confirm(event.stage, event.proposal.content, event.proposal.id, step)
            case LocksChanged():
                self._locked(event, self._step(stored, hand="person"))
            case StageConfirmed():
                step = self._step(stored, hand="person")
                self._confirm(event.stage, event.content, event.proposal_id, step)
            case _:
                pass

    def _step(
        self,
        stored: StoredEvent,
        *,
        hand: Hand,
        request: GenerationRequested | None = None,
        feedback: FeedbackGiven | None = None,
        adopted: Proposal | None = None,
        search: ContradictionsFound | None = None,
    ) -> int:
        number = len(self.trail.steps)
        event = cast(Event, stored.event)
        self.trail.steps.append(
            Step(number, stored.stream_id, stored.version, event, hand, request, feedback, adopted, search)
        )
        return number

    def _proposed(self, proposal: Proposal, step: int) -> None:
        if proposal.id not in self._needed:
            return
        base = self.trail.proposals.get(proposal.revision_of) if proposal.revision_of else None
        marks = _made(base, proposal.content, step)
        if (locks := self._locks.get(proposal.stage)) is not None:
            marks = kept_locked(proposal.content, marks, locks.content, locks.marks, locks.paths)
        self.trail.proposals[proposal.id] = Version(proposal.content, marks, step, proposal.id, base)

    def _edited(self, event: ContentEdited | ContentCorrected, step: int, corrected: Settled | None = None) -> None:
        """`corrected`: what was confirmed before a correction, which may be no proposal's but written by hand."""
        proposal, locks = event.proposal, self._locks.get(event.stage)
        carries_locks = locks is not None and proposal.revision_of == locks.source
        if not carries_locks and proposal.id not in self._needed:
            return
        base = self.trail.proposals.get(proposal.revision_of) if proposal.revision_of else None
        if corrected is not None:
            base = corrected.version
        version = Version(proposal.content, _made(base, proposal.content, step), step, proposal.id, base)
        self.trail.proposals[proposal.id] = version
        if locks is not None and carries_locks:  # as fold_stage does: what stands there now is what is locked
            self._locks[event.stage] = _Locks(locks.paths, version.content, version.marks, proposal.id)

    def _locked(self, event: LocksChanged, step: int) -> None:
        if not event.locked_paths:
            self._locks.pop(event.stage, None)
            return
        of = self.trail.proposals.get(event.source_proposal_id) if event.source_proposal_id else None
        settled = self.trail.settled.get(event.stage)
        candidates = (of, self._locks.get(event.stage), settled.version if settled is not None else None)
        known = next((one for one in candidates if one is not None and same(one.content, event.base)), None)
        marks = known.marks if known is not None else written(event.base, step)
        self._locks[event.stage] = _Locks(event.locked_paths, event.base, marks, event.source_proposal_id)

    def _confirm(self, stage: GenesisStage, content: Content, proposal_id: UUID | None, step: int) -> None:
        before = self.trail.settled.get(stage)
        base = self.trail.proposals.get(proposal_id) if proposal_id else before.version if before else None
        if base is None or not same(base.content, content):
            base = Version(content, _made(base, content, step), step, None, base)
        self.trail.settled[stage] = Settled(base, step, proposal_id)

    def _adopt(self, stored: StoredEvent, stage: GenesisStage, record: StageRecord) -> None:
        """What the branch brought along, where the source's own events are not at hand."""
        for proposal in record.proposals:
            if proposal.id in self._needed and proposal.id not in self.trail.proposals:
                # of what was edited by hand nobody tells the adjustments: they are a model's
                hand: Hand = "person" if proposal.origin is not Origin.AI and not proposal.adjustments else "ai"
                self._proposed(proposal, self._step(stored, hand=hand, adopted=proposal))
        if record.confirmed is not None and stage not in self.trail.settled:
            self._confirm(stage, record.confirmed, record.confirmed_proposal_id, len(self.trail.steps) - 1)
        if record.lock_base is not None and stage not in self._locks:
            source = self.trail.proposals.get(record.lock_source) if record.lock_source else None
            marks = source.marks if source is not None and same(source.content, record.lock_base) else None
            marks = marks or written(record.lock_base, len(self.trail.steps) - 1)
            self._locks[stage] = _Locks(record.locked_paths, record.lock_base, marks, record.lock_source)


def _writer(event: ProposalsRecorded) -> Hand:
    return "muse" if event.writer == _MUSE else "ai"


def _made(base: Version | None, content: Content, step: int) -> Marks:
    if base is None:
        return written(content, step)
    return carried(base.content, base.marks, content, step, Words(EFFORT))

"""The facts of a genesis session, in the past tense. Names and versions are stored: they never change their meaning."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from genesis_types.enums import CommandType, GenesisMode, GenesisStage
from pydantic import JsonValue

from domain.aggregate import DomainEvent
from domain.genesis.asked import Asked, WriterChoice
from domain.genesis.premise import Premise
from domain.genesis.proposals import FoundContradiction, Incomplete, NoteCode, Proposal, StageRecord


class GenesisStarted(Premise, DomainEvent):
    user_id: UUID
    mode: GenesisMode
    first_stage: GenesisStage
    expires_at: datetime


class GenesisBranched(Premise, DomainEvent):
    """A new session from a moment of another: the folded content is in here, so the source is never read again."""

    schema_version: ClassVar[int] = 4

    user_id: UUID
    source_session_id: UUID
    source_version: int
    mode: GenesisMode
    current_stage: GenesisStage
    stages: dict[GenesisStage, StageRecord]
    expires_at: datetime


class StageEvent(DomainEvent):
    """Base of the facts that change what lies in one stage, and nothing else of the session (stage_fold.py)."""

    stage: GenesisStage


class StageEntered(DomainEvent):
    stage: GenesisStage


class GenerationRequested(DomainEvent):
    """Work for a writer (the AI or the muse). `command_id` is the inbox row that stays PROCESSING until the outcome.

    `writer`: who is to write instead of the configured one; `fewer_details`: short, with the required fields only.
    `rest_of`: the proposal of which only the missing parts are asked for. Of kind `agreement` it asks for no proposals,
    but for what the confirmed stages say against each other; `stage` is then where the writer was.
    Version 2 has that kind: a build that does not know it says that the event is newer than the build.
    """

    schema_version: ClassVar[int] = 2

    correlation_id: UUID
    command_id: UUID
    command_type: CommandType
    stage: GenesisStage
    kind: Literal["inspiration", "refinement", "agreement"]
    count: int
    instructions: str = ""
    proposal_id: UUID | None = None
    feedback_id: UUID | None = None
    turn: int
    deadline_at: datetime
    writer: WriterChoice | None = None
    fewer_details: bool = False
    rest_of: UUID | None = None


class FeedbackGiven(StageEvent):
    feedback_id: UUID
    proposal_id: UUID
    text: str
    path: str | None = None


class ProposalsRecorded(DomainEvent):
    """The outcome of a generation, with what it cost. `cost_usd` None means unknown, which is not zero.

    `wanted`: how many proposals were asked for, None where nobody wrote it down; `notes`: what is to be said of them
    all, such as why another model wrote them, `note_codes`: the same as codes; `asked`: what was sent, None of the
    muse, which sends nothing.
    `missing`: JSON pointers to the parts of the first proposal that did not come, though they were asked for.
    `incomplete`: what each of them lacks, of those that lack something; `rest_of`: the proposal that was completed.
    """

    schema_version: ClassVar[int] = 3

    correlation_id: UUID
    stage: GenesisStage
    proposals: tuple[Proposal, ...]
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    wanted: int | None = None
    notes: tuple[str, ...] = ()
    asked: Asked | None = None
    missing: tuple[str, ...] = ()
    incomplete: tuple[Incomplete, ...] = ()
    rest_of: UUID | None = None
    note_codes: tuple[NoteCode, ...] = ()


class ContradictionsFound(DomainEvent):
    """The outcome of a model's search for contradictions: both quotes of each of `found` stood in what was confirmed.

    `searched`: the stages that it was given; what was found in them before counts no more. `dropped`: how many of its
    findings had quotes that stand nowhere. The rest as in ProposalsRecorded.
    """

    schema_version: ClassVar[int] = 2

    correlation_id: UUID
    stage: GenesisStage
    searched: tuple[GenesisStage, ...]
    found: tuple[FoundContradiction, ...]
    dropped: int
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    notes: tuple[str, ...] = ()
    asked: Asked | None = None
    note_codes: tuple[NoteCode, ...] = ()


class GenerationFailed(DomainEvent):
    """`usage` and `cost_usd`: what was used in vain, as far as it was reported. None means unknown, or not reported.

    `model`, `prompt_version` and `asked` as in ProposalsRecorded; empty where nothing was sent.
    `note_codes`: what `message` says beside the sentence of `code`.
    """

    schema_version: ClassVar[int] = 3

    correlation_id: UUID
    stage: GenesisStage
    code: str
    message: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    model: str = ""
    prompt_version: str = ""
    asked: Asked | None = None
    note_codes: tuple[NoteCode, ...] = ()


class GenerationCancelled(DomainEvent):
    correlation_id: UUID
    stage: GenesisStage
    turn: int


class ConceptsShortlisted(StageEvent):
    proposal_ids: tuple[UUID, ...]


class ContentEdited(StageEvent):
    """The writer's own hand: a new proposal beside the one it came from."""

    schema_version: ClassVar[int] = 2

    proposal: Proposal


class ContentCorrected(StageEvent):
    """What is confirmed was made to agree with the other stages, as the writer accepted: `proposal` is confirmed now.

    Nothing else moves: the stage and the later ones stay as up to date as they were, and no work begins.
    `proposed_by`: the model that proposed the change, "" where code did; `search_id`: the search in which it did.
    """

    schema_version: ClassVar[int] = 3

    proposal: Proposal
    proposed_by: str = ""
    search_id: UUID | None = None


class ContradictionsDismissed(StageEvent):
    """The writer leaves these contradictions (agreement.py) as they are. A text that changes has others."""

    contradiction_ids: tuple[UUID, ...]


class ContradictionsRestored(StageEvent):
    """The writer takes a dismissal back: ids as they were dismissed, so that an older one is taken back, too."""

    contradiction_ids: tuple[UUID, ...]


class LocksChanged(StageEvent):
    """From now on the values at `locked_paths` (RFC 6901) of `base` stand in every later proposal of this stage."""

    locked_paths: tuple[str, ...]
    base: dict[str, JsonValue]
    source_proposal_id: UUID | None


class StageConfirmed(DomainEvent):
    """`stale` names the confirmed later stages that were built on what this confirmation replaced."""

    stage: GenesisStage
    proposal_id: UUID | None
    content: dict[str, JsonValue]
    stale: tuple[GenesisStage, ...]


class SessionExtended(DomainEvent):
    hours: int
    expires_at: datetime


class SessionPaused(DomainEvent):
    reason: Literal["expired"]
    turn: int


class WaitExpired(DomainEvent):
    """The workflow has waited long enough for the decision of `turn`. It can still come, and is then done."""

    turn: int


class GenesisCompleted(DomainEvent):
    """`title` and `content` make the novel: its page needs nothing but this event."""

    novel_id: UUID
    user_id: UUID
    language: str
    title: str
    content: dict[GenesisStage, dict[str, JsonValue]]
    turn: int


class GenesisAbandoned(DomainEvent):
    reason: str
    turn: int


Event = (
    GenesisStarted
    | GenesisBranched
    | StageEntered
    | GenerationRequested
    | FeedbackGiven
    | ProposalsRecorded
    | ContradictionsFound
    | GenerationFailed
    | GenerationCancelled
    | ConceptsShortlisted
    | ContentEdited
    | ContentCorrected
    | ContradictionsDismissed
    | ContradictionsRestored
    | LocksChanged
    | StageConfirmed
    | SessionExtended
    | SessionPaused
    | WaitExpired
    | GenesisCompleted
    | GenesisAbandoned
)

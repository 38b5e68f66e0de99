"""What can be asked of a genesis session, in the imperative. Decisions on them are in decide.py."""

from typing import Annotated, ClassVar
from uuid import UUID

from genesis_types.enums import CommandType, GenesisMode, GenesisStage, InternalCommandType
from genesis_types.text import CleanText
from pydantic import Field, JsonValue

from domain.aggregate import Body
from domain.genesis.agreement import MOST_AT_ONCE
from domain.genesis.asked import Asked, WriterChoice
from domain.genesis.found import FoundPair
from domain.genesis.proposals import Content, NoteCode

Spark = Annotated[str, Field(max_length=20_000), CleanText]
ShortText = Annotated[str, Field(max_length=200), CleanText]
Note = Annotated[str, Field(max_length=4_000), CleanText]
Pointer = Annotated[str, Field(min_length=1, max_length=400, description="JSON pointer (RFC 6901)"), CleanText]
FewerDetails = Annotated[bool, Field(description="Short, with the fields that every proposal needs, and no others.")]
Instead = Annotated[WriterChoice | None, Field(description="Who writes this time, instead of the configured writer.")]
LanguageTag = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]


class StartGenesis(Body):
    command_type: ClassVar = CommandType.START_GENESIS
    mode: GenesisMode = GenesisMode.GUIDED
    seed: Spark = ""
    genre: ShortText = ""
    audience: ShortText = ""
    language: LanguageTag = "en"
    title: ShortText = ""


class SelectConcept(Body):
    """A shortlist of one to three concepts; later rounds build on it."""

    command_type: ClassVar = CommandType.SELECT_CONCEPT
    proposal_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=3)]


class GenerateInspiration(Body):
    command_type: ClassVar = CommandType.GENERATE_INSPIRATION
    stage: GenesisStage | None = None
    count: Annotated[int, Field(ge=1, le=10)] | None = None
    instructions: Note = ""
    fewer_details: FewerDetails = False
    writer: Instead = None
    rest: Annotated[bool, Field(description="Only what is missing of the stage's last proposal, whose parts came.")] = (
        False
    )
    rest_of: Annotated[UUID | None, Field(description="Only what is missing of this proposal of the stage.")] = None


class ProvideFeedback(Body):
    command_type: ClassVar = CommandType.PROVIDE_FEEDBACK
    proposal_id: UUID
    text: Annotated[str, Field(min_length=1, max_length=4_000), CleanText]
    path: Pointer | None = None
    fewer_details: FewerDetails = False
    writer: Instead = None


class ConfirmStage(Body):
    """Fixes one content for a stage: a proposal's, or the writer's own."""

    command_type: ClassVar = CommandType.CONFIRM_STAGE
    stage: GenesisStage
    proposal_id: UUID | None = None
    content: dict[str, JsonValue] | None = None


class NavigateToStage(Body):
    command_type: ClassVar = CommandType.NAVIGATE_TO_STAGE
    stage: GenesisStage


class FinishGenesis(Body):
    command_type: ClassVar = CommandType.FINISH_GENESIS


class AbandonGenesis(Body):
    command_type: ClassVar = CommandType.ABANDON_GENESIS
    reason: ShortText = ""


class EditContent(Body):
    """The writer's own hand on a stage's content, and the paths that no later generation may change."""

    command_type: ClassVar = CommandType.EDIT_CONTENT
    stage: GenesisStage
    proposal_id: UUID | None = None
    content: dict[str, JsonValue] | None = None
    locked_paths: Annotated[tuple[Pointer, ...], Field(max_length=100)] | None = None


ContradictionIds = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class FindContradictions(Body):
    """Asks the writer's model what the confirmed stages say against each other. Changes nothing."""

    command_type: ClassVar = CommandType.FIND_CONTRADICTIONS


class CorrectContradictions(Body):
    """Accepts the changes that are proposed for these contradictions, in all stages at once or in none."""

    command_type: ClassVar = CommandType.CORRECT_CONTRADICTIONS
    contradiction_ids: ContradictionIds


class DismissContradictions(Body):
    """Leaves these contradictions as they are: they are not shown again."""

    command_type: ClassVar = CommandType.DISMISS_CONTRADICTIONS
    contradiction_ids: ContradictionIds


class RestoreContradictions(Body):
    """Takes a dismissal back: these contradictions are shown again."""

    command_type: ClassVar = CommandType.RESTORE_CONTRADICTIONS
    contradiction_ids: ContradictionIds


class CancelGeneration(Body):
    command_type: ClassVar = CommandType.CANCEL_GENERATION


class ExtendSession(Body):
    command_type: ClassVar = CommandType.EXTEND_SESSION
    hours: Annotated[int, Field(ge=1, le=24 * 90)] = 24


class BranchGenesis(Body):
    command_type: ClassVar = CommandType.BRANCH_GENESIS
    from_session_id: UUID
    at_version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class RecordProposals(Body):
    """Internal: a writer's outcome. `item_notes`: what is to be said of each proposal; `notes`: of them all; the
    same as codes in `item_note_codes` and `note_codes`.

    `item_missing`, `item_unchanged`: of each content JSON pointers to what did not come, and to what its note was to
    change and did not. `missing`: the first of the former, in outcomes that older builds have kept.
    """

    command_type: ClassVar = InternalCommandType.RECORD_PROPOSALS
    correlation_id: UUID
    contents: tuple[Content, ...]
    adjustments: tuple[tuple[str, ...], ...] = ()
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue] = Field(default_factory=dict)
    cost_usd: float | None = None
    price_source: str | None = None
    item_notes: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    asked: Asked | None = None
    missing: tuple[str, ...] = ()
    item_missing: tuple[tuple[str, ...], ...] = ()
    item_unchanged: tuple[tuple[str, ...], ...] = ()
    item_note_codes: tuple[tuple[NoteCode, ...], ...] = ()
    note_codes: tuple[NoteCode, ...] = ()


class RecordContradictions(Body):
    """Internal: what a model found in the confirmed stages. The rest as in RecordProposals."""

    command_type: ClassVar = InternalCommandType.RECORD_CONTRADICTIONS
    correlation_id: UUID
    found: tuple[FoundPair, ...]
    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue] = Field(default_factory=dict)
    cost_usd: float | None = None
    price_source: str | None = None
    notes: tuple[str, ...] = ()
    asked: Asked | None = None
    note_codes: tuple[NoteCode, ...] = ()


class FailGeneration(Body):
    """Internal: a generation that ended without proposals."""

    command_type: ClassVar = InternalCommandType.FAIL_GENERATION
    correlation_id: UUID
    code: str
    message: str
    usage: dict[str, JsonValue] = Field(default_factory=dict)
    cost_usd: float | None = None
    price_source: str | None = None
    model: str = ""
    prompt_version: str = ""
    asked: Asked | None = None
    note_codes: tuple[NoteCode, ...] = ()


class PauseSession(Body):
    """Internal: the session's time is up; it waits to be extended."""

    command_type: ClassVar = InternalCommandType.PAUSE_SESSION


class ExpireWait(Body):
    """Internal: nobody decided `turn` in the time that a workflow waits for it; its run ends."""

    command_type: ClassVar = InternalCommandType.EXPIRE_WAIT
    turn: int


PublicBody = (
    StartGenesis
    | BranchGenesis
    | SelectConcept
    | GenerateInspiration
    | ProvideFeedback
    | ConfirmStage
    | EditContent
    | FindContradictions
    | CorrectContradictions
    | DismissContradictions
    | RestoreContradictions
    | NavigateToStage
    | CancelGeneration
    | ExtendSession
    | FinishGenesis
    | AbandonGenesis
)
InternalBody = RecordProposals | RecordContradictions | FailGeneration | PauseSession | ExpireWait
AnyBody = PublicBody | InternalBody

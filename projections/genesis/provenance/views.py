"""What provenance answers: for each confirmed value the steps that it came from, and whose its characters are."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from projections.genesis.views import View

METHOD = (
    "Texts are compared with the version that they were made from, word by word. What stayed keeps its author; what was"
    " added is the AI's where a model proposed it, also as a change against a contradiction that a person accepted, the"
    " muse's where the muse proposed it, and the person's where it was edited or confirmed by hand. The muse is a part"
    " of the studio that fills in templates: it is not an AI, and what it wrote is no person's either. A text that the"
    " muse and an AI wrote counts as the AI's; one of which a person wrote a part, as edited. Only the characters of"
    " texts count, not ids. What a person types in after copying it from elsewhere counts as theirs."
)

Author = Literal["ai", "muse", "edited", "person"]
Hand = Literal["ai", "muse", "person"]
StepKind = Literal[
    "generated", "refined", "edited", "corrected", "feedback", "locked", "confirmed", "branched", "adopted"
]


class Characters(View):
    """How many characters of a text are whose."""

    ai: int
    person: int
    muse: int = 0

    @property
    def total(self) -> int:
        return self.ai + self.muse + self.person


class AuthorShares(View):
    """Characters of texts, by whose the texts are.

    ai: those that no person wrote any of, and an AI did. muse: the muse's alone. person: a person's alone. edited:
    those that a person wrote a part of, by who wrote which of their characters.
    """

    ai: int
    edited: Characters
    person: int
    muse: int = 0

    @property
    def total(self) -> int:
        return self.ai + self.muse + self.edited.total + self.person


class RequestFacts(View):
    """What a writer was asked for. `feedback`: the words that a refinement answers; `path`: what they were about."""

    kind: Literal["inspiration", "refinement"]
    count: int
    instructions: str
    feedback: str | None
    path: str | None


class AttemptFacts(View):
    """One request to a model. `cause`: what was wrong with its answer; `parts`: names of what was sent -> their hashes.

    The words that were sent are at `…/proposals/{proposal_id}/request`, each part by its hash.
    """

    number: int
    cause: str | None
    parameters: dict[str, JsonValue]
    parts: dict[str, str]


class GenerationFacts(View):
    """Who wrote it, for what it cost. `usage` and `cost_usd` are of the whole generation; null: unknown, not zero.

    `correlation_id`: of the generation; of a correction, of the search in which a model proposed it.
    """

    writer: str
    model: str
    prompt_version: str
    usage: dict[str, JsonValue]
    cost_usd: float | None
    price_source: str | None
    proposals: int
    request: RequestFacts | None
    attempts: tuple[AttemptFacts, ...] = ()
    correlation_id: UUID | None = None


class ProvenanceStep(View):
    """An event of the chain. `characters`: how many of what stands now it wrote. `text`: of feedback. A correction `by`
    an AI was proposed by it, and accepted by the person. Of what a branch brought along nobody tells whether the muse
    proposed it: it is an AI's.

    session_id: another session's where the step lies before a branch. proposal_id: what it is about. made: the
        proposals that it wrote. revision_of: what these were made from. answers: the feedback that they answer.
    source_version: of a branch, the version of the session before it that it came from.
    """

    number: int
    session_id: UUID
    version: int
    at: datetime
    kind: StepKind
    by: Hand
    characters: int
    proposal_id: UUID | None = None
    made: tuple[UUID, ...] = ()
    revision_of: UUID | None = None
    feedback_id: UUID | None = None
    answers: UUID | None = None
    generation: GenerationFacts | None = None
    text: str | None = None
    path: str | None = None
    locked_paths: tuple[str, ...] | None = None
    source_session_id: UUID | None = None
    source_version: int | None = None


class TextRun(View):
    """Consecutive characters that one step wrote."""

    text: str
    step: int


class ValueProvenance(View):
    """One value. `path`: /stage/…, a JSON pointer in which items are named by their ids.

    runs: of a text, where a path was asked for.
    steps: the numbers of the steps that wrote what stands there.
    """

    path: str
    author: Author
    characters: Characters
    steps: tuple[int, ...]
    runs: tuple[TextRun, ...] | None = None


class StageProvenance(View):
    stage: GenesisStage
    label: str
    label_zh: str
    proposal_id: UUID | None
    confirmed_at: datetime
    confirmed_version: int
    shares: AuthorShares
    values: tuple[ValueProvenance, ...]


class SessionProvenance(View):
    """Of everything confirmed, or of what lies at and below a path. `sources`: the sessions it was branched from.

    version: of the session, as far as its events were read. steps: in order, the oldest session's first.
    """

    session_id: UUID
    owner_id: UUID
    version: int
    method: str
    sources: tuple[UUID, ...]
    shares: AuthorShares
    stages: tuple[StageProvenance, ...]
    steps: tuple[ProvenanceStep, ...]

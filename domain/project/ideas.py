"""What the steps of an initiation make, as values: a landscape of topics, a thesis, concepts of books."""

from typing import Annotated, Literal
from uuid import UUID

from genesis_types.enums import AudienceLevel, Intent
from genesis_types.text import CleanText
from pydantic import BaseModel, ConfigDict, Field

LONGEST_KEYWORD = 200
FEWEST_CONCEPTS, MOST_CONCEPTS = 3, 5

Name = Annotated[str, Field(min_length=1, max_length=300), CleanText]
Saying = Annotated[str, Field(min_length=1, max_length=2_000), CleanText]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Brief(_Value):
    """What its author says of a book before anything of it is there. Empty texts: nothing was said of it."""

    keyword: str
    genre: str
    audience: str
    audience_level: AudienceLevel
    intent: Intent
    language: str


class Topic(_Value):
    """A field that the keyword opens, and angles from which a book could come to it."""

    name: Name
    about: Saying
    angles: Annotated[tuple[Saying, ...], Field(min_length=1, max_length=6)]


class Landscape(_Value):
    topics: Annotated[tuple[Topic, ...], Field(min_length=2, max_length=8)]


class NarrativeThesis(_Value):
    """What a story is about beneath its events. `statement`: what it says in one sentence."""

    kind: Literal[Intent.FICTION] = Intent.FICTION
    statement: Saying
    theme: Saying
    question: Saying
    conflict: Saying
    stakes: Saying


class Claim(_Value):
    """Something that can be wrong: what would support it, and what would refute it."""

    claim: Saying
    support: Saying
    refute: Saying


class ArgumentThesis(_Value):
    """What a book of non-fiction holds to be so, and the claims that it rests on."""

    kind: Literal[Intent.NON_FICTION] = Intent.NON_FICTION
    statement: Saying
    claims: Annotated[tuple[Claim, ...], Field(min_length=2, max_length=6)]


Thesis = Annotated[NarrativeThesis | ArgumentThesis, Field(discriminator="kind")]


class Idea(_Value):
    """A book that could be written: `logline` says in a sentence or two what it is, `angle` what sets it apart."""

    title: Name
    tagline: Saying
    logline: Saying
    audience: Name
    angle: Saying


class Concept(Idea):
    """An idea that was recorded, and that can be chosen by its id."""

    concept_id: UUID

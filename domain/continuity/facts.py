"""What a book states and where it contradicts itself, as values with the sentences that say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from uuid import UUID, uuid5

from domain.continuity.reading import Kind, Reading
from domain.project.plan import NO_PLAN, ChapterPlan

_NAMESPACE = UUID("7c1e9d0a-2f55-4d0b-9f0e-0f4f7f1f9c45")

FindingKind = Literal[
    "eyes",
    "hair",
    "handedness",
    "wound",
    "birthplace",
    "age",
    "dead_acts",
    "dead_planned",
    "season",
    "weekday",
    "two_places",
    "knew_before",
    "knew_after",
    "spelling",
    "retelling",
    "other_book",
]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter of the contents, in their order, with the readings of its paragraphs, in theirs."""

    chapter_id: UUID
    title: str
    plan: ChapterPlan = NO_PLAN
    paragraphs: Sequence[tuple[UUID, Reading]] = ()


class Evidence(NamedTuple):
    """A sentence, word for word, and where it stands. `block_id` None: in the chapter's plan."""

    chapter_id: UUID
    block_id: UUID | None
    sentence: str


class When(NamedTuple):
    """Place in the book: how manieth chapter, paragraph and sentence, from 0. Plans stand before all paragraphs."""

    chapter: int
    paragraph: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Fact:
    """`person`: as the book calls them; "" for the world at large. `value`, `detail`: as in reading.py.

    `date`, `time_of_day`: when, as far as it was said in this scene. `earlier`: it tells of an earlier time.
    """

    kind: Kind
    person: str
    value: str
    detail: str
    when: When
    evidence: Evidence
    date: str = ""
    time_of_day: str = ""
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Two sentences that cannot both be so. `first` stands before `second` in the book.

    `person`: whom it is about; "" where it is about nobody. `values`: what each of the two says, in a word or two.
    """

    kind: FindingKind
    person: str
    values: tuple[str, str]
    first: Evidence
    second: Evidence

    @property
    def id(self) -> UUID:
        """The same while the two sentences and their chapters are: by it a finding is waived."""
        parts = (
            self.kind,
            self.person,
            str(self.first.chapter_id),
            self.first.sentence,
            str(self.second.chapter_id),
            self.second.sentence,
        )
        return uuid5(_NAMESPACE, "\x1f".join(parts))


@dataclass(frozen=True, slots=True)
class Continuity:
    """`people`: everybody by the name the book knows them by, with how many sentences name them."""

    people: Mapping[str, int] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()

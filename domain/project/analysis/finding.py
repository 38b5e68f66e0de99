"""What is found in contents: its kind, the chapters that it is about, and what would mend it."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from domain.project.plan import ChapterPlan


class FindingKind(StrEnum):
    """Each has a sentence and a proposed change of its own, in every language of the page."""

    PERSON_VANISHES = "person_vanishes"
    THREAD_NEVER_PAID = "thread_never_paid"
    THREAD_NEVER_PLANTED = "thread_never_planted"
    THREAD_PAID_TOO_EARLY = "thread_paid_too_early"
    VIEW_ONLY_ONCE = "view_only_once"
    NO_GOAL = "no_goal"
    NO_TURN = "no_turn"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    BEAT_OUT_OF_PLACE = "beat_out_of_place"
    SAME_PURPOSE = "same_purpose"
    FLAT_TENSION = "flat_tension"


@dataclass(frozen=True, slots=True)
class PlannedChapter:
    """A chapter of the contents, in reading order from number 1."""

    entry_id: UUID
    number: int
    title: str
    plan: ChapterPlan


@dataclass(frozen=True, slots=True)
class StoryBeat:
    """A beat of the plot, and where in the book it belongs, 0 to 100."""

    label: str
    percent: float
    summary: str


@dataclass(frozen=True, slots=True)
class Finding:
    """`id` is made of `kind` and of `about`: the same while what it is about is unchanged, so that it stays waived.

    `chapters`: where it shows, the one that the change concerns first. `facts`: what its sentence names.
    """

    kind: FindingKind
    chapters: tuple[PlannedChapter, ...]
    about: tuple[str, ...]
    facts: dict[str, str | int] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        said = "\x1f".join((self.kind, *self.about)).encode("utf-8", "surrogatepass")
        return UUID(bytes=hashlib.sha256(said).digest()[:16], version=5)

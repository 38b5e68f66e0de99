"""Declares the writer of contents, as a port: what it is given of the book, what it gives chapter by chapter."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from application.chapter_writers import Book
from application.writers import Attempt, Spent
from domain.genesis.asked import Asked, WriterChoice
from domain.project.plan import ChapterPlan


@dataclass(frozen=True, slots=True)
class PlotBeat:
    """A beat of the confirmed plot. `percent`: where in the book it belongs, 0 to 100."""

    label: str
    percent: float
    summary: str


@dataclass(frozen=True, slots=True)
class PlotThread:
    """What the plot sets up, and how it is to be paid."""

    setup: str
    payoff: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A chapter that stands in the contents already. `purpose`: what it is for, or what happens in it."""

    number: int
    part: str
    title: str
    purpose: str


@dataclass(frozen=True, slots=True)
class OutlinedChapter:
    """A chapter as it is proposed, `number` as the book counts. `part`: the title of its part, "" for none."""

    number: int
    part: str
    title: str
    plan: ChapterPlan


@dataclass(frozen=True, slots=True)
class ContentsRequest:
    """Everything a writer may know. Built from what is recorded, so a repeated run asks the same.

    `book`: all people and places of the story. `standing`: the chapters before the range, and those that will stand
    behind it. `total`: how many chapters the book is to have, as far as anything says; never less than `last`.
    `words`: the usual length of a chapter. `kept`: chapters of this proposal that are recorded already.
    """

    correlation_id: UUID
    user_id: UUID
    book: Book
    first: int
    last: int
    total: int
    words: int
    structure: str = ""
    paragraph: str = ""
    beats: tuple[PlotBeat, ...] = ()
    threads: tuple[PlotThread, ...] = ()
    standing: tuple[Standing, ...] = ()
    instructions: str = ""
    writer: WriterChoice | None = None
    kept: tuple[OutlinedChapter, ...] = ()


@dataclass(frozen=True, slots=True)
class ChapterInMaking:
    """How far the next chapters are. `percent` 0 to 100 of the range; `phase` a stable word; `title`: the latest."""

    number: int
    percent: float
    phase: str
    title: str = ""
    attempt: Attempt | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class ChapterPlanned:
    """A whole chapter, and what it cost by itself. `asked` and `texts` as in application.writers.Proposed."""

    chapter: OutlinedChapter
    spent: Spent | None = None
    asked: Asked | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContentsDone:
    """The end: all chapters of the range have been given."""

    writer: str
    model: str
    prompt_version: str
    spent: Spent | None = None
    notes: tuple[str, ...] = ()


class ContentsWriter(Protocol):
    def write_contents(
        self, request: ContentsRequest
    ) -> AsyncIterator[ChapterInMaking | ChapterPlanned | ContentsDone]:
        """How far it is, each chapter once it is whole, then exactly one ContentsDone.

        Raises application.writers.WriterError. Cancelling the task stops it.
        """

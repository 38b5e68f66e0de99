"""Declares the writer of chapters, as a port: what it is given of the book, what it gives scene by scene."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from application.writers import Attempt, Spent
from domain.chapter.selection import Wish
from domain.genesis.asked import Asked, WriterChoice
from domain.project.plan import ChapterPlan
from domain.project.style import NO_STYLE, Style
from domain.prose.critique import SceneCritique


@dataclass(frozen=True, slots=True)
class Figure:
    """A person or a place of the story bible that the chapter needs, told in a few sentences."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class Book:
    """What all chapters share. Empty where nothing is known: a project may have begun without a session."""

    title: str
    language: str
    logline: str = ""
    genre: str = ""
    audience: str = ""
    tone: str = ""
    people: tuple[Figure, ...] = ()
    places: tuple[Figure, ...] = ()
    rules: tuple[str, ...] = ()
    style: Style = NO_STYLE


@dataclass(frozen=True, slots=True)
class Told:
    """A chapter that stands before this one: its title, and what happens in it."""

    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene as it was written, `number` from 1 of `of`. Paragraphs in order, each one line.

    `ahead`: the aims of the scenes after it, as they are planned; whoever keeps them plans a chapter only once.
    """

    number: int
    of: int
    aim: str
    paragraphs: tuple[str, ...]
    ahead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier chapter states of a person, with the sentence. `kind` as in domain/continuity/reading.py."""

    kind: str
    person: str
    value: str
    chapter: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A thread that the chapter pays: the title of the chapter that planted it, and what happens there."""

    thread: str
    chapter: str
    summary: str


@dataclass(frozen=True, slots=True)
class Passages:
    """Paragraphs that are to be written otherwise, one after the other. `texts`: as they are; none for `continue`.

    `before`: the end of what stands before them, of all of it for `continue`; `after`: what comes next.
    """

    wish: Wish
    texts: tuple[str, ...]
    person: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.texts) or 1


@dataclass(frozen=True, slots=True)
class ChapterRequest:
    """Everything a writer may know of a chapter. Built from what is recorded, so a repeated run asks the same.

    `before`: the last paragraphs of the chapter before, or of this one where text stands in it already. `kept`: scenes
    of this draft that are recorded already, from the first on: only the rest is asked for. `worn`: phrases that
    stand too often in the chapters before, and how often. `known`, `planted`: what earlier chapters have established
    that this one has to keep. `passages`: not the chapter is asked for but these; each is given as a scene.
    `critique`: each scene is read by its writer itself, and written again where what it finds holds.
    """

    correlation_id: UUID
    user_id: UUID
    book: Book
    title: str
    plan: ChapterPlan
    earlier: tuple[Told, ...] = ()
    before: tuple[str, ...] = ()
    next_title: str = ""
    next_plan: ChapterPlan | None = None
    instructions: str = ""
    target_words: int = 1_500
    writer: WriterChoice | None = None
    kept: tuple[Scene, ...] = ()
    worn: tuple[tuple[str, int], ...] = ()
    known: tuple[Known, ...] = ()
    planted: tuple[Planted, ...] = ()
    passages: Passages | None = None
    critique: bool = False


@dataclass(frozen=True, slots=True)
class SceneDraft:
    """A scene as far as it is written. `percent` 0 to 100 of the chapter; `phase` a stable word."""

    scene: Scene
    percent: float
    phase: str
    attempt: Attempt | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class SceneWritten:
    """A whole scene, and what it cost by itself. `asked` and `texts` as in application.writers.Proposed.

    `critique` None: nothing was found in it, or nobody looked.
    """

    scene: Scene
    spent: Spent | None = None
    asked: Asked | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    critique: SceneCritique | None = None


@dataclass(frozen=True, slots=True)
class ChapterWritten:
    """The end: all scenes have been given. `summary`: what happens in the chapter, in the book's language."""

    writer: str
    model: str
    prompt_version: str
    summary: str
    spent: Spent | None = None
    notes: tuple[str, ...] = ()


class ChapterWriter(Protocol):
    def write_chapter(self, request: ChapterRequest) -> AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]:
        """Drafts as they grow, each scene once it is whole, then exactly one ChapterWritten.

        Raises application.writers.WriterError. Cancelling the task stops it.
        """

"""What is recorded of a book at one moment, as the request of a chapter's writer is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from genesis_types.enums import GenesisStage
from pydantic import JsonValue

from domain.continuity.facts import Fact
from domain.continuity.people import People
from domain.project.plan import ChapterPlan
from domain.project.style import NO_STYLE, Style

LATEST_CHAPTERS = 10
"""Before the chapter, in which worn phrases are counted."""

NOBODY = People(())


@dataclass(frozen=True, slots=True)
class Planned:
    """A chapter of the contents. `summary`: of what was accepted in it, empty before."""

    chapter_id: UUID
    title: str
    plan: ChapterPlan
    summary: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A paragraph where it stands. `version`: the chapter's version that changed its meaning last."""

    chapter_id: UUID
    block_id: UUID
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """What is recorded of a book at one moment. `stages`: confirmed in the session that it was made from.

    `chapters` in reading order, those that were removed left out, but for the one that is asked about; `own`: its
    paragraphs; `previous`: those of the chapter before it. The versions say how new all of it is. `style`: the
    project's. `recent`: the paragraphs of the last LATEST_CHAPTERS chapters before this one, and its own. `facts`: what
    the text of all chapters states of `people`, in its order; `versions`: of each paragraph, as in Placed.
    """

    title: str
    language: str
    logline: str
    genre: str
    audience: str
    stages: Mapping[GenesisStage, Mapping[str, JsonValue]]
    chapters: tuple[Planned, ...]
    own: tuple[Placed, ...]
    previous: tuple[Placed, ...]
    project_version: int
    chapter_version: int
    style: Style = NO_STYLE
    recent: tuple[tuple[str, ...], ...] = ()
    facts: tuple[Fact, ...] = ()
    people: People = NOBODY
    versions: Mapping[UUID, int] = field(default_factory=dict)


class Materials(Protocol):
    async def of(self, project_id: UUID, chapter_id: UUID, user_id: UUID) -> Material | None:
        """What is recorded of the chapter's book; None where there is no such chapter of this user's."""

"""Rows of what is read of books: projects, their contents, chapters and what is said about them."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from genesis_types.columns import Column, JsonObject, Now, TableRow


class ProjectRow(TableRow):
    """`outline`: the order of the contents, and what was removed, as domain/project/outline.py has it; `proposed` as
    proposed.py there, `matter` as matter.py; `waived`: reasons of findings about the contents, by their ids."""

    table: ClassVar = "projects"

    id: UUID
    user_id: UUID
    title: str
    logline: str
    language: str
    genre: str
    audience: str
    initiation: str | None = None
    session_id: UUID | None = None
    novel_id: UUID | None = None
    outline: JsonObject
    matter: JsonObject
    proposed: JsonObject | None = None
    waived: JsonObject
    style: JsonObject
    version: int
    started_at: AwareDatetime
    last_event_at: AwareDatetime
    updated_at: Now


class ProjectEntryRow(TableRow):
    """A part, a chapter or a section of a project's contents."""

    table: ClassVar = "project_entries"

    project_id: UUID
    entry_id: UUID
    kind: str
    title: str
    plan: JsonObject
    planned: bool


class ProjectProposedChapterRow(TableRow):
    """A chapter of proposed contents, whatever became of them; `entry_id` once it is in the contents."""

    table: ClassVar = "project_proposed_chapters"

    project_id: UUID
    contents_id: UUID
    number: int
    part: str
    title: str
    plan: JsonObject
    entry_id: UUID | None = None


class BookInitiationRow(TableRow):
    """How far a project is that begins from a keyword, as domain/project/initiation.py has it, without concepts."""

    table: ClassVar = "book_initiations"

    project_id: UUID
    user_id: UUID
    initiation: JsonObject
    version: int
    updated_at: Now


class BookConceptRow(TableRow):
    """A concept that was proposed for a project; `number` from 1."""

    table: ClassVar = "book_concepts"

    project_id: UUID
    concept_id: UUID
    number: int
    title: str
    tagline: str
    logline: str
    audience: str
    angle: str


class ProjectJobRow(TableRow):
    """A piece of work that was asked of a project, and what became of it."""

    table: ClassVar = "project_jobs"

    job_id: UUID
    project_id: UUID
    command_type: str
    status: str
    code: str
    message: str
    requested_at: AwareDatetime
    deadline_at: AwareDatetime
    ended_at: AwareDatetime | None = None


class ContinuityChapterRow(TableRow):
    """An opened chapter whose text is read for contradictions."""

    table: ClassVar = "continuity_chapters"

    chapter_id: UUID
    project_id: UUID
    user_id: UUID
    block_order: JsonObject
    version: int


class ContinuityBlockRow(TableRow):
    """What a paragraph states, as domain/continuity/reading.py has it."""

    table: ClassVar = "continuity_blocks"

    chapter_id: UUID
    block_id: UUID
    reading: JsonObject
    version: int


class ContinuityWaiverRow(TableRow):
    """A finding of the check that is meant."""

    table: ClassVar = "continuity_waivers"

    project_id: UUID
    finding_id: UUID
    reason: str
    waived_at: AwareDatetime


class ChapterRow(TableRow):
    """`block_order`: the ids of its blocks, as domain/chapter/order.py has them; `draft`: see draft.py there.

    `acknowledged`: the reason of each change of its sources that its author is fine with, by the change's id.
    """

    table: ClassVar = "chapters"

    chapter_id: UUID
    project_id: UUID
    user_id: UUID
    status: str
    words: int
    block_order: JsonObject
    summary: str
    draft: JsonObject | None = None
    acknowledged: JsonObject
    version: int
    opened_at: AwareDatetime
    last_event_at: AwareDatetime
    updated_at: Now


class ChapterBlockRow(TableRow):
    """`meaning`: the chapter's version that changed last what it says, and not only its style or its place."""

    table: ClassVar = "chapter_blocks"

    chapter_id: UUID
    block_id: UUID
    text: str
    words: int
    version: int
    meaning: int
    locked: bool


class ChapterSceneRow(TableRow):
    """A scene of a chapter's draft, whatever became of the draft; `sources`: as domain/chapter/sources.py has them."""

    table: ClassVar = "chapter_scenes"

    chapter_id: UUID
    draft_id: UUID
    number: int
    aim: str
    paragraphs: Annotated[list[str], Column("jsonb")]
    words: int
    accepted: bool
    placed: Annotated[list[UUID], Column("jsonb")]
    critique: JsonObject | None = None
    sources: Annotated[list[JsonObject] | None, Column("jsonb")] = None

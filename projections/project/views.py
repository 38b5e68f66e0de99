"""What is answered about projects and their chapters: one model per answer, with the names of the HTTP contract."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from genesis_types.enums import ChapterStatus, DraftStatus, InitiationStatus
from pydantic import Field

from domain.chapter.selection import Selection
from domain.project.matter import BookMatter
from domain.project.plan import ChapterPlan, EntryKind
from domain.project.style import Style
from domain.prose.critique import SceneCritique
from domain.prose.fingerprint import Fingerprint
from projections.genesis.views import View

Words = Annotated[int, Field(description="Each Chinese character and each kana is one.")]


class ProjectFacts(View):
    """`session_id`, `novel_id`: what it was made from; null for one that began empty. `words`: of all its chapters.

    `genre`, `audience`: empty where nothing, or only its session, says so. `initiation`: how far it is, of one that
    began from a keyword.
    """

    id: UUID
    title: str
    logline: str
    language: str
    genre: str
    audience: str
    initiation: InitiationStatus | None
    session_id: UUID | None
    novel_id: UUID | None
    words: Words
    version: int
    last_event_at: Annotated[datetime, Field(description="When the project or its contents last changed.")]


class ProjectItem(ProjectFacts):
    chapters: Annotated[int, Field(description="How many there are.")]


class ProjectPage(View):
    items: tuple[ProjectItem, ...]
    next_cursor: str | None


class ContentsEntry(View):
    """A part, a chapter or a section, in reading order. `parent_id` null, `depth` 1: at the top."""

    id: UUID
    parent_id: UUID | None
    position: Annotated[int, Field(description="Among those under the same parent, from 0.")]
    depth: int
    kind: EntryKind
    title: str
    summary: str
    target_words: Annotated[int, Field(description="Of a chapter's plan; 0: none.")]
    status: Annotated[ChapterStatus | None, Field(description="Of a chapter; null for what is none.")]
    words: Annotated[int, Field(description="Its own, and of all under it.")]
    version: Annotated[int, Field(description="Of the chapter's own stream; 0 while it was not opened.")]


class RemovedEntry(View):
    """What can be restored, with all under it, the last removed first."""

    id: UUID
    kind: EntryKind
    title: str
    words: Words


class Project(ProjectFacts):
    """`contents`: all that is not removed, in reading order. `matter`: what stands before and after the text."""

    style: Style
    sample: Annotated[Fingerprint | None, Field(description="Of the style's sample, as it was measured.")]
    contents: tuple[ContentsEntry, ...]
    matter: BookMatter
    removed: tuple[RemovedEntry, ...]


class Block(View):
    """A paragraph. `version`: the chapter's version that changed it last; an edit names it as `based_on`."""

    id: UUID
    text: str
    words: Words
    version: int
    locked: Annotated[bool, Field(description="It is not changed, moved or deleted before it is unlocked.")] = False


class DraftScene(View):
    """A whole scene of a draft. `accepted`: its paragraphs are in the text."""

    number: int
    aim: str
    paragraphs: tuple[str, ...]
    words: Words
    accepted: bool
    critique: Annotated[SceneCritique | None, Field(description="What code found in it first; null: nothing.")] = None


class SceneSoFar(View):
    """The scene that is being written, as far as it was last kept."""

    number: int
    of: int
    aim: str
    paragraphs: tuple[str, ...]


class ChapterDraft(View):
    """What a writer has made of the chapter, until all of it is accepted or it is refused.

    `of`: how many scenes it is to have, 0 while nobody knows. `anew`: it does not go on from the chapter's text.
    `selection`: its scenes are passages in place of these paragraphs, or behind the last of them. `code`, `message`:
    why a failed one failed. `phase`, `percent`, `so_far`: of one that is being written.
    """

    id: UUID
    correlation_id: UUID
    status: DraftStatus
    instructions: str
    target_words: Annotated[int, Field(description="0: as many as the plan says.")]
    writer: Annotated[str | None, Field(description="Who was asked for; null: whoever usually writes.")]
    anew: bool
    selection: Selection | None
    of: int
    scenes: tuple[DraftScene, ...]
    summary: str
    model: str
    code: str
    message: str
    cost_usd: Annotated[float | None, Field(description="So far; null: nobody knows.")]
    requested_at: datetime
    deadline_at: datetime
    phase: str
    percent: float
    so_far: SceneSoFar | None


class Chapter(View):
    """A chapter's text. `version` 0: it was not opened, so OPEN_CHAPTER comes before the first edit."""

    id: UUID
    project_id: UUID
    project_title: str
    language: str
    title: str
    plan: ChapterPlan
    status: ChapterStatus
    words: Words
    version: int
    removed: Annotated[bool, Field(description="Whether its entry was removed from the contents; the text is kept.")]
    previous_id: Annotated[UUID | None, Field(description="The chapter before it in the contents.")]
    next_id: UUID | None
    last_event_at: Annotated[datetime | None, Field(description="When it last changed; null: it was not opened.")]
    blocks: tuple[Block, ...]
    summary: Annotated[str, Field(description="What happens in it, by the draft that was accepted; else empty.")] = ""
    draft: ChapterDraft | None = None

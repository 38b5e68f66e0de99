"""Has a chapter drafted scene by scene, as work in pieces."""

from collections.abc import AsyncIterator
from typing import ClassVar

from genesis_types.text import clean
from pydantic import JsonValue

from application.chapter_material import Material
from application.chapter_request import chapter_request, request_sources
from application.chapter_writers import ChapterWritten, SceneDraft, SceneWritten
from domain.chapter.aggregate import CHAPTER
from domain.chapter.chapter import Chapter
from domain.chapter.commands import FailDraft, RecordDraft, RecordScene
from domain.chapter.draft_events import ChapterDraftRequested
from domain.chapter.sources import Source
from flows.workflow.in_pieces import EndFields, PieceFields, WorkInPieces, shown_attempt


class ChapterDraft(WorkInPieces[Chapter, ChapterDraftRequested, SceneDraft, SceneWritten, ChapterWritten]):
    aggregate: ClassVar = CHAPTER
    kind: ClassVar = "chapter"
    piece: ClassVar = SceneWritten
    end: ClassVar = ChapterWritten
    fail: ClassVar = FailDraft
    too_late: ClassVar = "The writer took too long. The scenes that came are kept: go on from them."
    misshapen: ClassVar = "The writer's text had no shape of a scene. The scenes that came are kept: go on from them."

    sources: tuple[Source, ...] | None = None
    """What the writer that is at it was told."""

    async def writing(self) -> AsyncIterator[SceneDraft | SceneWritten | ChapterWritten] | None:
        chapter = self.state
        material = await self.given.materials.of(chapter.project_id, chapter.chapter_id, chapter.user_id)
        if material is None or not self._is_new_enough(material):
            return None
        self.sources = request_sources(material, chapter.chapter_id, self.work)
        return self.given.chapters.write_chapter(chapter_request(material, chapter, self.work))

    def _is_new_enough(self, material: Material) -> bool:
        known = material.project_version >= self.work.project_version
        return known and material.chapter_version >= self.state.version

    def recorded(self, came: SceneWritten, fields: PieceFields) -> tuple[str, RecordScene]:
        scene = came.scene
        return f"scene:{scene.number}", RecordScene(
            **fields,
            project_id=self.state.project_id,
            number=scene.number,
            of=scene.of,
            aim=clean(scene.aim),
            paragraphs=tuple(clean(list(scene.paragraphs))),
            ahead=tuple(clean(list(scene.ahead))),
            critique=came.critique,
            sources=self.sources,
        )

    def completed(self, written: ChapterWritten, fields: EndFields) -> RecordDraft:
        return RecordDraft(**fields, summary=clean(written.summary))

    def content(self, draft: SceneDraft) -> dict[str, JsonValue]:
        scene = draft.scene
        shown: dict[str, JsonValue] = {
            "number": scene.number,
            "of": scene.of,
            "aim": clean(scene.aim),
            "paragraphs": clean(list(scene.paragraphs)),
        }
        return {"scene": shown, **shown_attempt(draft.attempt)}

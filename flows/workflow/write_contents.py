"""Has contents written chapter by chapter, as work in pieces."""

from collections.abc import AsyncIterator
from typing import ClassVar

from genesis_types.text import clean
from pydantic import JsonValue

from application.contents_request import contents_request
from application.contents_writers import ChapterInMaking, ChapterPlanned, ContentsDone
from domain.project.aggregate import PROJECT
from domain.project.contents_commands import FailContents, RecordChapterOutline, RecordContents
from domain.project.contents_events import ContentsRequested
from domain.project.project import Project
from flows.workflow.in_pieces import EndFields, PieceFields, WorkInPieces, shown_attempt


class WrittenContents(WorkInPieces[Project, ContentsRequested, ChapterInMaking, ChapterPlanned, ContentsDone]):
    aggregate: ClassVar = PROJECT
    kind: ClassVar = "contents"
    piece: ClassVar = ChapterPlanned
    end: ClassVar = ContentsDone
    fail: ClassVar = FailContents
    too_late: ClassVar = "The writer took too long. The chapters that came are kept: go on from them."
    misshapen: ClassVar = "The writer's answer had no shape of a chapter. Those that came are kept: go on from them."

    async def writing(self) -> AsyncIterator[ChapterInMaking | ChapterPlanned | ContentsDone] | None:
        project = self.state
        material = await self.given.contents_materials.contents(project.project_id, project.user_id)
        if material is None or material.version < self.work.project_version:
            return None
        return self.given.contents.write_contents(contents_request(material, project, self.work))

    def recorded(self, came: ChapterPlanned, fields: PieceFields) -> tuple[str, RecordChapterOutline]:
        chapter = came.chapter
        return f"chapter:{chapter.number}", RecordChapterOutline(
            **fields,
            number=chapter.number,
            part=clean(chapter.part),
            title=clean(chapter.title),
            plan=chapter.plan,
        )

    def completed(self, written: ContentsDone, fields: EndFields) -> RecordContents:  # noqa: ARG002  (as its kind)
        return RecordContents(**fields)

    def content(self, draft: ChapterInMaking) -> dict[str, JsonValue]:
        shown: dict[str, JsonValue] = {"number": draft.number, "title": clean(draft.title)}
        return {"chapter_outline": shown, **shown_attempt(draft.attempt)}

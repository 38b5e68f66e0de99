"""An author at a real store who has a chapter drafted: what the tests of the chapter engine speak in."""

from typing import Any
from uuid import UUID, uuid4

from application.command_results import CommandOutcome
from application.handle_command import CommandHandler
from domain.aggregate import Body, Command
from domain.chapter.aggregate import CHAPTER
from domain.chapter.chapter import Chapter
from domain.chapter.commands import DraftChapter
from domain.project.commands import AddEntry, CreateProject, PlanChapter
from domain.project.plan import ChapterPlan
from tests.support.workshop import Workshop, eventually


class Drafting:
    """`chapter_ids`: of two planned chapters; the first is what is asked about."""

    def __init__(self, shop: Workshop, commands: CommandHandler | None = None) -> None:
        self.shop = shop
        self.commands = commands or shop.made.commands
        self.user_id = uuid4()
        self.project_id = uuid4()
        self.chapter_ids: list[UUID] = []

    async def do(self, stream_id: UUID, body: Body, *, by: UUID | None = None) -> CommandOutcome:
        return await self.commands.handle(Command(by or uuid4(), stream_id, self.user_id, body))

    async def begin(self) -> UUID:
        await self.do(self.project_id, CreateProject(title="The Salt Clock"))
        for title in ("Low Water", "High Water"):
            answer = await self.do(self.project_id, AddEntry(kind="chapter", title=title))
            entry_id = UUID(str(answer.result["entry_id"]))
            plan = ChapterPlan(summary=f"{title} comes.", target_words=800)
            await self.do(self.project_id, PlanChapter(entry_id=entry_id, plan=plan))
            self.chapter_ids.append(entry_id)
        return self.chapter_ids[0]

    async def ask(self, **more: Any) -> CommandOutcome:
        return await self.do(self.chapter_ids[0], DraftChapter(project_id=self.project_id, **more))

    async def chapter(self) -> Chapter:
        chapter: Chapter = await self.shop.made.store.load(CHAPTER, self.chapter_ids[0])
        return chapter

    async def idle(self) -> Chapter:
        """The chapter once nobody writes it any more."""

        async def no_work() -> Chapter | None:
            chapter = await self.chapter()
            return chapter if chapter is not None and chapter.work is None else None

        found: Chapter = await eventually(no_work)
        return found

    async def scenes(self, count: int) -> None:
        """Returns when so many have come."""

        async def came() -> bool:
            return len((await self.chapter()).scenes) >= count

        await eventually(came)

"""A writer's project and chapters in memory: commands decided, facts folded, as the write path does it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from domain.aggregate import Aggregate, Body, Command
from domain.chapter.aggregate import CHAPTER
from domain.chapter.chapter import Chapter
from domain.chapter.commands import (
    DraftChapter,
    EditChapter,
    FailDraft,
    OpenChapter,
    RecordDraft,
    RecordScene,
    RewriteSelection,
)
from domain.chapter.decide import PROJECT as PROJECT_NEED
from domain.chapter.edits import DeleteBlock, Edit, InsertBlock, MoveBlock, ReplaceText
from domain.chapter.selection import Selected, Wish
from domain.chapter.sources import Source
from domain.project.aggregate import PROJECT
from domain.project.commands import AddEntry, CreateProject
from domain.project.plan import EntryKind
from domain.project.project import Project

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
WRITER = UUID(int=7)


class Stream:
    """One stream of an aggregate, and who speaks to it."""

    def __init__(self, aggregate: Aggregate, stream_id: UUID, state: Any = None) -> None:
        self.aggregate = aggregate
        self.stream_id = stream_id
        self.state = state
        self.facts: list[Any] = []

    def when(
        self,
        body: Body,
        *,
        user_id: UUID | None = WRITER,
        needed: Mapping[str, Any] | None = None,
        by: UUID | None = None,
    ) -> tuple[Any, ...]:
        """The facts that follow, already folded. Raises Rejection."""
        command = Command(by or uuid4(), self.stream_id, user_id, body, needed=needed or {})
        facts = self.aggregate.decide(command, self.state, NOW)
        self.state = self.aggregate.fold(self.stream_id, facts, self.state)
        self.facts += facts
        return facts


class Shelf(Stream):
    """A project that is there, empty unless a session's plot was given."""

    def __init__(self, body: Body | None = None, needed: Mapping[str, Any] | None = None) -> None:
        super().__init__(PROJECT, uuid4())
        self.when(body or CreateProject(title="The Salt Clock"), needed=needed)

    @property
    def project(self) -> Project:
        state: Project = self.state
        return state

    def add(self, kind: EntryKind, title: str, parent_id: UUID | None = None, position: int | None = None) -> UUID:
        (fact,) = self.when(AddEntry(kind=kind, title=title, parent_id=parent_id, position=position))
        entry_id: UUID = fact.entry_id
        return entry_id

    def titles(self, parent_id: UUID | None = None) -> list[str]:
        return [self.project.entries[one].title for one in self.project.outline.children(parent_id)]

    def reading(self) -> list[str]:
        """All that is not removed, in reading order, indented by depth."""
        return [
            "  " * (place.depth - 1) + self.project.entries[one].title
            for one, place in self.project.outline.places().items()
        ]


class Page(Stream):
    """The text and the draft of a chapter of a project; open unless asked otherwise."""

    def __init__(self, *, opened: bool = True) -> None:
        self.shelf = Shelf()
        super().__init__(CHAPTER, self.shelf.add("chapter", "Low Water"))
        if opened:
            self.open()

    def open(self, *, user_id: UUID = WRITER, project: Project | None = None) -> tuple[Any, ...]:
        needed = {PROJECT_NEED: project or self.shelf.project}
        return self.when(OpenChapter(project_id=self.shelf.stream_id), user_id=user_id, needed=needed)

    @property
    def chapter(self) -> Chapter:
        state: Chapter = self.state
        return state

    @property
    def texts(self) -> list[str]:
        return [self.chapter.blocks[one].text for one in self.chapter.order.shown]

    def ask(self, **more: Any) -> UUID:
        """Has it drafted; the work's correlation id."""
        body = DraftChapter(project_id=self.shelf.stream_id, **more)
        facts = self.when(body, needed={PROJECT_NEED: self.shelf.project})
        correlation_id: UUID = facts[-1].correlation_id
        return correlation_id

    def ask_again(self, *block_ids: UUID, wish: Wish = "shorter", **more: Any) -> UUID:
        """Has these paragraphs written otherwise; the draft's id."""
        return self._again(tuple(Selected(block_id=one, based_on=self.version(one)) for one in block_ids), wish, **more)

    def ask_again_at(self, block_id: UUID, version: int) -> UUID:
        """The same of a paragraph as it was at `version`."""
        return self._again((Selected(block_id=block_id, based_on=version),), "shorter")

    def _again(self, blocks: tuple[Selected, ...], wish: Wish, **more: Any) -> UUID:
        body = RewriteSelection(project_id=self.shelf.stream_id, wish=wish, blocks=blocks, **more)
        (fact,) = self.when(body, needed={PROJECT_NEED: self.shelf.project})
        draft_id: UUID = fact.draft_id
        return draft_id

    def scene_comes(
        self,
        number: int,
        of: int = 3,
        *,
        cost_usd: float | None = 0.5,
        paragraphs: tuple[str, ...] | None = None,
        sources: tuple[Source, ...] | None = None,
    ) -> tuple[Any, ...]:
        """The writer's next whole scene, of two paragraphs."""
        assert self.chapter.work is not None
        body = RecordScene(
            correlation_id=self.chapter.work.correlation_id,
            project_id=self.shelf.stream_id,
            number=number,
            of=of,
            aim=f"Aim {number}",
            paragraphs=paragraphs or (f"{number} begins.", f"{number} ends."),
            sources=sources,
            usage={"output_tokens": 7} if cost_usd is not None else {},
            cost_usd=cost_usd,
        )
        return self.when(body, user_id=None, needed={PROJECT_NEED: self.shelf.project})

    def draft_comes(self, summary: str = "The tide turned.") -> tuple[Any, ...]:
        """The writer's end."""
        assert self.chapter.work is not None
        body = RecordDraft(
            correlation_id=self.chapter.work.correlation_id,
            summary=summary,
            writer="plain",
            model="plain-1",
            prompt_version="1",
            usage={"output_tokens": 1},
            cost_usd=0.25,
        )
        return self.when(body, user_id=None)

    def draft_fails(self) -> tuple[Any, ...]:
        assert self.chapter.work is not None
        work_id = self.chapter.work.correlation_id
        return self.when(FailDraft(correlation_id=work_id, code="TIMED_OUT", message="Too late."), user_id=None)

    def written(self, scenes: int = 3, **more: Any) -> UUID:
        """A whole draft; its id."""
        self.ask(**more)
        for number in range(len(self.chapter.scenes) + 1, scenes + 1):
            self.scene_comes(number, scenes)
        self.draft_comes()
        assert self.chapter.draft is not None
        return self.chapter.draft.draft_id

    def edit(self, *edits: Edit) -> tuple[Any, ...]:
        return self.when(EditChapter(edits=edits))

    def version(self, block_id: UUID) -> int:
        return self.chapter.blocks[block_id].version


def insert(block_id: UUID, text: str, after: UUID | None = None) -> InsertBlock:
    return InsertBlock(op="insert", block_id=block_id, text=text, after=after)


def replace(block_id: UUID, text: str, based_on: int) -> ReplaceText:
    return ReplaceText(op="replace", block_id=block_id, text=text, based_on=based_on)


def delete(block_id: UUID, based_on: int) -> DeleteBlock:
    return DeleteBlock(op="delete", block_id=block_id, based_on=based_on)


def move(block_id: UUID, based_on: int, after: UUID | None = None) -> MoveBlock:
    return MoveBlock(op="move", block_id=block_id, based_on=based_on, after=after)

"""An imported book is one append: the project and a stream for each chapter, or nothing; asked again it is the same."""

import asyncio
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import ChapterStatus

from application.handle_command import SHARED_ATTEMPTS, CommandHandler
from application.imported_chapters import MOST_CHARACTERS, MOST_EDITS, ImportedChapters
from application.ports import StoreUnavailable
from domain.aggregate import Command
from domain.chapter.aggregate import CHAPTER
from domain.chapter.chapter import Chapter
from domain.chapter.events import ChapterEdited
from domain.project.aggregate import PROJECT
from domain.project.import_command import ImportedEntry, ImportProject
from domain.project.project import Project
from domain.rejections import Refused
from tests.support.memory_store import MemoryStore
from tests.support.project import NOW, WRITER


def handler(store: MemoryStore) -> CommandHandler:
    return CommandHandler(store, lambda: NOW, None, (ImportedChapters(),))


def chapter(title: str, *paragraphs: str, depth: int = 1) -> ImportedEntry:
    return ImportedEntry(kind="chapter", title=title, depth=depth, paragraphs=paragraphs)


def part(title: str, depth: int = 1) -> ImportedEntry:
    return ImportedEntry(kind="part", title=title, depth=depth)


def command(*entries: ImportedEntry) -> Command:
    return Command(uuid4(), uuid4(), WRITER, ImportProject(title="Salt", language="en", entries=entries))


def titles(project: Project, parent: UUID | None = None) -> list[object]:
    return [
        [project.entries[one].title, *titles(project, one)]
        if project.outline.children(one)
        else project.entries[one].title
        for one in project.outline.children(parent)
    ]


async def test_chapters_stand_under_the_last_part_above_that_is_less_deep() -> None:
    store = MemoryStore()
    asked = command(
        chapter("Prologue", "a"),
        part("I"),
        chapter("1", "b", depth=2),
        part("I a", depth=2),
        chapter("2", "c", depth=7),
        chapter("3", depth=2),
        chapter("Epilogue", "d"),
    )
    await handler(store).handle(asked)
    project = await store.load(PROJECT, asked.stream_id)
    assert titles(project) == ["Prologue", ["I", "1", ["I a", "2"], "3"], "Epilogue"]
    assert len(store.streams) == 5  # the project, and the chapters that have text


async def test_a_long_chapter_is_several_events_that_a_broker_takes_and_one_text() -> None:
    store = MemoryStore()
    texts = tuple(f"{number} " + "w" * 400 for number in range(1_200))
    asked = command(chapter("Long", *texts))
    await handler(store).handle(asked)
    ((chapter_id, facts),) = [(one, facts) for one, facts in store.streams.items() if one != asked.stream_id]
    written: Chapter = CHAPTER.fold(chapter_id, tuple(facts))
    assert tuple(written.blocks[one].text for one in written.order.shown) == texts
    assert written.status is ChapterStatus.WRITTEN
    edits = [fact.edits for fact in facts if isinstance(fact, ChapterEdited)]
    assert len(edits) > 1
    assert max(map(len, edits)) <= MOST_EDITS
    assert max(sum(len(edit.text) for edit in one) for one in edits) <= MOST_CHARACTERS


@pytest.mark.parametrize("how", ["before", "after"])
async def test_a_connection_lost_in_the_append_leaves_all_of_it_or_nothing_and_asking_again_gives_one_book(
    how: str,
) -> None:
    store = MemoryStore()
    store.breaks = [how] * (SHARED_ATTEMPTS if how == "before" else 1)
    asked = command(chapter("1", "a"), chapter("2", "b"))
    if how == "before":
        with pytest.raises(StoreUnavailable):
            await handler(store).handle(asked)
        assert store.log == []
    first = await handler(store).handle(asked)
    written = list(store.log)
    assert len(store.streams) == 3
    assert await handler(store).handle(asked) == first
    assert store.log == written


async def test_a_chapter_that_is_refused_leaves_nothing_of_the_book() -> None:
    store = MemoryStore()
    asked = command(chapter("1", "a"), chapter("2", *(["w" * 50_000] * 21)))
    with pytest.raises(Refused) as refused:
        await handler(store).handle(asked)
    assert refused.value.code == "CHAPTER_TOO_LONG"
    assert store.log == []


async def test_others_have_their_turn_while_a_long_book_is_decided_about() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    running = asyncio.create_task(other())
    try:
        await handler(MemoryStore()).handle(command(*(chapter(str(number), "a") for number in range(50))))
    finally:
        running.cancel()
    assert turns >= 50

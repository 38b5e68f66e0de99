"""Writes the text of an imported book with its project: a stream for each chapter, in the same append or not at all.

A policy of the command handler: it adds the commands that a writer would give by hand, under ids derived from the
import's.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid5

from genesis_types.enums import ChapterStatus

from domain.aggregate import Aggregate, Body, Command, DomainEvent, State
from domain.chapter.commands import EditChapter, OpenChapter, SetChapterStatus
from domain.chapter.decide import PROJECT
from domain.chapter.edits import InsertBlock
from domain.project.decide_import import entry_id
from domain.project.import_command import ImportProject

MOST_EDITS = 500
MOST_CHARACTERS = 100_000
"""Of one event: a broker takes messages of a megabyte."""


class ImportedChapters:
    """Adds the chapters of an ImportProject that have text."""

    async def __call__(
        self,
        command: Command,
        aggregate: Aggregate,  # noqa: ARG002  (what a policy is given)
        before: Any,  # noqa: ARG002
        after: State,
        events: tuple[DomainEvent, ...],  # noqa: ARG002
    ) -> tuple[Command, ...]:
        body = command.body
        if not isinstance(body, ImportProject):
            return ()
        return tuple(
            Command(
                uuid5(chapter_id, f"import:{number}"),
                chapter_id,
                command.user_id,
                asked,
                command.limits,
                needed={PROJECT: after},
            )
            for chapter_id, paragraphs in _texts(command.command_id, body)
            for number, asked in enumerate(_bodies(chapter_id, command.stream_id, paragraphs))
        )


def _texts(command_id: UUID, body: ImportProject) -> Iterator[tuple[UUID, tuple[str, ...]]]:
    for number, one in enumerate(body.entries):
        if one.kind == "chapter" and one.paragraphs:
            yield entry_id(command_id, number), one.paragraphs


def _bodies(chapter_id: UUID, project_id: UUID, paragraphs: tuple[str, ...]) -> Iterator[Body]:
    yield OpenChapter(project_id=project_id)
    edits: list[InsertBlock] = []
    characters = 0
    after: UUID | None = None
    for number, text in enumerate(paragraphs):
        if edits and (len(edits) >= MOST_EDITS or characters + len(text) > MOST_CHARACTERS):
            yield EditChapter(edits=tuple(edits))
            edits, characters = [], 0
        block_id = uuid5(chapter_id, f"block:{number}")
        edits.append(InsertBlock(op="insert", block_id=block_id, after=after, text=text))
        characters += len(text)
        after = block_id
    yield EditChapter(edits=tuple(edits))
    yield SetChapterStatus(status=ChapterStatus.WRITTEN)

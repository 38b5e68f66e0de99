"""Writes a chapter with a model over real HTTP, for tests: good scenes of the muse's making, and what was asked."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from application.chapter_writers import Book, ChapterRequest, ChapterWritten, Figure, SceneDraft, SceneWritten
from application.writers import WriterError
from domain.project.plan import ChapterPlan
from infrastructure.writers.limits import TimeLimits
from infrastructure.writers.model.chapters import ModelChapters
from infrastructure.writers.muse.chapters import MuseChapters
from tests.support.model_answers import settings
from tests.support.openai_server import Behaviour, OpenAIServer

ID = UUID(int=5)
PLAN = ChapterPlan(
    summary="Mara reaches the gate. Osric knows her name.",
    who=("Mara", "Osric"),
    goal="To get through the gate.",
    conflict="Osric lets nobody pass.",
    turning_point="He knows the compass.",
    outcome="Mara is through.",
)
REQUEST = ChapterRequest(
    ID, ID, Book("A Book", "en", people=(Figure("Mara", "She draws maps."),)), "The Gate", PLAN, target_words=400
)
LIMITS = TimeLimits(first=30, silence=5, total=60)
USAGE = {"prompt_tokens": 1_200, "completion_tokens": 800}

Item = SceneDraft | SceneWritten | ChapterWritten


def prose(request: ChapterRequest) -> list[str]:
    """Two good scenes, of the muse's making."""

    async def run() -> list[str]:
        return [
            "\n\n".join(item.scene.paragraphs)
            async for item in MuseChapters().write_chapter(request)
            if isinstance(item, SceneWritten)
        ]

    return asyncio.run(run())


GOOD = prose(REQUEST)
OTHER = prose(replace(REQUEST, correlation_id=UUID(int=6)))
SUMMARY = "Mara reaches the gate, pays Osric with the compass, and gets through; she cannot come back."


def says(text: str, **how: Any) -> Behaviour:
    return Behaviour(answer=lambda _: text, as_text=True, usage=USAGE, **how)


def write(
    behaviours: Sequence[Behaviour], request: ChapterRequest = REQUEST, name: str = "gpt-4o", **more: Any
) -> tuple[list[Item], WriterError | None, list[dict[str, Any]]]:
    """What came, how it failed, and the requests."""

    async def run() -> tuple[list[Item], WriterError | None, list[dict[str, Any]]]:
        with OpenAIServer(*behaviours) as server:
            writer = ModelChapters(settings(server, model=f"openai:{name}", **more), limits=LIMITS, pause_seconds=0)
            items: list[Item] = []
            try:
                async for item in writer.write_chapter(request):
                    items.append(item)
            except WriterError as error:
                return items, error, [body for _, _, body in server.requests]
            return items, None, [body for _, _, body in server.requests]

    return asyncio.run(run())


def scenes(items: Sequence[Item]) -> list[SceneWritten]:
    return [item for item in items if isinstance(item, SceneWritten)]


def text(item: SceneWritten) -> str:
    return "\n\n".join(item.scene.paragraphs)


WELL = (says(GOOD[0]), says(GOOD[1]), says(SUMMARY))

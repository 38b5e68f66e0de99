"""The muse behind the port of chapters' writers: whole scenes one after the other, shown as they grow."""

import asyncio
from collections.abc import AsyncIterator, Iterator

from genesis_types.words import count_words

from application.chapter_writers import ChapterRequest, ChapterWritten, Passages, Scene, SceneDraft, SceneWritten
from application.writers import Spent
from infrastructure.writers.muse.chapter.passages import MusePassages
from infrastructure.writers.muse.chapter.scenes import Chapter
from infrastructure.writers.muse.spark import sentences

VERSION = "muse-chapter-1"
_DRAFT_WORDS = 40
"""About how many words lie between two drafts."""

_FREE = Spent({}, 0.0, "none")


class MuseChapters:
    """A writer without a model. `pace_seconds` lies between two drafts, so that the text can be read as it comes."""

    def __init__(self, pace_seconds: float = 0.0) -> None:
        self._pace = pace_seconds

    async def write_chapter(self, request: ChapterRequest) -> AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]:
        """Costs nothing and raises nothing. What was kept decides only where it goes on, never what is written."""
        if request.passages is not None:
            async for item in self._passages(request, request.passages):
                yield item
            return
        chapter = Chapter(request)
        for number in range(1, chapter.of + 1):
            scene = await asyncio.to_thread(chapter.scene, number)
            if number <= len(request.kept):
                continue
            for paragraphs, share in _growing(scene.paragraphs):
                percent = round(100 * (number - 1 + share) / chapter.of, 1)
                yield SceneDraft(Scene(number, scene.of, scene.aim, paragraphs), min(percent, 99.0), "writing")
                await asyncio.sleep(self._pace)
            yield SceneWritten(scene, _FREE)
        yield ChapterWritten("muse", VERSION, VERSION, chapter.summary(), _FREE, chapter.notes())

    async def _passages(
        self, request: ChapterRequest, passages: Passages
    ) -> AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]:
        muse = await asyncio.to_thread(MusePassages, request, passages)
        for scene in await asyncio.to_thread(lambda: list(muse.scenes())):
            if scene.number <= len(request.kept):
                continue
            yield SceneDraft(scene, min(99.0, round(100 * scene.number / scene.of, 1)), "writing")
            await asyncio.sleep(self._pace)
            yield SceneWritten(scene, _FREE)
        yield ChapterWritten("muse", VERSION, VERSION, "", _FREE, muse.notes())


def _growing(paragraphs: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """A scene sentence by sentence, with how much of it is there, 0 to 1."""
    total = max(1, sum(map(count_words, paragraphs)))
    done, shown = 0, 0
    for at, paragraph in enumerate(paragraphs):
        parts = sentences(paragraph) or [paragraph]
        for end, part in enumerate(parts, start=1):
            done += count_words(part)
            if done >= shown + _DRAFT_WORDS or (at == len(paragraphs) - 1 and end == len(parts)):
                shown = done
                yield (*paragraphs[:at], "".join(parts[:end]).rstrip()), min(1.0, done / total)

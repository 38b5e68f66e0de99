"""A plain writer of chapters for tests: what is asked decides every word, a scene costs a cent, faults on demand."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from application.chapter_writers import (
    ChapterRequest,
    ChapterWritten,
    Scene,
    SceneDraft,
    SceneWritten,
)
from application.writers import Spent, WriterError

SCENES = 4


def scene(request: ChapterRequest, number: int) -> Scene:
    """Two paragraphs that say where they belong."""
    of = request.passages.count if request.passages else request.kept[-1].of if request.kept else SCENES
    if request.passages is not None:
        return Scene(number, of, request.passages.wish, (f"Passage {number}, {request.passages.wish}.",))
    paragraphs = tuple(f"{request.title}, scene {number}, paragraph {one}: the tide turned." for one in (1, 2))
    return Scene(number, of, f"Aim {number}.", paragraphs)


@dataclass
class PlainChapterWriter:
    """`faults`: by the scene before which they are raised, once each. `requests`: what it was asked."""

    pace: float = 0.02
    faults: dict[int, WriterError] = field(default_factory=dict)
    requests: list[ChapterRequest] = field(default_factory=list)
    stopped: int = 0

    async def write_chapter(self, request: ChapterRequest) -> AsyncIterator[SceneDraft | SceneWritten | ChapterWritten]:
        self.requests.append(request)
        of = request.passages.count if request.passages is not None else SCENES
        for number in range(len(request.kept) + 1, of + 1):
            whole = scene(request, number)
            try:
                for count in (1, 2):
                    part = Scene(number, whole.of, whole.aim, whole.paragraphs[:count])
                    yield SceneDraft(part, 100 * (number - 1 + count / 3) / SCENES, "writing")
                    await asyncio.sleep(self.pace)
            except (asyncio.CancelledError, GeneratorExit):
                self.stopped += 1
                raise
            if number in self.faults:
                raise self.faults.pop(number)
            yield SceneWritten(whole, Spent({"output_tokens": 7}, 0.01, "tests"))
        yield ChapterWritten(
            "plain", "plain-1", "1", f"In {request.title} the tide turned.", Spent({"output_tokens": 2}, 0.001, "tests")
        )

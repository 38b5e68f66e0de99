"""A plain writer of contents for tests: what is asked decides every word, a chapter costs a cent, faults on demand."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from application.contents_writers import (
    ChapterInMaking,
    ChapterPlanned,
    ContentsDone,
    ContentsRequest,
    OutlinedChapter,
)
from application.writers import Spent, WriterError
from domain.project.plan import ChapterPlan


def outlined(number: int) -> OutlinedChapter:
    plan = ChapterPlan(
        purpose=f"Purpose {number}.", summary=f"Tide {number} comes.", goal="To cross.", turning_point="It turns."
    )
    return OutlinedChapter(number, "Ebb" if number <= 2 else "Flood", f"Tide {number}", plan)


@dataclass
class PlainContentsWriter:
    """`faults`: by the chapter before which they are raised, once each. `requests`: what it was asked.

    `short`: the number of the chapter after which it says that it has finished, once.
    """

    pace: float = 0.02
    faults: dict[int, WriterError] = field(default_factory=dict)
    short: int | None = None
    requests: list[ContentsRequest] = field(default_factory=list)

    async def write_contents(
        self, request: ContentsRequest
    ) -> AsyncIterator[ChapterInMaking | ChapterPlanned | ContentsDone]:
        self.requests.append(request)
        for number in range(request.first + len(request.kept), request.last + 1):
            yield ChapterInMaking(number, 10.0, "writing")
            await asyncio.sleep(self.pace)
            if number in self.faults:
                raise self.faults.pop(number)
            yield ChapterPlanned(outlined(number), Spent({"output_tokens": 7}, 0.01, "tests"))
            if number == self.short:
                self.short = None
                break
        yield ContentsDone("plain", "plain-1", "1", Spent({"output_tokens": 2}, 0.001, "tests"))

"""Asks for a large content part by part, and keeps each as it comes: a failure costs one part, and never another.

N parts take N requests when all goes well, and `most` - 1 more at most, whatever goes wrong: the tries that a click has
beyond its first request are shared by all of its parts. So no part is asked for more than three times, each time in
another way, and what others have used up is not there for the next. Each part has the time that a short stage has.
"""

import asyncio
import copy
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from application.writers import PartsCame, WriterError, WriterRequest
from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.model import errors
from infrastructure.writers.model.attempts import Attempts, Result
from infrastructure.writers.model.checks import findings, mended, notes
from infrastructure.writers.model.fitting import valid
from infrastructure.writers.model.parts.plans import Plan, already
from infrastructure.writers.model.parts.step import Came, Step
from infrastructure.writers.model.progress import Progress
from infrastructure.writers.model.shapes import Item
from infrastructure.writers.model.wording import kept_note, left_out_notes, parts_note, unchanged_note

_OF_THE_PART = errors.OF_THE_ANSWER | {"REFUSED", "CONTENT_FILTERED", "TIMED_OUT"}
"""What another part may be spared; everything else would meet it as well."""


class PartsRun:
    """`attempts` is how one part is asked for; each part has a copy of its own. All share its meter and its log."""

    def __init__(self, plan: Plan, request: WriterRequest, attempts: Attempts, progress: Progress) -> None:
        self._plan = plan
        self._request = request
        one = replace(request, work=request.work.model_copy(update={"count": 1}))
        self._attempts = replace(attempts, request=one)
        self._progress = progress
        self._kept: dict[str, Content] = already(request, plan)
        self._had = len(self._kept)
        self._told = self._had
        self._given_up: list[str] = []
        self._codes: list[str] = []
        self._taken = asyncio.Event()
        self._mend = True
        self._spare = max(0, attempts.most - 1 - request.wasted)

    @property
    def open_parts(self) -> int:
        """The most parts that are to come."""
        return self._plan.most(self._kept)

    @property
    def wasted(self) -> int:
        """Requests that brought no part."""
        return self._attempts.meter.requests - (len(self._kept) - self._had)

    async def run(self) -> Result:
        """Raises WriterError when nothing came that makes a content; of all causes the most frequent one."""
        spare, open_parts = self._spare, self.open_parts
        while (step := self._plan.next(self._kept, self._given_up)) is not None:
            if self._attempts.meter.requests >= open_parts + self._spare:  # parts came shorter than they were to be
                break
            before = self._attempts.meter.requests
            done = await self._part(step, 1 + spare)
            spare = max(0, spare - max(0, self._attempts.meter.requests - before - 1))
            if not done and (step.needed or self._codes[-1] not in _OF_THE_PART):
                break
            if done and step.settles:  # how many parts there are is known only now
                open_parts = len(self._kept) - self._had + self._plan.most(self._kept)
        result = self.salvaged()
        if result is None:
            most = Counter(self._codes).most_common(1)[0][1]
            raise errors.problem([code for code in self._codes if self._codes.count(code) == most][-1])
        return result

    def salvaged(self) -> Result | None:
        """What came, with what is missing of it; None as long as it makes no content."""
        kind, language = STAGE_BY_KEY[self._request.work.stage].content, self._request.premise.language
        came = [(one, found) for one in self._plan.came(self._kept) if (found := valid(one.content, kind)) is not None]
        if not came:
            return None
        items = [Item(found.model_dump(mode="json", by_alias=True), one.adjustments) for one, found in came]
        judged = findings(self._request, [mended(self._request, copy.deepcopy(item.content)) for item in items])
        each = [notes(one for one in judged if one.proposal == at) for at in range(len(items))]
        lacking = [tuple(_lacking(language, one)) for one, _ in came]
        said = lacking[0] if len(came) == 1 else ()
        if len(came) > 1:
            each = [(*told, *noted) for told, noted in zip(lacking, each, strict=True)]
        wanted = max(1, self._request.work.count)
        return Result(
            items,
            few=kept_note(language, len(items), wanted) if len(items) < wanted else None,
            notes=(*said, *left_out_notes(language, self._attempts.sent.left_out)),
            item_notes=tuple(each),
            item_missing=_any(one.missing for one, _ in came),
            item_unchanged=_any(one.unchanged for one, _ in came),
        )

    def came(self) -> PartsCame | None:
        """All parts that are there, when there is one more than last time.

        Nothing more is asked for until taken() is said.
        """
        if len(self._kept) == self._told:
            return None
        self._told = len(self._kept)
        sent = self._attempts.sent
        return PartsCame(dict(self._kept), self._attempts.meter.spent(), sent.asked, dict(sent.texts))

    def taken(self) -> None:
        self._taken.set()

    async def _part(self, step: Step, most: int) -> bool:
        """Whether it came."""
        seconds, clock = self._attempts.connection.limits.total, self._progress.clock
        until = clock() + seconds
        left = self._attempts.seconds_left
        asked = replace(
            self._attempts,
            step=step,
            most=most,
            causes=[],
            mend=self._mend,
            seconds_left=lambda: min(left(), until - clock()),
        )
        before = dict(self._kept)
        self._progress.begins(step, lambda drafts: self._plan.shown(before, step.key, next(iter(drafts), {})))
        try:
            async with asyncio.timeout(seconds):
                result = await asked.run()
        except (WriterError, TimeoutError) as error:
            code = error.code if isinstance(error, WriterError) else "TIMED_OUT"
            if isinstance(error, TimeoutError):
                self._attempts.sent.stopped(code, self._attempts.meter.last)
            salvaged = asked.salvaged()
            if salvaged is not None:  # it came, and was to be mended
                result = salvaged
            else:
                self._codes.append(code)
                self._given_up.append(step.key)
                return False
        finally:
            # flaws are sent back once for all parts: the other try is for what fails
            self._mend = self._mend and not {"FLAWED", "WRONG_LANGUAGE"} & {*asked.causes}
        item = result.items[0]
        told: Content = {"adjustments": list(item.adjustments)} if item.adjustments else {}
        self._kept[step.key] = item.content | told
        self._taken.clear()
        self._progress.news.set()
        await self._taken.wait()  # it is stored before the next is asked for
        return True


def _lacking(language: str, one: Came) -> Iterator[str]:
    """What is to be said of what did not come."""
    if one.missing:
        yield parts_note(language, one.missing)
    if one.names:
        yield unchanged_note(language, one.names)


def _any(each: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Empty where none lacks anything."""
    found = tuple(each)
    return found if any(found) else ()

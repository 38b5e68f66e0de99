"""Asks for a large content part by part, and keeps each as it comes: a failure costs one part, and never another.

N parts take N requests when all goes well, and `most` - 1 more at most, whatever goes wrong: the tries that a click has
beyond its first request are shared by all of its parts. So no part is asked for more than three times, each time in
another way, and what others have used up is not there for the next.
"""

import asyncio
from collections import Counter
from dataclasses import replace

from application.writers import PartsCame, WriterError, WriterRequest
from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.model import errors
from infrastructure.writers.model.attempts import Attempts, Result
from infrastructure.writers.model.checks import findings, mended, notes
from infrastructure.writers.model.fitting import valid
from infrastructure.writers.model.parts.plans import Plan, already
from infrastructure.writers.model.parts.step import Step
from infrastructure.writers.model.progress import Progress
from infrastructure.writers.model.shapes import Item
from infrastructure.writers.model.wording import left_out_notes, parts_note

_OF_THE_PART = errors.OF_THE_ANSWER | {"REFUSED", "CONTENT_FILTERED"}
"""What another part may be spared; everything else would meet it as well."""


class PartsRun:
    """`attempts` is how one part is asked for; each part has a copy of its own. All share its meter and its log."""

    def __init__(self, plan: Plan, request: WriterRequest, attempts: Attempts, progress: Progress) -> None:
        self._plan = plan
        self._request = request
        self._attempts = attempts
        self._progress = progress
        self._kept: dict[str, Content] = already(request)
        self._had = len(self._kept)
        self._told = self._had
        self._given_up: list[str] = []
        self._codes: list[str] = []
        self._taken = asyncio.Event()
        self._mend = True
        self._spare = max(0, attempts.most - 1 - request.wasted)

    @property
    def wasted(self) -> int:
        """Requests that brought no part."""
        return self._attempts.meter.requests - (len(self._kept) - self._had)

    async def run(self) -> Result:
        """Raises WriterError when nothing came that makes a content; of all causes the most frequent one."""
        spare, open_parts = self._spare, self._plan.most(self._kept)
        while (step := self._plan.next(self._kept, self._given_up)) is not None:
            if self._attempts.meter.requests >= open_parts + self._spare:  # parts came shorter than they were to be
                break
            before = self._attempts.meter.requests
            done = await self._part(step, 1 + spare)
            spare = max(0, spare - max(0, self._attempts.meter.requests - before - 1))
            if not done and (step.needed or self._codes[-1] not in _OF_THE_PART):
                break
            if step.key == "cast":  # how many parts there are is known only now
                open_parts = 1 + self._plan.most(self._kept)
        result = self.salvaged()
        if result is None:
            most = Counter(self._codes).most_common(1)[0][1]
            raise errors.problem([code for code in self._codes if self._codes.count(code) == most][-1])
        return result

    def salvaged(self) -> Result | None:
        """What came, with what is missing of it; None as long as it makes no content."""
        put_together = self._plan.content(self._kept)
        kind = STAGE_BY_KEY[self._request.work.stage].content
        found = None if put_together is None else valid(put_together, kind)
        if found is None:
            return None
        content = found.model_dump(mode="json", by_alias=True)
        language, missing = self._request.premise.language, self._plan.missing(self._kept)
        item = Item(content, ())
        whole = mended(self._request, content)
        told = left_out_notes(language, self._attempts.sent.left_out)
        return Result(
            [item],
            notes=(*((parts_note(language, missing),) if missing else ()), *told),
            item_notes=(notes(findings(self._request, [whole])),),
            missing=missing,
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
        asked = replace(self._attempts, step=step, most=most, causes=[], mend=self._mend)
        before = dict(self._kept)
        self._progress.begins(step, lambda drafts: (self._plan.shown(before, step.key, next(iter(drafts), {})),))
        try:
            result = await asked.run()
        except WriterError as error:
            self._codes.append(error.code)
            self._given_up.append(step.key)
            return False
        finally:
            # flaws are sent back once for all parts: the other try is for what fails
            self._mend = self._mend and not {"FLAWED", "WRONG_LANGUAGE"} & {*asked.causes}
        self._kept[step.key] = result.items[0].content
        self._taken.clear()
        self._progress.news.set()
        await self._taken.wait()  # it is stored before the next is asked for
        return True

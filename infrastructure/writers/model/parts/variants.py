"""Plans several proposals at once: the parts of the first, then those of the next, each kept as it comes."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from genesis_types.enums import GenesisStage

from domain.genesis.proposals import Content
from infrastructure.writers.model.digests import digest
from infrastructure.writers.model.parts.items import Kept
from infrastructure.writers.model.parts.step import Came, Step


class OnePlan(Protocol):
    """The plan of one content (parts/plans.py)."""

    def most(self, kept: Kept) -> int: ...

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None: ...

    def came(self, kept: Kept) -> list[Came]: ...

    def shown(self, kept: Kept, key: str, draft: Content) -> tuple[Content, ...]: ...


class VariantsPlan:
    """`plans`: one for each proposal. The keys of a part are those of its plan, after the number: `2/person:0`.

    A proposal of which the needed part could not be had is given up; the others are asked for all the same.
    """

    def __init__(self, stage: GenesisStage, plans: Sequence[OnePlan]) -> None:
        self._stage = stage
        self._plans = plans

    def most(self, kept: Kept) -> int:
        return sum(plan.most(_own(kept, at)) for at, plan in enumerate(self._plans))

    def next(self, kept: Kept, given_up: Collection[str]) -> Step | None:
        before = 0
        for at, plan in enumerate(self._plans):
            own = _own(kept, at)
            step = plan.next(own, [key.partition("/")[2] for key in given_up if key.startswith(f"{at + 1}/")])
            if step is not None:
                others = [digest(self._stage, one.content) for one in self.came(kept, but=at)]
                told = (("other_proposals", others),) if others else ()
                task = f"{step.task} Differ in substance from <other_proposals>." if others else step.task
                return replace(
                    step,
                    key=f"{at + 1}/{step.key}",
                    number=before + step.number,
                    of=before + step.of + sum(one.most({}) for one in self._plans[at + 1 :]),
                    told=(*told, *step.told),
                    task=task,
                    needed=False,
                    variant=at,
                )
            before += len(own) + plan.most(own)
        return None

    def came(self, kept: Kept, *, but: int | None = None) -> list[Came]:
        """One that is not whole stands first: what is missing is said of the first."""
        found = [one for at, plan in enumerate(self._plans) if at != but for one in plan.came(_own(kept, at))]
        return sorted(found, key=lambda one: not one.missing)

    def begun(self, content: Content, missing: tuple[str, ...]) -> dict[str, Content]:  # noqa: ARG002
        return {}  # the rest is asked for of one proposal

    def shown(self, kept: Kept, key: str, draft: Content) -> tuple[Content, ...]:
        number, _, own = key.partition("/")
        at = int(number) - 1
        shown: list[Content] = []
        for index, plan in enumerate(self._plans):
            if index == at:
                shown += plan.shown(_own(kept, index), own, draft)
            else:
                shown += [one.content for one in plan.came(_own(kept, index))]
        return tuple(shown)


def _own(kept: Kept, at: int) -> dict[str, Content]:
    begin = f"{at + 1}/"
    return {key.removeprefix(begin): part for key, part in kept.items() if key.startswith(begin)}

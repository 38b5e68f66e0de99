"""The monkey: a plan of faults from a seed, one lane for processes and one for stores, until the time is over."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.chaos.faults import FAULTS, LONG_OUTAGE, Fault, NotDone
from tests.chaos.house import House

_REST_SECONDS = 3.0, 11.0
_ONE_FAULT_SECONDS = 240.0


@dataclass(frozen=True)
class Step:
    """Rest so many seconds, then make the fault with dice of its own."""

    fault: Fault
    rest: float
    seed: int


def plan(seed: int, lane: str, rounds: int, *, kafka: bool, disk: bool) -> list[Step]:
    """Every fault of the lane in each round, in an order of its own: the same seed gives the same plan."""
    dice = Random(f"{seed}:{lane}")
    chosen = [fault for fault in FAULTS if fault.lane == lane and (kafka or "kafka" not in fault.name.lower())]
    chosen = [fault for fault in chosen if disk or fault.name != "full disk"]
    steps: list[Step] = []
    for number in range(rounds):
        order = list(chosen)
        if kafka and lane == "stores" and number == 0:
            order.append(LONG_OUTAGE)
        dice.shuffle(order)
        steps += [Step(fault, dice.uniform(*_REST_SECONDS), dice.getrandbits(32)) for fault in order]
    return steps


class Monkey:
    """`made` counts the faults that were made, `not_done` says why others were not."""

    def __init__(self, house: House, say: Callable[[str], None]) -> None:
        self._house = house
        self._say = say
        self._busy: set[str] = set()
        self.made: Counter[str] = Counter()
        self.not_done: dict[str, str] = {}
        self.failed: list[str] = []

    async def play(self, lanes: Sequence[Sequence[Step]], until: float) -> None:
        """Each lane its steps; none is begun after `until` (monotonic), those that have begun are ended."""
        async with asyncio.TaskGroup() as group:
            for steps in lanes:
                group.create_task(self._lane(steps, until))

    async def _lane(self, steps: Sequence[Step], until: float) -> None:
        for step in steps:
            await asyncio.sleep(min(step.rest, max(0.0, until - time.monotonic())))
            if time.monotonic() >= until:
                return
            await self.make(step.fault, step.seed)

    async def make(self, fault: Fault, seed: int) -> None:
        self._say(f"  ⚡ {fault.name}")
        began = time.monotonic()
        try:
            async with asyncio.timeout(_ONE_FAULT_SECONDS):
                said = await fault.work(self._house, Random(seed))
        except NotDone as reason:
            self.not_done[fault.name] = str(reason)
            self._say(f"  – {fault.name}: not done, {reason}")
        except Exception as error:
            self.failed.append(f"{fault.name}: {type(error).__name__}: {error}")
            self._say(f"  ✗ {fault.name} could not be put right: {type(error).__name__}: {error}")
        else:
            self.made[fault.name] += 1
            self._say(f"  ✓ {fault.name} {said} ({time.monotonic() - began:.1f} s)".replace("  (", " ("))

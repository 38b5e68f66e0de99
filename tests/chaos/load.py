"""A bounded load: so many writers at once, each on one journey after another until the time is over."""

import asyncio
from collections import Counter
from random import Random

from tests.chaos.client import Client, Forgotten
from tests.chaos.house import House
from tests.chaos.journal import Journal
from tests.chaos.journeys import Journey

_LAST_SECONDS = 420.0
"""After the end of the faults every journey must come to its own end within this."""


class Load:
    """`ends` counts how journeys ended; what went wrong is in the journal too."""

    def __init__(self, house: House, journal: Journal, seed: int, *, writers: int, journeys: int | None = None) -> None:
        self._house = house
        self._journal = journal
        self._seed = seed
        self._writers = writers
        self._left = journeys
        self._over = asyncio.Event()
        self.ends: Counter[str] = Counter()

    def begin(self) -> "asyncio.Task[None]":
        return asyncio.create_task(self._all())

    def stop(self) -> None:
        """No more journeys are begun."""
        self._over.set()

    async def _all(self) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(self._writers):
                group.create_task(self._writer(number))

    async def _writer(self, number: int) -> None:
        dice = Random(self._seed * 1_000 + number)
        client = Client(self._house.studio.base_url, self._house.token, self._journal, dice)
        try:
            while not self._over.is_set() and self._left != 0:
                if self._left is not None:
                    self._left -= 1
                journey = Journey(client, *self._kind(number, dice))
                self.ends[await self._one(journey)] += 1
        finally:
            await client.close()

    def _kind(self, number: int, dice: Random) -> tuple[str, str | None]:
        if number == 0:  # one writer is patient: each of their stages is slept through
            return "guided", self._house.prefect.direct
        return ("guided" if dice.random() < 0.6 else "free_form"), None

    async def _one(self, journey: Journey) -> str:
        try:
            return await journey.go()
        except (Forgotten, TimeoutError, KeyError, AssertionError) as error:
            self._journal.note("broken", session_id=journey.session_id, error=type(error).__name__)
            return "broken"

    async def finish(self, task: "asyncio.Task[None]") -> None:
        """Every journey that was begun comes to its end. Raises TimeoutError."""
        self.stop()
        async with asyncio.timeout(_LAST_SECONDS):
            await task

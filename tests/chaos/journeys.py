"""What writers do: guided and free-form ways from a spark to a novel, with second thoughts and quarrels on the way."""

import asyncio
import time
from typing import Any

import httpx

from tests.chaos.client import Client, Outcome, State
from tests.chaos.listener import Listener

STAGES = ("CONCEPT_SELECTION", "STORY_CONCEPTION", "CHARACTERS", "WORLDVIEW", "PLOT_OUTLINE")
PLANTED = ("Quillonthwaite", "Vesperzand", "Ombrelixir")
"""Words of the writers' that no log may show."""
_SPARK = "A lighthouse keeper named Quillonthwaite collects the voices of Vesperzand"
_FEEDBACK = ("Make it darker, for Ombrelixir", "Call it The Honest Loaf of Ombrelixir", "Shorter, please")
_STEPS = 60
_WORK_SECONDS = 240.0
_SLEEP_SECONDS = 120.0


class Journey:
    """One session of one writer. `prefect_api` given: a patient writer, who acts only when the workflow sleeps."""

    def __init__(self, client: Client, mode: str, prefect_api: str | None = None) -> None:
        self.client = client
        self.mode = mode
        self._dice = client.dice
        self._prefect_api = prefect_api if mode == "guided" else None
        self.session_id = ""
        self._version = 0

    async def go(self) -> str:
        """How it ended: finished, abandoned, left, branched."""
        begun = await self._twice("START_GENESIS", None, mode=self.mode, seed=_SPARK, title="")
        return await self._live(begun)

    async def _live(self, begun: Outcome) -> str:
        assert begun.done, begun.body
        self.session_id, self._version = str(begun.body["session_id"]), int(begun.body["version"])
        listener = Listener(self.client, self.session_id).start()
        try:
            return await self._steps()
        finally:
            await listener.end((await self._settled())["version"])

    async def _steps(self) -> str:
        order = list(STAGES)
        if self.mode == "free_form":
            self._dice.shuffle(order)
        for step in range(_STEPS):
            state = await self._settled()
            if state["status"] != "IN_PROGRESS":
                return "ended elsewhere"
            if step > 1 and self._dice.random() < 0.025 and self._prefect_api is None:
                return "left"  # a patient writer goes all the way: each stage has to be slept through
            open_stages = [stage for stage in order if _stage(state, stage)["status"] != "confirmed"]
            if not open_stages:
                return await self._end()
            await self._act(state, open_stages[0])
        return "left"

    async def _act(self, state: State, stage: str) -> None:
        proposals = _stage(state, stage)["proposals"]
        if state["current_stage"] != stage:
            self._take(await self.client.give("NAVIGATE_TO_STAGE", self.session_id, stage=stage))
            return
        if not proposals:
            asked = await self._twice("GENERATE_INSPIRATION", self.session_id, stage=stage)
            self._take(asked)
            if asked.done and self._dice.random() < 0.12:
                await asyncio.sleep(self._dice.random() * 0.6)
                self._take(await self.client.give("CANCEL_GENERATION", self.session_id))
            return
        chosen = self._dice.choice(proposals)
        thought = self._dice.random() if self._prefect_api is None else 1.0
        if thought < 0.14 and len(proposals) < 6:
            text = self._dice.choice(_FEEDBACK)
            self._take(
                await self._twice("PROVIDE_FEEDBACK", self.session_id, proposal_id=chosen["id"], text=text),
            )
        elif thought < 0.22:
            content = dict(chosen["content"])
            self._take(
                await self.client.give(
                    "EDIT_CONTENT", self.session_id, stage=stage, proposal_id=chosen["id"], content=content
                )
            )
        elif thought < 0.32:
            await self._quarrel(state, stage, proposals)
        elif thought < 0.36:
            self._take(await self.client.give("EXTEND_SESSION", self.session_id, hours=1))
        else:
            if self._prefect_api is not None:
                await self._until_asleep(stage)
            self._take(await self._twice("CONFIRM_STAGE", self.session_id, stage=stage, proposal_id=chosen["id"]))

    async def _quarrel(self, state: State, stage: str, proposals: list[Any]) -> None:
        """Two tabs that saw the same version: at most one of them may have its way."""
        version = int(state["version"])
        first, second = proposals[0]["id"], proposals[-1]["id"]
        confirm = {"stage": stage, "proposal_id": first}
        feedback = {"proposal_id": second, "text": "Another way, for Ombrelixir"}
        outcomes = await asyncio.gather(
            self.client.give("CONFIRM_STAGE", self.session_id, expected_version=version, **confirm),
            self.client.give("PROVIDE_FEEDBACK", self.session_id, expected_version=version, **feedback),
        )
        winners = [outcome.command_id for outcome in outcomes if outcome.done]
        self.client.journal.note("quarrel", session_id=self.session_id, version=version, winners=winners)
        for outcome in outcomes:
            self._take(outcome)

    async def _twice(self, kind: str, session_id: str | None, **payload: Any) -> Outcome:
        """Now and then the same command twice at once: both get the same answer, and it happens once."""
        command_id = self.client.new_id()
        give = self.client.give
        if self._dice.random() > 0.2:
            return await give(kind, session_id, command_id=command_id, **payload)
        one, two = await asyncio.gather(
            give(kind, session_id, command_id=command_id, **payload),
            give(kind, session_id, command_id=command_id, **payload),
        )
        same = one.status == two.status and (not one.done or one.body == two.body)
        self.client.journal.note("twins", command_id=command_id, same=same, statuses=[one.status, two.status])
        return one if one.done else two

    async def _end(self) -> str:
        chance = self._dice.random()
        if chance < 0.1:
            self._take(await self.client.give("ABANDON_GENESIS", self.session_id, reason="enough"))
            return "abandoned"
        if chance < 0.3:
            version = self._dice.randrange(1, self._version + 1)
            branch = Journey(self.client, self.mode)
            begun = await self.client.give("BRANCH_GENESIS", from_session_id=self.session_id, at_version=version)
            if begun.done:
                await branch._live(begun)
        done = await self._twice("FINISH_GENESIS", self.session_id)
        self._take(done)
        if not done.done:
            return "not finished"
        found = await self.client.novel(str(done.body["result"]["novel_id"]), self._version)
        self.client.journal.note("novel", session_id=self.session_id, found=found)
        return "finished"

    def _take(self, outcome: Outcome) -> None:
        if outcome.done:
            self._version = max(self._version, int(outcome.body["version"]))

    async def _settled(self) -> State:
        """The state once nothing is in work. Raises TimeoutError when a generation never ends."""
        deadline = time.monotonic() + _WORK_SECONDS
        while True:
            state = await self.client.state(self.session_id, self._version)
            if not state["is_pending"]:
                self._version = max(self._version, int(state["version"]))
                return state
            if time.monotonic() > deadline:
                self.client.journal.note("endless", session_id=self.session_id, version=state["version"])
                raise TimeoutError(self.session_id)
            await asyncio.sleep(0.15 + self._dice.random() * 0.2)

    async def _until_asleep(self, stage: str) -> None:
        """Until Prefect itself says that a run of this session is paused."""
        assert self._prefect_api is not None
        body = {"flow_runs": {"name": {"like_": self.session_id}}}
        deadline = time.monotonic() + _SLEEP_SECONDS
        async with httpx.AsyncClient(timeout=5) as http:
            while time.monotonic() < deadline:
                try:
                    found = (await http.post(f"{self._prefect_api}/flow_runs/filter", json=body)).json()
                    if any(run["state"]["type"] == "PAUSED" for run in found):
                        self.client.journal.note("asleep", session_id=self.session_id, stage=stage)
                        return
                except (httpx.TransportError, ValueError, TypeError, KeyError):
                    pass  # Prefect is away
                await asyncio.sleep(0.3)
        self.client.journal.note("sleepless", session_id=self.session_id, stage=stage)


def _stage(state: State, stage: str) -> dict[str, Any]:
    return next(dict(found) for found in state["stages"] if found["stage"] == stage)

"""A writer in a test, over plain HTTP: gives commands, and polls the state until the work has ended."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from domain.genesis.stages import STAGE_ORDER

State = dict[str, Any]


class WriterAtWork:
    """One account's client. Lost connections are met as a person would: the same command again, with the same id."""

    def __init__(self, base_url: str, token: str) -> None:
        self.http = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=60)

    def __enter__(self) -> "WriterAtWork":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def give(self, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
        body: dict[str, Any] = {"command_type": kind, "command_id": str(uuid4()), "payload": payload}
        if session_id:
            body["session_id"] = session_id
        answer = self._insist(lambda: self.http.post("/api/v1/genesis/commands", json=body))
        assert answer.is_success, answer.text
        return dict(answer.json())

    def get(self, path: str, **parameters: Any) -> State:
        answer = self._insist(lambda: self.http.get(path, params=parameters))
        assert answer.is_success, answer.text
        return dict(answer.json())

    def state(self, session_id: str, min_version: int = 0) -> State:
        return self.get(f"/api/v1/genesis/{session_id}/state", min_version=min_version)

    def until(self, session_id: str, true: Callable[[State], bool], timeout: float = 60) -> State:
        """The first state for which `true` holds."""
        deadline = time.monotonic() + timeout
        while not true(state := self.state(session_id)):
            assert time.monotonic() < deadline, {key: state[key] for key in ("version", "pending", "warnings")}
            time.sleep(0.05)
        return state

    def start(self, mode: str, seed: str = "A lighthouse keeper collects lost voices") -> str:
        begun = self.give("START_GENESIS", mode=mode, seed=seed)
        self.state(begun["session_id"], min_version=begun["version"])
        return str(begun["session_id"])

    def confirm(self, session_id: str, stage: str) -> int:
        """Confirm the newest proposal of `stage` once the work there has ended; returns the version."""
        state = self.until(session_id, lambda state: not state["is_pending"] and bool(_proposals(state, stage)))
        newest = max(_proposals(state, stage), key=lambda proposal: proposal["version"])
        return int(self.give("CONFIRM_STAGE", session_id, stage=stage, proposal_id=newest["id"])["version"])

    def go_all_the_way(self, session_id: str, between: Callable[[str], None] = lambda _: None) -> State:
        """Confirm what is proposed, stage by stage, and finish. `between` is called with each stage before it."""
        for stage in STAGE_ORDER:
            between(stage.value)
            state = self.state(session_id)
            if not state["is_pending"] and not _proposals(state, stage.value):
                self.give("GENERATE_INSPIRATION", session_id, stage=stage.value)
            self.state(session_id, min_version=self.confirm(session_id, stage.value))
        answer = self.give("FINISH_GENESIS", session_id)
        return self.get(f"/api/v1/novels/{answer['result']['novel_id']}")

    def _insist(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = ask()
            except httpx.TransportError:
                assert time.monotonic() < deadline, "the studio did not come back"
            else:
                if answer.status_code != 503:
                    return answer
                assert time.monotonic() < deadline, answer.text
            time.sleep(0.2)


def _proposals(state: State, stage: str) -> list[dict[str, Any]]:
    return next(list(found["proposals"]) for found in state["stages"] if found["stage"] == stage)

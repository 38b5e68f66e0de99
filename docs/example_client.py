"""From a spark to a novel over plain HTTP and SSE: `.venv/bin/python docs/example_client.py URL TOKEN [mode]`.

URL is what `make run` prints, TOKEN what `.venv/bin/genesis token` prints, mode is `guided` (default) or `free_form`.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

STAGES = ["CONCEPT_SELECTION", "STORY_CONCEPTION", "CHARACTERS", "WORLDVIEW", "PLOT_OUTLINE"]


def command(http: httpx.Client, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    """Give a command. Its id is ours, so that it could be sent again after a lost answer without happening twice."""
    body = {"command_type": kind, "command_id": str(uuid4()), "session_id": session_id, "payload": payload}
    answer = http.post("/api/v1/genesis/commands", json={k: v for k, v in body.items() if v is not None})
    answer.raise_for_status()
    result: dict[str, Any] = answer.json()
    return result


def states(http: httpx.Client, session_id: str, version: int) -> Iterator[dict[str, Any]]:
    """Each state as the stream sends it, from `version` on; a `content` beyond 200 KB is null: GET …/proposals/{id}."""
    path = f"/api/v1/genesis/{session_id}/events/stream"
    with http.stream("GET", path, params={"min_version": version}, timeout=60) as stream:
        stream.raise_for_status()
        event = ""
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "state":
                yield json.loads(value)
            elif name == "data" and event == "progress":
                progress = json.loads(value)
                print(f"  … {progress['phase']} {progress['percent']:.0f} %", end="\r")


def main(url: str, token: str, mode: str = "guided") -> None:
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        begun = command(http, "START_GENESIS", mode=mode, seed="A lighthouse keeper collects lost voices")
        session, version = begun["result"]["session_id"], begun["version"]
        for state in states(http, session, version):
            stages = {stage["stage"]: stage for stage in state["stages"]}
            nxt = next((stage for stage in STAGES if stages[stage]["status"] != "confirmed"), None)
            if state["status"] == "COMPLETED":
                novel = http.get(f"/api/v1/novels/{state['novel_id']}").json()
                print(f"\n{novel['title']}: {url}/novels/{novel['id']}")
                return
            if state["is_pending"] or state["version"] < version:
                continue  # still working, or a state from before our last command
            if nxt is None:
                answer = command(http, "FINISH_GENESIS", session)
            elif proposals := stages[nxt]["proposals"]:
                print(f"  {nxt}: confirmed 1 of {len(proposals)}")
                answer = command(http, "CONFIRM_STAGE", session, stage=nxt, proposal_id=proposals[0]["id"])
            else:
                answer = command(http, "GENERATE_INSPIRATION", session, stage=nxt)
            version = answer["version"]


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[3:] not in ([], ["guided"], ["free_form"]):
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        advice = (
            "`.venv/bin/genesis token` prints a new token." if status in (401, 403) else "Is it the studio's address?"
        )
        sys.exit(f"{sys.argv[1]} answered {status}. {advice}")
    except httpx.HTTPError as error:
        sys.exit(f"The studio at {sys.argv[1]} cannot be reached: {type(error).__name__}.")

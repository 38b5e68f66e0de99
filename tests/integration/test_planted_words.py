"""What a writer wrote, and who they are, is in no log of a whole studio, whatever goes wrong while they write."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from genesis_types.enums import GenesisStage

from tests.support.journey import WriterAtWork
from tests.support.model_answers import muse_answer
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.planted import planted_words_in
from tests.support.studio import Studio

pytestmark = pytest.mark.prefect

SPARK, TITLE, GENRE = "Zephyrlantern 灯塔", 'Quillharbour\'s "Ebb"', "Brinegothica"
FEEDBACK, EDIT, NAME, PASSWORD = "Mothfeather-Ω", "Gullwardenry", "Theodorakisova", "Saltcellar-Fourteen"
FROM_MODEL, MODEL_ERROR, KEY = "Drownedbellman", "Overquotastory", "sk-Nobodymayseethis"
MISPLACED, IN_ADDRESS, FOREIGN, LOST = "Misplacedsecret", "Addresssecret", "Foreignersecret", "Interruptedtale"
WORDS = (
    *(SPARK, TITLE, GENRE, FEEDBACK, EDIT, NAME, PASSWORD, FROM_MODEL, MODEL_ERROR, KEY),
    *(MISPLACED, IN_ADDRESS, FOREIGN, LOST),
)
CONCEPT = GenesisStage.CONCEPT_SELECTION.value


def _with_planted_word(body: dict[str, Any]) -> str:
    answer = json.loads(muse_answer(body))
    for proposal in answer.get("proposals", [answer]):
        proposal["premise" if "premise" in proposal else next(iter(proposal))] = FROM_MODEL
    return json.dumps(answer)


@pytest.fixture
def studio() -> Iterator[tuple[Studio, OpenAIServer]]:
    behaviours = (
        Behaviour(answer=lambda _: f'{{"proposals": "{FROM_MODEL}"}}'),  # not the shape that was asked for
        Behaviour(answer=lambda _: FROM_MODEL, as_text=True),
        Behaviour(answer=_with_planted_word, stop_after=60, drop=True),
        Behaviour(answer=_with_planted_word, status=500, error={"message": MODEL_ERROR}),
        Behaviour(answer=_with_planted_word, status=400, error={"message": f"{MODEL_ERROR}: {SPARK}"}),
        Behaviour(answer=muse_answer),
    )
    with OpenAIServer(*behaviours) as model:
        running = Studio(
            GENESIS_MODEL="openai:gpt-4o",
            GENESIS_MODEL_BASE_URL=model.url(),
            GENESIS_MODEL_API_KEY=KEY,
            GENESIS_LOG_LEVEL="DEBUG",
        )
        try:
            running.start().wait_usable().wait_complete()
            yield running, model
        finally:
            running.remove()


def test_no_log_holds_what_was_written_or_who_wrote_it(studio: tuple[Studio, OpenAIServer]) -> None:
    running, model = studio
    _add_person(running)
    with WriterAtWork(running.base_url, running.token()) as writer:
        session = writer.give(
            "START_GENESIS", mode="free_form", seed=f"{SPARK} {TITLE}", title=TITLE, genre=GENRE, audience=NAME
        )["session_id"]
        for _ in range(6):  # until the model has gone through everything that it does wrong
            given = writer.give("GENERATE_INSPIRATION", session, stage=CONCEPT)
            state = writer.state(session, min_version=given["version"])
            state = writer.until(session, lambda state: not state["is_pending"])
            if len(model.behaviours) == 1 and state["stages"][0]["proposals"]:
                break
        assert len(model.behaviours) == 1
        _refine_and_edit(writer, session)
        _send_what_is_refused(writer.http, session)
    _break_statements(running.runtime()["database_url"])
    with WriterAtWork(running.base_url, running.token()) as writer:
        os.kill(running.runtime()["pids"]["postgres"][0], signal.SIGKILL)
        writer.give("START_GENESIS", mode="free_form", seed=LOST, title=LOST)  # insists until it has been taken
    running.stop()
    logs = running.home / "logs"
    assert {"api.log", "background.log", "callbacks.log", "postgres.log", "prefect.log", "worker.log"} <= {
        path.name for path in logs.iterdir()
    }
    assert planted_words_in(logs, WORDS) == []


def _add_person(running: Studio) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "users", "add", NAME, "--password-stdin"],
        env=dict(running.environment),
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    login = f"{running.base_url}/api/v1/auth/login"
    for password in (PASSWORD, PASSWORD + "!"):
        answer = httpx.post(login, json={"name": NAME, "password": password})
        assert answer.status_code in (200, 401)


def _refine_and_edit(writer: WriterAtWork, session: str) -> None:
    proposal = writer.state(session)["stages"][0]["proposals"][-1]
    given = writer.give("PROVIDE_FEEDBACK", session, proposal_id=proposal["id"], text=FEEDBACK)
    writer.state(session, min_version=given["version"])
    writer.until(session, lambda state: not state["is_pending"])
    content = {**proposal["content"], "title": EDIT}
    writer.give("EDIT_CONTENT", session, stage=CONCEPT, proposal_id=proposal["id"], content=content)


def _send_what_is_refused(http: httpx.Client, session: str) -> None:
    """Everything that is answered with an error, with a planted word in it."""
    commands = "/api/v1/genesis/commands"
    wrong: list[dict[str, Any]] = [
        {"command_type": MISPLACED},
        {"command_type": "START_GENESIS", "payload": {"seed": [MISPLACED], "language": MISPLACED}},
        {"command_type": "CONFIRM_STAGE", "session_id": session, "payload": {"stage": MISPLACED}},
        {"command_type": "EDIT_CONTENT", "session_id": session, "payload": {"stage": CONCEPT, "content": {EDIT: 1}}},
        {"command_type": "FINISH_GENESIS", "session_id": session, "payload": {MISPLACED: MISPLACED}},
        {"command_type": "FINISH_GENESIS", "session_id": session},
        {"command_type": "PROVIDE_FEEDBACK", "session_id": session,
         "payload": {"proposal_id": str(uuid4()), "text": MISPLACED}},
    ]  # fmt: skip
    for body in wrong:
        answer = http.post(commands, json={"command_id": str(uuid4()), **body})
        assert 400 <= answer.status_code < 500, (body, answer.text)
    assert http.post(commands, content=f'{{"{MISPLACED}'.encode()).status_code == 400
    for path in (
        f"/{IN_ADDRESS}",
        f"/api/v1/{IN_ADDRESS}",
        f"/api/v1/genesis/{IN_ADDRESS}/state",
        f"/api/v1/genesis/{session}/state?min_version={IN_ADDRESS}",
        f"/api/v1/genesis/{session}/tasks/{IN_ADDRESS}",
        f"/login?token={IN_ADDRESS}",
    ):
        assert http.get(path).status_code != 500, path  # a page that is not built is 503
    forged = {"X-Request-Id": f'{FOREIGN}\n{{"event":"forged"}}'.replace("\n", "%0a"), "User-Agent": FOREIGN}
    assert http.get("/api/v1/auth/me", headers={**forged, "Authorization": f"Bearer {FOREIGN}"}).status_code == 401
    assert http.get("/live", headers={"Host": FOREIGN}).status_code == 400


def _break_statements(database_url: str) -> None:
    """As an error in a statement that carries a manuscript would: in its text, in a parameter, in a value's row."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for query, parameters in (
            (f"SELECT '{EDIT}'::uuid", ()),
            ("SELECT %s::text::uuid", (EDIT,)),
            ("SELECT %s::text::jsonb", (f'{{"{SPARK}',)),
            ("INSERT INTO domain_events (event_type) VALUES (%s)", (TITLE,)),
            ("DO $$ BEGIN RAISE EXCEPTION 'Gullwardenry'; END $$", ()),
            ("DO $$ BEGIN RAISE WARNING 'Gullwardenry'; RAISE EXCEPTION 'x'; END $$", ()),
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(query.encode(), parameters or None)

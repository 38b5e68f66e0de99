"""Bad input: the status and the problem body that it is answered with, and that nothing was written."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from genesis_types.enums import InternalCommandType

from tests.support.api import COMMANDS, Served, served
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOBODY = "00000000-0000-4000-8000-000000000000"
START = "START_GENESIS"
MEGABYTE = "x" * 1_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    with cluster.database() as url:
        async with served(url, redis_url) as running:
            yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session_id(api: Served) -> str:
    return await api.start()


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code), body
    assert body["title"]
    assert body["detail"]
    return body


def command(command_type: object, session: str | None = None, **payload: Any) -> dict[str, Any]:
    return {"command_type": command_type, "session_id": session, "payload": payload}


# name -> (body, the fields that the answer names)
INVALID: dict[str, tuple[Any, set[str]]] = {
    "no command type": ({"payload": {}}, {"command_type"}),
    "an unknown command type": (command("MAKE_TEA"), {"command_type"}),
    "a megabyte of command type": (command(MEGABYTE), {"command_type"}),
    "a command type that is a number": (command(7), {"command_type"}),
    "an internal command": (command(InternalCommandType.RECORD_PROPOSALS, NOBODY), {"command_type"}),
    "another internal command": (command(InternalCommandType.PAUSE_SESSION, NOBODY), {"command_type"}),
    "a body that is a list": ([], {""}),
    "a body that is a word": ("START_GENESIS", {""}),
    "no session": ({"command_type": "ABANDON_GENESIS"}, {"session_id"}),
    "a session for a new session": (command(START, NOBODY), {"session_id"}),
    "a session that is no id": (command("ABANDON_GENESIS", "here"), {"session_id"}),
    "an unknown stage": (command("NAVIGATE_TO_STAGE", NOBODY, stage="EPILOGUE"), {"payload.stage"}),
    "no stage": (command("NAVIGATE_TO_STAGE", NOBODY), {"payload.stage"}),
    "an unknown mode": (command(START, mode="dreaming"), {"payload.mode"}),
    "a field that does not exist": (command(START, sead="a spark"), {"payload.sead"}),
    "a field beside the payload": (command(START) | {"user_id": NOBODY}, {"user_id"}),
    "a number for text": (command(START, seed=5), {"payload.seed"}),
    "text for a number": (command("EXTEND_SESSION", NOBODY, hours="3"), {"payload.hours"}),
    "a fraction for a number": (command("EXTEND_SESSION", NOBODY, hours=1.5), {"payload.hours"}),
    "a huge number": (command("EXTEND_SESSION", NOBODY, hours=10**4000), {"payload.hours"}),
    "a huge expected version": (command(START) | {"expected_version": 2**63}, {"expected_version"}),
    "a negative expected version": (command(START) | {"expected_version": -1}, {"expected_version"}),
    "too many proposals": (command("GENERATE_INSPIRATION", NOBODY, count=11), {"payload.count"}),
    "a list for an object": (command("CONFIRM_STAGE", NOBODY, stage="PLOT_OUTLINE", content=[]), {"payload.content"}),
    "a payload that is null": ({"command_type": START, "payload": None}, {"payload"}),
    "a language that is none": (command(START, language="klingon!"), {"payload.language"}),
    "a command id that is none": (command(START) | {"command_id": "1"}, {"command_id"}),
    "a megabyte of text": (command(START, seed=MEGABYTE), {"payload.seed"}),
    "a megabyte in three fields": (
        command(START, seed=MEGABYTE, genre=MEGABYTE, title=MEGABYTE),
        {"payload.seed", "payload.genre", "payload.title"},
    ),
    "NUL in text": (command(START, seed="a\x00b"), {"payload.seed"}),
    "a lone surrogate in text": (command(START, seed="a\ud800b"), {"payload.seed"}),
    "a lone surrogate in content": (
        command("EDIT_CONTENT", NOBODY, stage="CONCEPT_SELECTION", content={"themes": ["salt", "a\ud800b"]}),
        {"payload.content.themes.1"},
    ),
    "nothing but overrides of direction": (command(START, seed="\u202e\u2066"), {"payload.seed"}),
    "a lone surrogate in a key": (command(START) | {"\udfff": 1}, {""}),
}

# name -> bytes that are no JSON document, or one that nobody can read
UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "half an object": b'{"command_type": "START_GENESIS"',
    "words": b"hello",
    "a form": b"command_type=START_GENESIS",
    "bytes that are not UTF-8": b'{"command_type": "START_GENESIS", "payload": {"seed": "\xff\xfe"}}',
    "UTF-16": '{"command_type": "START_GENESIS"}'.encode("utf-16"),
    "deep nesting": b'{"command_type": "START_GENESIS", "payload": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep nesting without an end": b'{"a":' * 200_000,
    "NaN": b'{"command_type": "EXTEND_SESSION", "session_id": "%s", "payload": {"hours": NaN}}' % NOBODY.encode(),
    "Infinity": b'{"command_type": "START_GENESIS", "payload": {}, "expected_version": -Infinity}',
}


@pytest.mark.parametrize("name", INVALID)
async def test_each_invalid_field_is_named_and_nothing_is_written(api: Served, name: str) -> None:
    body, fields = INVALID[name]
    before = await api.written()
    answer = await api.http.post(COMMANDS, content=json.dumps(body), headers={"content-type": "application/json"})
    said = problem(answer, 400, "INVALID_REQUEST")
    assert {error["field"] for error in said["errors"]} == fields
    assert all(error["message"] for error in said["errors"])
    assert len(answer.content) < 4_000, "what was sent is not sent back"
    assert await api.written() == before


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_is_no_json_is_refused_and_nothing_is_written(api: Served, name: str) -> None:
    before = await api.written()
    answer = await api.http.post(COMMANDS, content=UNREADABLE[name], headers={"content-type": "application/json"})
    problem(answer, 400, "INVALID_REQUEST")
    assert await api.written() == before


async def test_content_that_does_not_have_its_stages_shape_names_each_field(api: Served, session_id: str) -> None:
    before = await api.written()
    content = {"title": "", "logline": "x", "premise_question": "y\x00", "stakes": [], "colour": "red"}
    body = command("CONFIRM_STAGE", session_id, stage="CONCEPT_SELECTION", content=content)
    said = problem(await api.http.post(COMMANDS, json=body), 400, "INVALID_REQUEST")
    expected = {"title", "premise_question", "central_conflict", "stakes", "colour"}
    assert {error["field"] for error in said["errors"]} == {f"payload.content.{name}" for name in expected}
    assert await api.written() == before


async def test_deeply_nested_content_is_refused(api: Served, session_id: str) -> None:
    before = await api.written()
    for depth in (50, 190, 250, 2_000):
        content = b'{"stakes":' * depth + b"1" + b"}" * depth
        payload = b'{"stage": "CONCEPT_SELECTION", "content": %s}' % content
        body = b'{"command_type": "CONFIRM_STAGE", "session_id": "%s", "payload": %s}' % (session_id.encode(), payload)
        problem(await api.http.post(COMMANDS, content=body), 400, "INVALID_REQUEST")
    assert await api.written() == before


@pytest.mark.parametrize("number", ["9" * 400, "-9223372036854775809", "18446744073709551616", "1e400"])
async def test_a_number_beyond_all_measure_in_content_is_refused(api: Served, session_id: str, number: str) -> None:
    before = await api.written()
    payload = f'{{"stage": "STORY_CONCEPTION", "content": {{"target_words": {number}, "tone": {number}}}}}'
    body = f'{{"command_type": "CONFIRM_STAGE", "session_id": "{session_id}", "payload": {payload}}}'
    said = problem(await api.http.post(COMMANDS, content=body), 400, "INVALID_REQUEST")
    assert {"payload.content.target_words", "payload.content.tone"} <= {error["field"] for error in said["errors"]}
    assert await api.written() == before


async def test_a_body_over_four_megabytes_is_too_large_however_it_is_sent(api: Served) -> None:
    before = await api.written()

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 1_000_000

    for content in (b"x" * 4_200_000, in_pieces()):
        problem(await api.http.post(COMMANDS, content=content), 413, "TOO_LARGE")
    assert await api.written() == before


async def test_an_unknown_session_is_not_found(api: Served) -> None:
    before = await api.written()
    problem(await api.http.post(COMMANDS, json=command("ABANDON_GENESIS", NOBODY)), 404, "NOT_FOUND")
    assert await api.written() == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (command("FINISH_GENESIS"), "NOT_READY"),
        (command("CANCEL_GENERATION"), "NOTHING_TO_CANCEL"),
        (command("SELECT_CONCEPT", proposal_ids=[NOBODY]), "STAGE_EMPTY"),
        (command("PROVIDE_FEEDBACK", proposal_id=NOBODY, text="More fog."), "UNKNOWN_PROPOSAL"),
        (command("NAVIGATE_TO_STAGE", stage="FINISHED"), "WRONG_STAGE"),
        (command("CORRECT_CONTRADICTIONS", contradiction_ids=[NOBODY]), "CONTRADICTION_GONE"),
        (command("DISMISS_CONTRADICTIONS", contradiction_ids=[NOBODY]), "CONTRADICTION_GONE"),
        (command("RESTORE_CONTRADICTIONS", contradiction_ids=[NOBODY]), "CONTRADICTION_GONE"),
        (command("CONFIRM_STAGE", stage="PLOT_OUTLINE", proposal_id=NOBODY), "STAGE_EMPTY"),
    ],
)
async def test_a_command_out_of_turn_is_refused_with_a_sentence(
    api: Served, session_id: str, body: dict[str, Any], code: str
) -> None:
    before = await api.written()
    said = problem(await api.http.post(COMMANDS, json=body | {"session_id": session_id}), 422, code)
    assert said["detail"].endswith(".")
    assert await api.written() == before


async def test_a_wrong_expected_version_is_a_conflict_that_names_the_right_one(api: Served, session_id: str) -> None:
    before = await api.written()
    body = command("EXTEND_SESSION", session_id) | {"expected_version": 40}
    said = problem(await api.http.post(COMMANDS, json=body), 409, "VERSION_CONFLICT")
    assert said["current_version"] == 1
    assert await api.written() == before


async def test_a_second_generation_is_a_conflict(api: Served) -> None:
    busy = await api.start()
    await api.command("GENERATE_INSPIRATION", busy)
    before = await api.written()
    problem(await api.http.post(COMMANDS, json=command("GENERATE_INSPIRATION", busy)), 409, "COMMAND_ACTIVE")
    assert await api.written() == before


async def test_a_command_id_in_body_and_header_has_to_be_the_same(api: Served) -> None:
    one, other = str(uuid4()), str(uuid4())
    before = await api.written()
    refused = await api.http.post(
        COMMANDS, json=command(START) | {"command_id": one}, headers={"Idempotency-Key": other}
    )
    assert problem(refused, 400, "INVALID_REQUEST")["errors"][0]["field"] == "Idempotency-Key"
    for none in ("mine", "", "0x" + "1" * 30, "1_" * 15 + "11", "\u00b2" * 32):
        headers = {"Idempotency-Key": none.encode("latin-1")}
        refused = await api.http.post(COMMANDS, json=command(START), headers=headers)
        assert problem(refused, 400, "INVALID_REQUEST")["errors"][0]["field"] == "Idempotency-Key"
    assert await api.written() == before


async def test_the_same_command_id_gets_the_same_answer_wherever_it_is_said(api: Served) -> None:
    key = str(uuid4())
    first = await api.http.post(COMMANDS, json=command(START), headers={"Idempotency-Key": key})
    written = await api.written()
    again = await api.http.post(COMMANDS, json=command(START) | {"command_id": key})
    both = await api.http.post(COMMANDS, json=command(START) | {"command_id": key}, headers={"Idempotency-Key": key})
    assert first.json()["command_id"] == key
    assert (first.content, first.status_code) == (again.content, again.status_code) == (both.content, both.status_code)
    assert await api.written() == written


async def test_a_used_command_id_with_another_body_or_account_is_a_conflict(api: Served) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    assert (await api.http.post(COMMANDS, json=command(START, seed="one"), headers=key)).status_code == 200
    before = await api.written()
    for body in (command(START, seed="two"), command(START, seed="one") | {"expected_version": 0}):
        problem(await api.http.post(COMMANDS, json=body, headers=key), 409, "COMMAND_ID_REUSED")
    async with await api.client(await api.stranger()) as other:
        problem(await other.post(COMMANDS, json=command(START, seed="one"), headers=key), 409, "COMMAND_ID_REUSED")
    assert await api.written() == before


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/genesis/nobody/state", "session_id"),
        (f"/genesis/{NOBODY}/state?min_version=-1", "min_version"),
        (f"/genesis/{NOBODY}/state?min_version=99999999999", "min_version"),
        (f"/genesis/{NOBODY}/state?min_version=soon", "min_version"),
        (f"/genesis/{NOBODY}/events?cursor=x", "cursor"),
        (f"/genesis/{NOBODY}/events?limit=0", "limit"),
        (f"/genesis/{NOBODY}/tasks/x", "correlation_id"),
        ("/genesis?limit=100000", "limit"),
        ("/genesis?cursor=%00%ff", "cursor"),
        ("/genesis?cursor=" + "A" * 150, "cursor"),
        ("/genesis?cursor=" + "A" * 1500, "cursor"),
        ("/novels?cursor=MjAyNi0wMS0wMXxub3RoaW5n", "cursor"),
        ("/novels/1", "novel_id"),
    ],
)
async def test_a_question_that_is_not_valid_names_its_field(api: Served, address: str, field: str) -> None:
    said = problem(await api.http.get(f"/api/v1{address}"), 400, "INVALID_REQUEST")
    assert [error["field"] for error in said["errors"]] == [field]


@pytest.mark.parametrize("path", ["/api/nope", "/api", "/api/v1/genesis/", "/api/v1/nope", "/api/v1/auth/me/more"])
async def test_an_unknown_address_of_the_interface_is_no_page(api: Served, path: str) -> None:
    for method in ("GET", "POST"):
        problem(await api.http.request(method, path), 404, "NOT_FOUND")


async def test_a_wrong_method_names_the_right_one(api: Served) -> None:
    answer = await api.http.get(COMMANDS)
    problem(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "POST"

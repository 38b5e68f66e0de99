"""An analyst reads what is everybody's and commands none of it; whoever owns it sees each read, written down first."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from application.audit import Audit
from domain.genesis.stages import STAGE_ORDER
from infrastructure.exports.key import ExportKey
from infrastructure.exports.redaction import Redactor
from tests.support.analyst import KEY, TITLE, Desk
from tests.support.api import COMMANDS, served
from tests.support.commands import CONTENTS
from tests.support.postgres import Cluster
from tests.support.reading import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

PARTS = {
    "state": "/state",
    "history": "/events",
    "past": "/replay?at_version=1",
    "provenance": "/provenance",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(cluster: Cluster) -> AsyncIterator[Desk]:
    with cluster.database() as url:
        async with served(url, None, export_key=KEY, limit_generations="off") as api:
            person = await api.stranger()
            await api.studio.users.set_role(person.id, "analyst")
            async with await api.client(person) as http:
                yield Desk(api, person, http)


@pytest.mark.parametrize(("part", "path"), PARTS.items(), ids=list(PARTS))
async def test_an_analyst_reads_anothers_session_and_its_owner_sees_who_what_and_when(
    desk: Desk, part: str, path: str
) -> None:
    session_id = await desk.session()
    address = f"/api/v1/genesis/{session_id}{path}"
    answer = await desk.http.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.content == (await desk.api.http.get(address)).content
    (entry,) = await desk.reads_of(session_id, 1)
    assert (entry["reader"], entry["part"], entry["session_title"]) == (desk.analyst.name, part, TITLE)
    assert entry["occurred_at"]


async def test_a_comparison_of_two_sessions_is_recorded_of_both(desk: Desk) -> None:
    one, other = await desk.session(), await desk.session()
    answer = await desk.http.get(f"/api/v1/genesis/{one}/diff", params={"with": other})
    assert answer.status_code == 200, answer.text
    for session_id in (one, other):
        assert [entry["part"] for entry in await desk.reads_of(session_id, 1)] == ["past"]


async def test_reading_the_same_again_within_a_quarter_of_an_hour_is_one_entry(desk: Desk) -> None:
    session_id = await desk.session()
    before = await desk.written(desk.api.account.id)
    answers = await asyncio.gather(*(desk.http.get(f"/api/v1/genesis/{session_id}/state") for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}
    elsewhere = Audit(desk.api.studio.commands, desk.api.studio.clock)  # another process remembers nothing
    await elsewhere.session_read(desk.analyst.id, desk.api.account.id, UUID(session_id), "state")
    assert 1 <= await desk.written(desk.api.account.id) - before <= 2  # two, if a quarter began meanwhile


async def test_what_is_ones_own_is_no_entry(desk: Desk) -> None:
    mine = (await desk.http.post(COMMANDS, json={"command_type": "START_GENESIS"})).json()["session_id"]
    assert (await desk.http.get(f"/api/v1/genesis/{mine}/state")).status_code == 200
    assert await desk.written(desk.analyst.id) == 0


async def test_what_cannot_be_recorded_is_not_shown(desk: Desk) -> None:
    session_id = await desk.session()
    refuse = "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.aggregate_type = 'audit' THEN RAISE EXCEPTION USING ERRCODE = 'read_only_sql_transaction'; END IF; RETURN NEW; END $$"  # noqa: E501
    async with desk.api.studio.pool.connection() as connection:
        await connection.execute(refuse.encode())
        await connection.execute(
            "CREATE TRIGGER no_audit BEFORE INSERT ON domain_events FOR EACH ROW EXECUTE FUNCTION no_audit()"
        )
    try:
        refused = await desk.http.get(f"/api/v1/genesis/{session_id}/state")
        taken = await desk.http.get("/api/v1/exports/events", params={"scope": "all", "session": session_id})
        named = await desk.http.get("/api/v1/analytics/sessions", params={"names": True})
    finally:
        async with desk.api.studio.pool.connection() as connection:
            await connection.execute("DROP FUNCTION no_audit CASCADE")
    for answer in (refused, taken, named):
        assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
        assert answer.json()["detail"].startswith("What is read of somebody else's is written down")
        assert answer.headers["Retry-After"]
    assert (await desk.http.get(f"/api/v1/genesis/{session_id}/state")).status_code == 200


@pytest.mark.parametrize("command_type", ["CONFIRM_STAGE", "FINISH_GENESIS"])
async def test_an_analyst_commands_nothing_of_anothers(desk: Desk, command_type: str) -> None:
    session_id = await desk.session()
    payload: dict[str, dict[str, Any]] = {
        "CONFIRM_STAGE": {"stage": STAGE_ORDER[0], "content": CONTENTS[STAGE_ORDER[0]]},
    }
    body = {"command_type": command_type, "session_id": session_id, "payload": payload.get(command_type, {})}
    before = await desk.api.written()
    answer = await desk.http.post(COMMANDS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert await desk.api.written() == before


async def test_a_stream_of_anothers_session_is_refused(desk: Desk) -> None:
    session_id = await desk.session()
    answer = await desk.http.get(f"/api/v1/genesis/{session_id}/events/stream")
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


async def test_a_session_that_does_not_exist_is_not_found_and_is_no_entry(desk: Desk) -> None:
    before = await desk.api.written()
    for path in PARTS.values():
        answer = await desk.http.get(f"/api/v1/genesis/{uuid4()}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert await desk.api.written() == before


async def test_the_list_names_nobody_unless_it_is_asked_to_and_that_is_recorded(desk: Desk) -> None:
    session_id = await desk.session()
    redactor = Redactor(ExportKey.of(KEY.encode()), with_text=False, anonymise=True)
    before = await desk.written(desk.api.account.id)
    quiet = await desk.http.get("/api/v1/analytics/sessions")
    assert quiet.status_code == 200
    assert TITLE not in quiet.text
    assert str(desk.api.account.id) not in quiet.text
    (line,) = [one for one in quiet.json()["items"] if one["session_id"] == session_id]
    assert line["owner_pseudonym"] == str(redactor.pseudonym(desk.api.account.id))
    assert line["session_pseudonym"] == str(redactor.pseudonym(UUID(session_id)))
    assert await desk.written(desk.api.account.id) == before

    named = await desk.http.get("/api/v1/analytics/sessions", params={"names": True})
    (line,) = [one for one in named.json()["items"] if one["session_id"] == session_id]
    assert (line["owner"], line["title"]) == (desk.api.account.name, TITLE)
    assert await desk.written(desk.api.account.id) == before + 1


async def test_the_list_comes_in_pages(desk: Desk) -> None:
    for _ in range(3):
        await desk.session()
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await desk.http.get(
            "/api/v1/analytics/sessions", params={"limit": 2} | ({"cursor": cursor} if cursor else {})
        )
        seen += [one["session_id"] for one in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) >= 3
    assert (await desk.http.get("/api/v1/analytics/sessions", params={"cursor": "x"})).status_code == 400


async def test_an_export_of_everybodys_is_recorded_for_each_whose_rows_it_holds(desk: Desk) -> None:
    session_id = await desk.session()
    other = await desk.api.stranger()
    async with await desk.api.client(other) as http:
        begun = (await http.post(COMMANDS, json={"command_type": "START_GENESIS"})).json()["session_id"]
        asked = {"scope": "all", "session": session_id}
        answer = await desk.http.get("/api/v1/exports/events", params=asked)
        assert answer.status_code == 200, answer.text
        assert session_id not in answer.text
        assert str(desk.api.account.id) not in answer.text
        assert await desk.written(other.id) == 0, "their rows are not in it"
        named = asked | {"session": begun, "names": "true", "with_text": "true"}
        assert begun in (await desk.http.get("/api/v1/exports/events", params=named)).text
        assert await desk.written(other.id) == 1

        async def there() -> bool:
            return bool(await desk.reads(http))

        await eventually(there)
        (entry,) = await desk.reads(http)
        assert (entry["holds"], entry["named"], entry["with_text"]) == ("events", True, True)


async def test_a_download_that_is_gone_on_with_is_one_entry(desk: Desk) -> None:
    other = await desk.api.stranger()
    async with await desk.api.client(other) as http:
        begun = (await http.post(COMMANDS, json={"command_type": "START_GENESIS"})).json()["session_id"]
    asked = {"scope": "all", "session": begun, "names": "true"}
    whole = await desk.http.get("/api/v1/exports/events", params=asked)
    again = asked | {"until": whole.headers["Genesis-Until"]}
    for first in (0, 10, 20):
        part = await desk.http.get("/api/v1/exports/events", params=again, headers={"Range": f"bytes={first}-"})
        assert part.content == whole.content[first:]
    assert 1 <= await desk.written(other.id) <= 2


@pytest.mark.parametrize(
    ("path", "query"),
    [("/exports/events", {"scope": "all"}), ("/analytics/sessions", {}), ("/analytics/sessions", {"names": "true"})],
    ids=["export", "list", "names"],
)
async def test_who_is_no_analyst_does_not_see_what_is_everybodys(desk: Desk, path: str, query: dict[str, str]) -> None:
    async with await desk.api.client(await desk.api.stranger()) as http:
        for asking in (http, desk.api.http):  # a writer, and the owner: what is everybody's is not theirs
            answer = await asking.get(f"/api/v1{path}", params=query)
            assert (answer.status_code, answer.json()["code"]) == (403, "ANALYST_ONLY")


async def test_texts_of_somebody_who_is_not_named_cannot_be_had(desk: Desk) -> None:
    answer = await desk.http.get("/api/v1/exports/events", params={"scope": "all", "with_text": "true"})
    assert answer.status_code == 400
    assert "Texts name people and places" in answer.text


async def test_a_role_is_changed_at_once_for_tokens_that_are_open(desk: Desk) -> None:
    session_id = await desk.session()
    person = await desk.api.stranger()
    address = f"/api/v1/genesis/{session_id}/state"
    async with await desk.api.client(person) as http:
        assert (await http.get(address)).status_code == 404
        await desk.api.studio.users.set_role(person.id, "analyst")

        async def let_in() -> bool:
            return (await http.get(address)).status_code == 200

        await eventually(let_in)
        me = (await http.get("/api/v1/auth/me")).json()
        assert me["role"] == "analyst"
        # no hint has to arrive for this: the database is asked at every read of what is another's
        async with desk.api.studio.pool.connection() as connection:
            await connection.execute("UPDATE users SET role = 'writer' WHERE id = %s", (person.id,))
        assert (await http.get(address)).status_code == 404


async def test_entries_come_in_pages_the_newest_first(desk: Desk) -> None:
    session_id = await desk.session()
    for path in PARTS.values():
        await desk.http.get(f"/api/v1/genesis/{session_id}{path}")
    await desk.reads_of(session_id, len(PARTS))
    first = (await desk.api.http.get("/api/v1/account/reads", params={"limit": 2})).json()
    rest = await desk.reads(cursor=first["next_cursor"])
    versions = [one["version"] for one in (*first["items"], *rest)]
    assert versions == sorted(versions, reverse=True) == list(range(versions[0], 0, -1))
    assert (await desk.api.http.get("/api/v1/account/reads", params={"cursor": "x"})).status_code == 400

"""Analytics over HTTP: one's own figures, every number opened, everybody's for analysts with pseudonyms, bad input."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from genesis_types.enums import GenesisStage

from api.dependencies import may_see_everyone
from infrastructure.exports.key import export_key
from infrastructure.exports.redaction import Redactor
from infrastructure.identity.authentication import Identity
from infrastructure.read_side.rebuild import verify
from projections.analytics.projection import ANALYTICS
from tests.support.api import Served, served
from tests.support.commands import CONTENTS
from tests.support.postgres import Cluster
from tests.support.reading import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONCEPT, STORY = GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION
ROUTES = ("summary", "stages", "models", "funnel", "causes", "cases")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(cluster: Cluster, redis_url: str) -> AsyncIterator[Served]:
    """Six sessions: each has a concept accepted after a round, the last has a failure too, and is abandoned."""
    with cluster.database() as url:
        async with served(url, redis_url) as running:
            for _ in range(6):
                session = await running.start(seed="a bell")
                work = (await running.command("GENERATE_INSPIRATION", session, stage=CONCEPT))["correlation_id"]
                await running.outcome(session, work, stage=CONCEPT, cost_usd=0.25, model="m", prompt_version="7")
                proposal = (await running.state(session, 3))["stages"][0]["proposals"][0]
                await running.command("CONFIRM_STAGE", session, stage=CONCEPT, proposal_id=proposal["id"])
            work = (await running.command("GENERATE_INSPIRATION", session, stage=STORY))["correlation_id"]
            await running.failure(session, work)
            done = await running.command("ABANDON_GENESIS", session, reason="enough")
            await counted(running, session, done["version"])
            yield running


async def counted(api: Served, session: str, version: int) -> None:
    """Returns when the figures know the session at `version`."""

    async def reached() -> bool:
        found = await api.studio.heads.version_of("analytics", UUID(session), api.account.id)
        return (found or 0) >= version

    await eventually(reached)


async def told(http: httpx.AsyncClient, route: str, **parameters: Any) -> dict[str, Any]:
    answer = await http.get(f"/api/v1/analytics/{route}", params=parameters)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def all_cases(http: httpx.AsyncClient, **parameters: Any) -> list[dict[str, Any]]:
    """Every page of them, two at a time."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await told(http, "cases", limit=2, **parameters, **cursor)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def test_every_number_opens_as_many_cases_as_it_says(api: Served) -> None:
    summary = await told(api.http, "summary")
    figures = summary["figures"]
    assert summary["sessions"] == {"IN_PROGRESS": 5, "ABANDONED": 1}
    assert (figures["accepted"], figures["rounds"]["n"], figures["rounds"]["median"]) == (6, 6, 1)
    made = figures["generations"]
    assert (made["ended"], made["proposed"], made["accepted"], made["failed"]) == (7, 6, 6, 1)
    assert figures["cost"] == {
        "n": 7,
        "unknown": 1,
        "known_nano_usd": 1_500_000_000,
        "per_word_nano_usd": None,
    }, "an unknown price is not nothing, and nothing can be told by the word"
    expected = {
        6: [
            {"of": "acceptances"},
            {"of": "acceptances", "rounds": "1"},
            {"of": "first_proposals"},
            {"of": "sessions"},
            {"of": "stages", "stage": CONCEPT, "outcome": "accepted"},
            {"of": "generations", "model": "m", "prompt_version": "7", "outcome": "accepted"},
        ],
        7: [{"of": "generations"}, {"of": "stages"}],
        1: [
            {"of": "generations", "unpriced": "true"},
            {"of": "generations", "outcome": "failed", "code": "WRITER_FAILED"},
            {"of": "sessions", "outcome": "ABANDONED"},
            {"of": "stages", "stage": STORY},
        ],
        5: [{"of": "sessions", "outcome": "OPEN"}],
        0: [{"of": "responses"}, {"of": "responses", "kind": "edit"}, {"of": "generations", "cause": "TRUNCATED"}],
    }
    for n, questions in expected.items():
        for question in questions:
            cases = await all_cases(api.http, **question)
            assert len(cases) == n, question
            assert [case["position"] for case in cases] == sorted((case["position"] for case in cases), reverse=True)
    (failed,) = await all_cases(api.http, of="generations", unpriced="true")
    assert (failed["outcome"], failed["code"], failed["cost_nano_usd"]) == ("failed", "WRITER_FAILED", None)


async def test_a_price_per_word_is_told_where_every_price_is_known(api: Served) -> None:
    concept, *_ = (await told(api.http, "stages"))["items"]
    assert concept["stage"] == CONCEPT
    assert concept["texts"]["distance"] == 0
    words = concept["texts"]["confirmed_words"]
    assert concept["cost"]["per_word_nano_usd"] == 1_500_000_000 // words


async def test_models_the_funnel_and_causes(api: Served) -> None:
    by_name = {item["model"]: item for item in (await told(api.http, "models"))["items"]}
    assert by_name["m"]["generations"]["accepted"] == 6
    assert by_name["m"]["texts"]["confirmed"] == 6
    assert by_name[""]["generations"]["failed"] == 1
    funnel = await told(api.http, "funnel")
    assert (funnel["begun"], funnel["abandoned"], funnel["steps"][0]["accepted"]) == (6, 1, 6)
    assert sum(step["abandoned"] for step in funnel["steps"]) == 1
    causes = await told(api.http, "causes")
    assert causes["items"] == [{"of": "generations", "code": "WRITER_FAILED", "n": 1, "sessions": 1}]


async def test_the_event_of_a_case_is_in_the_log_at_its_place(api: Served) -> None:
    cases = [case for of in ("acceptances", "generations", "sessions") for case in await all_cases(api.http, of=of)]
    async with api.studio.pool.connection() as connection:
        for case in cases:
            cursor = await connection.execute(
                "SELECT event_id::text, aggregate_id FROM domain_events WHERE id = %s", (case["position"],)
            )
            assert await cursor.fetchone() == (case["event_id"], case["session_id"])


async def test_a_range_takes_part_of_it(api: Served) -> None:
    for route in ROUTES:
        assert (await told(api.http, route, **{"from": "2020-01-01", "zone": "Asia/Shanghai"}))["scope"] == "own"
    nothing = await told(api.http, "summary", to="2020-01-01")
    assert (nothing["figures"]["accepted"], nothing["figures"]["cost"]["known_nano_usd"]) == (0, None)
    assert nothing["before"] == "2020-01-01T00:00:00Z"


async def test_a_new_writer_has_nothing_to_count_and_sees_nobody_elses(api: Served) -> None:
    async with await api.client(await api.stranger()) as http:
        for route in ROUTES:
            answer = await told(http, route)
            assert not [item for item in answer.get("items", ()) if "model" in item or "position" in item]
        assert (await told(http, "summary"))["figures"]["generations"]["ended"] == 0


@pytest.mark.parametrize(
    ("parameters", "status", "code"),
    [
        ({"from": "2026-03-02", "to": "2026-03-01"}, 422, "INVALID_RANGE"),
        ({"from": "soon"}, 422, "INVALID_RANGE"),
        ({"zone": "Mars/Olympus"}, 422, "INVALID_RANGE"),
        ({"to": "9" * 61}, 400, "INVALID_REQUEST"),
        ({"scope": "all"}, 403, "ANALYST_ONLY"),
        ({"scope": "theirs"}, 400, "INVALID_REQUEST"),
    ],
    ids=["backwards", "words", "zone", "long", "all", "scope"],
)
@pytest.mark.parametrize("route", ROUTES)
async def test_what_cannot_be_counted_is_refused_with_a_sentence(
    api: Served, route: str, parameters: dict[str, str], status: int, code: str
) -> None:
    answer = await api.http.get(f"/api/v1/analytics/{route}", params=parameters)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert len(problem["detail"]) > 20


@pytest.mark.parametrize(
    "parameters",
    [
        {"of": "secrets"},
        {"cursor": "-1"},
        {"cursor": "9" * 19},
        {"cursor": "x"},
        {"limit": "0"},
        {"rounds": str(2**63)},
        {"stage": "NOWHERE"},
        {"outcome": "won"},
    ],
    ids=lambda parameters: "-".join(f"{name}-{value}"[:16] for name, value in parameters.items()),
)
async def test_cases_that_do_not_exist_are_named_as_a_field(api: Served, parameters: dict[str, str]) -> None:
    answer = await api.http.get("/api/v1/analytics/cases", params=parameters)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == list(parameters)


async def test_odd_names_are_only_names(api: Served) -> None:
    for name in ("%", "' OR 1=1 --", "a\\b", "😀"):
        assert await all_cases(api.http, of="generations", model=name) == []


async def test_only_an_analyst_may_see_everyone() -> None:
    for role, may in (("analyst", True), ("writer", False), ("owner", False), ("", False)):
        assert may_see_everyone(Identity(UUID(int=1), "somebody", role)) is may


async def test_an_analyst_sees_everybody_under_the_pseudonyms_of_exports(api: Served) -> None:
    analyst = await api.stranger()
    await api.studio.users.set_role(analyst.id, "analyst")
    async with await api.client(analyst) as http:
        mine = await told(http, "summary", scope="own")
        everybody = await told(http, "summary", scope="all")
        assert (mine["figures"]["accepted"], everybody["figures"]["accepted"]) == (0, 6)
        cases = await all_cases(http, scope="all", of="acceptances")
    own = {case["position"]: case for case in await all_cases(api.http, of="acceptances")}
    pseudonym = Redactor(export_key(api.studio.settings), with_text=False, anonymise=True).pseudonym
    for case in cases:
        known = own[case["position"]]
        for name in ("session_id", "event_id"):
            assert case[name] == str(pseudonym(UUID(known[name]))) != known[name]
        assert {**known, "session_id": "", "event_id": ""} == {**case, "session_id": "", "event_id": ""}
    assert str(api.account.id) not in str((everybody, cases))


async def test_the_figures_hold_no_words_and_are_what_the_log_says(api: Served) -> None:
    answers = [str(await told(api.http, route)) for route in ROUTES]
    for words in CONTENTS[CONCEPT].values():
        assert not any(str(words) in answer for answer in answers)
    url = api.studio.settings.database_url
    assert url is not None
    assert (await verify(url.get_secret_value(), ANALYTICS)).comparison.equal

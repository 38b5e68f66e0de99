"""The guided journey of all stages: with a model that is given (`make test-model`), and with those on loopback."""

import os
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from genesis_types.enums import GenesisMode, GenesisStage, GenesisStatus

from application.writers import Writer
from domain.genesis.commands import ConfirmStage, FinishGenesis
from domain.genesis.stages import STAGE_ORDER
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.writer import ModelWriter
from tests.support.commands import Desk
from tests.support.given_model import API_KEY, BASE_URL, MODEL, NONE_GIVEN, CannotBeUsed, given_model
from tests.support.model_answers import muse_answer
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.prefect import PrefectServer
from tests.support.profiles import PROFILES, Profile
from tests.support.workshop import Workshop, eventually, settings_for, workshop

SEED = "A lighthouse keeper collects the voices of drowned sailors"
_TASKS = """
SELECT status::text, error_data->>'code' AS code, error_data->>'message' AS message, input_tokens, output_tokens
FROM async_tasks WHERE session_id = %s AND input_data->>'stage' = %s ORDER BY created_at DESC LIMIT 1
"""
_ATTEMPTS = """
SELECT jsonb_array_length(payload->'asked'->'attempts') FROM domain_events
WHERE aggregate_id = %s AND event_type IN ('ProposalsRecorded', 'GenerationFailed') ORDER BY aggregate_version
"""


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks")
        yield running


async def guided_journey(shop: Workshop, writer: Writer, seconds: float, say: Callable[[str], None]) -> list[int]:
    """Every stage proposed by `writer` and confirmed, and the genesis finished; the requests of each stage.

    Each stage may take `seconds`. `say` is told what came of each, in a line.
    """
    shop.start("worker", writer=writer)
    desk = shop.desk()
    await desk.start(mode=GenesisMode.GUIDED, seed=SEED)
    for stage in STAGE_ORDER:
        began = time.monotonic()
        said = await eventually(lambda stage=stage: _ended(shop, desk, stage), seconds)  # type: ignore[misc]
        status, code, message, read, written = said
        took = f"{time.monotonic() - began:,.0f} s, {read} tokens read, {written} written"
        say(f"  {stage.value}: {status} {code or ''} {took}")
        assert status == "COMPLETED", f"{stage.value}: {code}: {message}"
        session = await shop.session(desk)
        newest = session.stages[stage].proposals[-1]
        await desk.do(ConfirmStage(stage=stage, proposal_id=newest.id))
    await desk.do(FinishGenesis())
    assert (await shop.session(desk)).status == GenesisStatus.COMPLETED
    await shop.end("worker")
    return [row[0] for row in await shop.rows(_ATTEMPTS, str(desk.session_id))]


async def _ended(shop: Workshop, desk: Desk, stage: GenesisStage) -> tuple[Any, ...] | None:
    """The task of a stage once it has ended, and the session knows of it."""
    rows = await shop.rows(_TASKS, desk.session_id, stage.value)
    over = rows and rows[0][0] not in ("PENDING", "RUNNING") and not (await shop.session(desk)).pending
    return rows[0] if over else None


@pytest.mark.prefect
async def test_the_guided_journey_with_the_model_that_is_given(
    shop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(line: str) -> None:
        with capsys.disabled():
            print(line)

    try:
        given = await given_model(os.environ)
    except CannotBeUsed as problem:
        pytest.fail(str(problem), pytrace=False)
    if given is None:
        pytest.skip(NONE_GIVEN)
    say(f"\n{given.model} at {given.model_base_url}")
    requests = await guided_journey(shop, ModelWriter(given), given.model_timeout_seconds or 1_800, say)
    assert max(requests) <= REQUESTS


@pytest.mark.prefect
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
async def test_the_guided_journey_with_a_model_on_loopback(shop: Workshop, profile: Profile) -> None:
    with profile.make() as server:
        environment = {BASE_URL: server.url(), MODEL: f"{profile.name} on a journey"}
        given = await given_model(environment)
        assert given is not None
        more = {"model_profile": profile.settings["model_profile"], "model_context_tokens": 65_536}
        writer = ModelWriter(given.model_copy(update=more), pause_seconds=0)
        said: list[str] = []
        requests = await guided_journey(shop, writer, 60, said.append)
        assert len(server.requests) == sum(requests)
    assert len(requests) == len(said) == len(STAGE_ORDER)
    assert max(requests) <= REQUESTS


async def test_without_a_name_the_first_model_that_the_server_lists_is_taken() -> None:
    with OpenAIServer(Behaviour(answer=muse_answer), models=["qwen3:8b", "llama3:8b"]) as server:
        given = await given_model({BASE_URL: f" {server.url()} ", API_KEY: "sk-local"})
        assert given is not None
        assert given.model == "openai:llama3:8b"
        assert server.listings[0][1]["authorization"] == "Bearer sk-local"


@pytest.mark.parametrize("environment", [{}, {BASE_URL: " "}, {MODEL: "qwen3:8b"}], ids=["nothing", "blank", "a name"])
async def test_without_an_address_nothing_is_given_and_the_skip_says_what_to_set(environment: dict[str, str]) -> None:
    assert await given_model(environment) is None
    assert BASE_URL in NONE_GIVEN


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({BASE_URL: "http://127.0.0.1:9/v1"}, MODEL),
        ({BASE_URL: "not an address", MODEL: "qwen3:8b"}, BASE_URL),
        ({BASE_URL: "http://127.0.0.1:9/v1", MODEL: "qwen3:8b", API_KEY: "a key\nof two lines"}, API_KEY),
    ],
    ids=["nobody answers", "no address", "a key with a line break"],
)
async def test_what_cannot_be_used_is_said_with_what_to_set(environment: dict[str, str], names: str) -> None:
    with pytest.raises(CannotBeUsed, match=names):
        await given_model(environment)

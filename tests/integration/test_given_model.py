"""What `make test-model` does, with models on loopback: the guided journey, the model that is found, what cannot be."""

from collections.abc import AsyncIterator

import pytest

from domain.genesis.stages import STAGE_ORDER
from tests.support.given_model import API_KEY, BASE_URL, MODEL, NONE_GIVEN, CannotBeUsed, given_model
from tests.support.guided_journey import guided_journey
from tests.support.model_answers import muse_answer
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.prefect import PrefectServer
from tests.support.profiles import PROFILES, Profile
from tests.support.workshop import Workshop, settings_for, workshop


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "callbacks")
        yield running


@pytest.mark.prefect
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
async def test_the_guided_journey_with_a_model_on_loopback(shop: Workshop, profile: Profile) -> None:
    with profile.make() as server:
        environment = {BASE_URL: server.url(), MODEL: f"{profile.name} on a journey"}
        given = await given_model(environment)
        assert given is not None
        more = {"model_profile": profile.settings["model_profile"], "model_context_tokens": 65_536}
        said: list[str] = []
        settings = given.model_copy(update=more)
        requests = await guided_journey(shop, settings, 60, said.append, pause_seconds=0)
        assert len(server.requests) == sum(requests)
    assert len(requests) == len(said) == len(STAGE_ORDER)


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

"""The model that whoever runs the tests has given (`make test-model`), or why there is none."""

from collections.abc import Mapping

from pydantic import SecretStr, ValidationError

from infrastructure.settings import Settings
from infrastructure.writers.connections.catalogue import OK, models_of
from infrastructure.writers.connections.presets import BY_NAME

BASE_URL, MODEL, API_KEY = "GENESIS_TEST_MODEL_BASE_URL", "GENESIS_TEST_MODEL", "GENESIS_TEST_MODEL_API_KEY"

NONE_GIVEN = (
    f"no model is given: set {BASE_URL} to an OpenAI-compatible server (Ollama: http://127.0.0.1:11434/v1), "
    f"and {MODEL} and {API_KEY} where it needs them"
)


class CannotBeUsed(Exception):
    """What is wrong with what was given, and what to set."""


async def given_model(environment: Mapping[str, str]) -> Settings | None:
    """Settings that name it; without a name, the first model that the server lists. None: none is given.

    Raises CannotBeUsed. Everything else is as `GENESIS_MODEL_…` in the environment says.
    """
    base_url = environment.get(BASE_URL, "").strip()
    if not base_url:
        return None
    key = environment.get(API_KEY) or None
    name = environment.get(MODEL, "").strip() or await _first(base_url, key)
    try:
        return Settings(
            model=f"openai:{name}", model_base_url=base_url, model_api_key=SecretStr(key) if key is not None else None
        )
    except ValidationError as error:
        fields = ", ".join(str(one["loc"][0]) for one in error.errors())
        raise CannotBeUsed(f"{BASE_URL} or {API_KEY} cannot be used ({fields}).") from None


async def _first(base_url: str, key: str | None) -> str:
    listed = await models_of(BY_NAME["other"], base_url, key)
    if listed.code != OK or not listed.models:
        why = listed.message or "It lists no model."
        raise CannotBeUsed(f"The server at {BASE_URL} does not say which models it has. {why} Or set {MODEL}.")
    return listed.models[0]

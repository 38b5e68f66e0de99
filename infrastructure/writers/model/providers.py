"""Which model the settings name, and how it is reached."""

import logging
import os
from typing import TYPE_CHECKING

from pydantic_ai.exceptions import UserError
from pydantic_ai.models import Model

from application.writers import WriterError
from infrastructure.settings import Settings
from infrastructure.writers.limits import limits_for
from infrastructure.writers.model.connections import Connection, profile_for
from infrastructure.writers.model.errors import problem
from infrastructure.writers.model.http import make_client
from infrastructure.writers.model.targets import Target, target_of

if TYPE_CHECKING:
    import httpx2

_HOW = "Use “muse”, openai:NAME, anthropic:NAME, or set GENESIS_MODEL_BASE_URL for another OpenAI-compatible server."

_NO_KEY = "api-key-not-set"  # the SDK insists on one, servers of one's own do not

# At DEBUG the providers' libraries log whole requests: manuscripts.
for _name in ("openai", "anthropic"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def connect(settings: Settings) -> Connection:
    """The model that `settings.model` names. Raises WriterError when it cannot be used."""
    return connect_to(target_of(settings))


def connect_to(target: Target) -> Connection:
    """Raises WriterError when it cannot be used. A base URL is used as it is given."""
    return Connection(
        _model(target),
        target.protocol,
        target.base_url,
        profile_for(target.base_url, target.profile),
        limits_for(target.base_url, target.seconds),
        target.longest,
        target.context,
        target.prices,
        target.parts,
        target.said_longest,
    )


def _model(target: Target) -> Model:
    name, key, base_url = target.model, target.key.get_secret_value() if target.key else None, target.base_url
    try:
        match target.protocol:
            case "anthropic":
                return _anthropic(name, base_url, key, own_key=target.own_key)
            case "openai" if not base_url:
                return _openai(name, _needed(key, "OPENAI_API_KEY", own_key=target.own_key))
            case "own-server" if base_url:
                return _compatible(name, base_url, key)
            case _:
                said = f"The model “{name}” is not known. {_HOW}"
                raise WriterError("UNKNOWN_MODEL", said, retryable=False)
    except UserError:
        raise WriterError("MODEL_MISCONFIGURED", f"The model cannot be set up. {_HOW}", retryable=False) from None


def _openai(name: str, key: str) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415  (each SDK costs a second)
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415

    client = _client(None)
    return OpenAIChatModel(name, provider=OpenAIProvider(api_key=key, http_client=client))


def _compatible(name: str, base_url: str, key: str | None) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
    from pydantic_ai.profiles.openai import OpenAIModelProfile  # noqa: PLC0415
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider  # noqa: PLC0415

    # What such a server can do is found out by asking it, not by the name of its model.
    able = OpenAIModelProfile(
        supports_tools=True,
        supports_json_schema_output=True,
        supports_json_object_output=True,
        openai_supports_strict_tool_definition=True,
        supports_forced_tool_choice=True,
        openai_chat_supports_max_completion_tokens=False,
        json_schema_transformer=None,
    )
    provider = OpenAICompatibleProvider("own-server", base_url=base_url, api_key=key, http_client=_client(base_url))
    return OpenAIChatModel(name, provider=provider, profile=able)


def _anthropic(name: str, base_url: str | None, key: str | None, *, own_key: bool) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415

    own = (key or _NO_KEY) if base_url else _needed(key, "ANTHROPIC_API_KEY", own_key=own_key)
    provider = AnthropicProvider(api_key=own, base_url=base_url, http_client=_client(base_url))
    return AnthropicModel(name, provider=provider)


def _client(base_url: str | None) -> "httpx2.AsyncClient":
    try:
        return make_client(base_url)
    except (ValueError, ImportError):  # a proxy in the environment that no client understands
        raise problem("PROXY_IN_THE_WAY") from None


def _needed(key: str | None, variable: str, *, own_key: bool) -> str:
    """Raises WriterError. `own_key`: the environment's keys are somebody else's."""
    found = key or (None if own_key else os.environ.get(variable))
    if not found and own_key:
        raise problem("KEY_MISSING")
    if not found:
        sentence = f"The model needs a key: set GENESIS_MODEL_API_KEY or {variable}, or use “muse”."
        raise WriterError("KEY_MISSING", sentence, retryable=False)
    return found

"""Which model the settings name, and how it is reached."""

import logging
import os

from pydantic_ai.exceptions import UserError
from pydantic_ai.models import Model

from application.writers import WriterError
from infrastructure.settings import Settings

_HOW = "Use “muse”, openai:NAME, anthropic:NAME, or set GENESIS_MODEL_BASE_URL for another OpenAI-compatible server."

_NO_KEY = "api-key-not-set"  # the SDK insists on one, servers of one's own do not

# At DEBUG the providers' libraries log whole requests: manuscripts.
for _name in ("openai", "anthropic"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def connect(settings: Settings) -> Model:
    """The model that `settings.model` names. Raises WriterError when it cannot be understood or lacks its key.

    A base URL is used as it is given, and gets only the key that was set for it: OPENAI_API_KEY belongs to OpenAI,
    ANTHROPIC_API_KEY to Anthropic.
    """
    provider, _, name = settings.model.strip().partition(":")
    provider = provider.strip().lower()
    key = settings.model_api_key.get_secret_value() if settings.model_api_key else None
    base_url = settings.model_base_url
    try:
        if provider == "anthropic" and name:
            return _anthropic(name, base_url, key)
        if provider == "openai" and name:
            return _compatible(name, base_url, key) if base_url else _openai(name, key)
        if base_url and settings.model.strip() not in ("openai", "anthropic", "openai:", "anthropic:"):
            # Servers of one's own have names such as "qwen3:8b": all of it is the name.
            return _compatible(settings.model.strip(), base_url, key)
    except UserError:
        raise WriterError("MODEL_MISCONFIGURED", f"The model cannot be set up. {_HOW}", retryable=False) from None
    raise WriterError("UNKNOWN_MODEL", f"The model “{settings.model}” is not known. {_HOW}", retryable=False)


def _openai(name: str, key: str | None) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415  (each SDK costs a second)
    from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415

    return OpenAIChatModel(name, provider=OpenAIProvider(api_key=_needed(key, "OPENAI_API_KEY")))


def _compatible(name: str, base_url: str, key: str | None) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider  # noqa: PLC0415

    return OpenAIChatModel(name, provider=OpenAICompatibleProvider("own-server", base_url=base_url, api_key=key))


def _anthropic(name: str, base_url: str | None, key: str | None) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415

    own = (key or _NO_KEY) if base_url else _needed(key, "ANTHROPIC_API_KEY")
    provider = AnthropicProvider(api_key=own, base_url=base_url)
    return AnthropicModel(name, provider=provider)


def _needed(key: str | None, variable: str) -> str:
    found = key or os.environ.get(variable)
    if not found:
        sentence = f"The model needs a key: set GENESIS_MODEL_API_KEY or {variable}, or use “muse”."
        raise WriterError("KEY_MISSING", sentence, retryable=False)
    return found

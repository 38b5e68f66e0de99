"""Lists the providers and local servers that a model can be taken from, as data."""

from dataclasses import dataclass
from typing import Literal

from infrastructure.writers.model.targets import Protocol

PresetName = Literal[
    "anthropic",
    "openai",
    "gemini",
    "openrouter",
    "deepseek",
    "mistral",
    "ollama",
    "lmstudio",
    "llamacpp",
    "vllm",
    "other",
]


@dataclass(frozen=True, slots=True)
class Preset:
    """`base_url` is what requests go to where a connection names no other; `listing` where its models are listed.

    `own`: the address is of its owner's choosing. `keys_at`: the page on which the provider hands out keys.
    """

    name: PresetName
    label: str
    protocol: Protocol
    base_url: str | None
    listing: str | None = None
    own: bool = False
    needs_key: bool = True
    keys_at: str | None = None


PRESETS: tuple[Preset, ...] = (
    Preset(
        "anthropic",
        "Anthropic",
        "anthropic",
        None,
        listing="https://api.anthropic.com/v1/models?limit=1000",
        keys_at="https://console.anthropic.com/settings/keys",
    ),
    Preset(
        "openai",
        "OpenAI",
        "openai",
        None,
        listing="https://api.openai.com/v1/models",
        keys_at="https://platform.openai.com/api-keys",
    ),
    Preset(
        "gemini",
        "Gemini",
        "own-server",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        keys_at="https://aistudio.google.com/apikey",
    ),
    Preset(
        "openrouter",
        "OpenRouter",
        "own-server",
        "https://openrouter.ai/api/v1",
        keys_at="https://openrouter.ai/settings/keys",
    ),
    Preset(
        "deepseek",
        "DeepSeek",
        "own-server",
        "https://api.deepseek.com",
        keys_at="https://platform.deepseek.com/api_keys",
    ),
    Preset(
        "mistral",
        "Mistral",
        "own-server",
        "https://api.mistral.ai/v1",
        keys_at="https://console.mistral.ai/api-keys",
    ),
    Preset("ollama", "Ollama", "own-server", "http://127.0.0.1:11434/v1", own=True, needs_key=False),
    Preset("lmstudio", "LM Studio", "own-server", "http://127.0.0.1:1234/v1", own=True, needs_key=False),
    Preset("llamacpp", "llama.cpp", "own-server", "http://127.0.0.1:8080/v1", own=True, needs_key=False),
    Preset("vllm", "vLLM", "own-server", "http://127.0.0.1:8000/v1", own=True, needs_key=False),
    Preset("other", "Another server", "own-server", None, own=True, needs_key=False),
)
BY_NAME: dict[str, Preset] = {preset.name: preset for preset in PRESETS}
LOCAL = tuple(preset for preset in PRESETS if preset.own and preset.base_url is not None)

"""What has to be known to reach a model: from the settings, or from a connection that is stored. Imports no library."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import SecretStr

from infrastructure.settings import Settings
from infrastructure.writers.model.budget import WantedParts

Protocol = Literal["openai", "anthropic", "own-server", "unknown"]
"""own-server: whatever speaks as OpenAI does, at a base URL. unknown: a name that nobody understands."""

WantedProfile = Literal["auto", "lean", "full"]
Prices = tuple[Decimal, Decimal]
"""US dollars for a million tokens that are read, and that are written."""


@dataclass(frozen=True, slots=True)
class Target:
    """`seconds` and `longest` (tokens of an answer): None is what suits it. `context`: tokens, None: nobody has said.

    `prices` None: those of the table, if it has them. `own_key`: keys of the environment are not for it.
    """

    protocol: Protocol
    model: str
    base_url: str | None = None
    key: SecretStr | None = None
    profile: WantedProfile = "auto"
    seconds: float | None = None
    longest: int | None = None
    context: int | None = None
    prices: Prices | None = None
    own_key: bool = True
    parts: WantedParts = "auto"
    said_longest: int | None = None
    """As `longest`, where the writer of the settings said so, and not what credits pay for at most."""

    def as_json(self) -> dict[str, Any]:
        """For a process of our own, by its standard input: the key is in it."""
        return {
            "protocol": self.protocol,
            "model": self.model,
            "base_url": self.base_url,
            "key": self.key.get_secret_value() if self.key else None,
            "profile": self.profile,
            "seconds": self.seconds,
            "longest": self.longest,
            "context": self.context,
            "prices": [str(price) for price in self.prices] if self.prices else None,
            "own_key": self.own_key,
            "parts": self.parts,
            "said_longest": self.said_longest,
        }

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Self:
        key, prices = given.pop("key"), given.pop("prices")
        read, written = map(Decimal, prices) if prices else (None, None)
        return cls(
            **given,
            key=SecretStr(key) if key else None,
            prices=(read, written) if read is not None and written is not None else None,
        )


def target_of(settings: Settings) -> Target:
    """The model that `settings.model` names.

    A base URL gets only the key that was set for it: OPENAI_API_KEY belongs to OpenAI, ANTHROPIC_API_KEY to Anthropic.
    """
    provider, _, name = settings.model.strip().partition(":")
    provider = provider.strip().lower()
    base_url = settings.model_base_url
    protocol, model = _understood(provider, name, settings.model.strip(), base_url)
    return Target(
        protocol=protocol,
        model=model,
        base_url=base_url,
        key=settings.model_api_key,
        profile=settings.model_profile,
        seconds=settings.model_timeout_seconds,
        longest=settings.output_tokens,
        context=settings.model_context_tokens,
        own_key=False,
        parts=settings.model_parts,
        said_longest=settings.model_max_output_tokens,
    )


def _understood(provider: str, name: str, given: str, base_url: str | None) -> tuple[Protocol, str]:
    if provider == "anthropic" and name:
        return "anthropic", name
    if provider == "openai" and name and not base_url:
        return "openai", name
    if base_url and given not in ("openai", "anthropic", "openai:", "anthropic:"):
        # Servers of one's own have names such as "qwen3:8b": all of it is the name.
        return "own-server", name if provider == "openai" and name else given
    return "unknown", given

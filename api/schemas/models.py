"""What is posted and answered about connections to models. A key comes in and never goes out again."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from genesis_types.text import CleanText
from pydantic import AfterValidator, BaseModel, Field, SecretStr, TypeAdapter, model_validator

from api.schemas.requests import Request
from infrastructure import entered_values
from infrastructure.writers.connections.presets import PresetName
from infrastructure.writers.connections.stored import LARGEST_CONTEXT, SMALLEST_CONTEXT, Other
from infrastructure.writers.model.targets import WantedProfile


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise ValueError("must not be empty")
    return text


def _model_name(text: str) -> str:
    text = _one_line(text)
    if not text.isprintable():
        raise ValueError("has a character that cannot be seen: copy it again")
    return text


def _key(key: SecretStr) -> SecretStr:
    return SecretStr(entered_values.key(key.get_secret_value()))


Name = Annotated[str, Field(min_length=1, max_length=60), CleanText, AfterValidator(_one_line)]
ModelName = Annotated[str, Field(min_length=1, max_length=200), CleanText, AfterValidator(_model_name)]
Address = Annotated[
    str,
    Field(min_length=1, max_length=entered_values.LONGEST_ADDRESS, description="Used as it is given."),
    CleanText,
    AfterValidator(entered_values.public_address),
]
Key = Annotated[SecretStr, Field(max_length=entered_values.LONGEST_KEY), AfterValidator(_key)]
Price = Annotated[
    float, Field(ge=0, le=100_000, allow_inf_nan=False, description="US dollars for a million tokens. null: unknown.")
]
Context = Annotated[
    int, Field(ge=SMALLEST_CONTEXT, le=LARGEST_CONTEXT, description="Tokens that it reads and writes together.")
]
SessionChoice = Annotated[
    UUID | Other | None,
    Field(description="A connection's id, the muse, the environment's model, or null: whatever is first in line."),
]


class _Prices(Request):
    input_price: Price | None = None
    output_price: Price | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.input_price is None) != (self.output_price is None):
            raise ValueError("give both prices, or neither")
        return self


class ModelRequest(_Prices):
    """A new connection. Without `base_url` it is the preset's own address."""

    name: Name
    preset: PresetName
    model: ModelName
    base_url: Address | None = None
    api_key: Key | None = None
    context_tokens: Context | None = None
    profile: WantedProfile = "auto"
    is_default: bool = False


class ModelChange(_Prices):
    """What is given is changed; both prices go together. `api_key` null takes the key away."""

    name: Name = Field(default="")
    preset: PresetName = Field(default="other")
    model: ModelName = Field(default="")
    base_url: Address | None = None
    api_key: Key | None = None
    context_tokens: Context | None = None
    profile: WantedProfile = "auto"
    is_default: bool = False
    position: Annotated[int, Field(ge=0, le=1_000, description="Place among those that follow the default.")] = 0
    expected_version: Annotated[
        int | None, Field(ge=1, description="Refused (VERSION_CONFLICT) where it has been changed since this one.")
    ] = None


class AvailableRequest(Request):
    """Which server is asked for its models. `model_id`: with the key of this connection, at its own address only."""

    preset: PresetName
    base_url: Address | None = None
    api_key: Key | None = None
    model_id: UUID | None = None


class SessionModelRequest(Request):
    choice: SessionChoice


MODEL: TypeAdapter[ModelRequest] = TypeAdapter(ModelRequest)
CHANGE: TypeAdapter[ModelChange] = TypeAdapter(ModelChange)
AVAILABLE: TypeAdapter[AvailableRequest] = TypeAdapter(AvailableRequest)
SESSION_MODEL: TypeAdapter[SessionModelRequest] = TypeAdapter(SessionModelRequest)


class ModelItem(BaseModel):
    """A connection as its account sees it. `key_end`: the last characters of its key. Prices null: unknown, not free.

    `key_readable` false: it was stored with another secret key than this studio has. `usable` false: proposals are paid
    with credits, and nobody knows what it costs. `version` goes up with each change. `form`: of the answers that it
    gives, once that is known. `test_code` OK, or why the last test failed, which `test_message` says in words.
    """

    id: UUID
    name: str
    preset: PresetName
    model: str
    base_url: str | None
    has_key: bool
    key_end: str | None
    key_readable: bool
    input_price: float | None
    output_price: float | None
    context_tokens: int | None
    profile: WantedProfile
    position: int
    version: int
    usable: bool
    is_default: bool
    form: str | None
    tested_at: datetime | None
    test_code: str | None
    test_message: str | None


class ModelList(BaseModel):
    """`environment`: the model that the settings name, which comes before these. `addresses`: whether this account may
    name the address of a server here. `credits`: proposals are paid with credits, at the price of whoever writes."""

    items: list[ModelItem]
    environment: str | None
    addresses: bool
    credits: bool
    next_cursor: None = None


class PresetItem(BaseModel):
    """`base_url`: where requests go if no other address is named. `running`: whether a local server answers there now,
    and `models` which it has; null: nobody looked, for it is not of this machine or not for this account."""

    name: PresetName
    label: str
    base_url: str | None
    own: bool
    needs_key: bool
    keys_at: str | None
    running: bool | None
    models: list[str]


class PresetList(BaseModel):
    items: list[PresetItem]


class AvailableModels(BaseModel):
    """`items`: the first 2,000 by name, `more`: how many were left off. `code` OK, or why there are none."""

    items: list[str]
    more: int
    code: str
    message: str


class ModelTest(BaseModel):
    """How a test went. `code` OK, or why it does not work; `message` in words. Seconds; a cost of null is unknown.

    `form` of the answer that worked: json_schema, tool, json_object or text.
    """

    code: str
    message: str
    requests: int
    seconds: float
    first_byte_seconds: float | None
    form: str | None
    cost_usd: float | None


class InLine(BaseModel):
    """Somebody who may write. `id`: a connection's; null for the muse and for the environment's model."""

    kind: Literal["connection", "environment", "muse"]
    id: UUID | None
    name: str
    model: str


class SessionModel(BaseModel):
    """`choice`: what this session has chosen. `line`: who is asked, in this order; the next only when one cannot."""

    choice: SessionChoice
    line: list[InLine]

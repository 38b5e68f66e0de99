"""The tables of models as models: the connections of an account, and which of them a session is written by."""

from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from genesis_types.columns import Column, JsonObject, Now, TableRow


class ModelConnectionRow(TableRow):
    """One model that an account may be written by. `secret` is its key, encrypted; a null price is unknown."""

    table: ClassVar = "model_connections"

    id: UUID
    user_id: UUID
    name: str
    preset: str
    model: str
    base_url: str | None = None
    secret: str | None = None
    key_end: str | None = None
    input_price: Annotated[Decimal, Column("numeric(12,6)")] | None = None
    output_price: Annotated[Decimal, Column("numeric(12,6)")] | None = None
    context_tokens: int | None = None
    profile: str = "auto"
    position: int = 0
    is_default: bool = False
    learned: JsonObject | None = None
    tested_at: AwareDatetime | None = None
    test_code: str | None = None
    created_at: Now
    updated_at: Now


class SessionModelRow(TableRow):
    """What a session is written by: a connection, or `other`: the muse, or the model of the environment."""

    table: ClassVar = "session_models"

    session_id: UUID
    user_id: UUID
    connection_id: UUID | None = None
    other: str | None = None

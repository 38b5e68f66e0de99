"""What the models of tables are made of: a row, and what a column is where the Python type alone does not tell."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue


@dataclass(frozen=True, slots=True)
class Column:
    """The column's type in PostgreSQL, where the Python type alone does not tell."""

    type: str


@dataclass(frozen=True, slots=True)
class Generated:
    """The database gives the value: by this expression, or by "identity"."""

    expression: str


BigInt = Annotated[int, Column("bigint")]
TransactionId = Annotated[int, Column("xid8")]
JsonObject = dict[str, JsonValue]
Now = Annotated[AwareDatetime, Generated("clock_timestamp()")]


class TableRow(BaseModel):
    """One row, as read. A column whose default the database works out is required here: a row read has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    table: ClassVar[str]

"""The manifest of a backup: what has to be in the file, and which build and schema it comes from."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

FORMAT = 1
"""Of the file. A build reads this one and all before it."""

NAME = "manifest.json"
LARGEST = 1_000_000
"""Bytes: a manifest has a line or two for each table."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Count = Annotated[int, Field(ge=0)]
Kind = Literal["asked", "automatic", "before"]
"""asked: by somebody. automatic: by the clock, and ended by the rotation. before: a restore or an upgrade."""


class Table(BaseModel):
    """One table as text of COPY. `size` in bytes, of the text itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: tuple[Identifier, ...]
    rows: Count
    size: Count
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """`product` is the version of the build, `revision` that of the schema, `postgres` as server_version_num."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Annotated[int, Field(ge=1)]
    kind: Kind
    product: str
    revision: Annotated[str, Field(pattern=r"^\w{1,64}$")]
    postgres: Count
    made_at: AwareDatetime
    tables: dict[Identifier, Table]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def size(self) -> int:
        """Bytes of all tables, unpacked."""
        return sum(table.size for table in self.tables.values())


def member(table: str) -> str:
    """The name inside the zip."""
    return f"tables/{table}.copy"

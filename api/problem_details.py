"""What a refusal looks like on the wire (RFC 9457)."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from projections.genesis.views import MissedChange


class FieldError(BaseModel):
    field: Annotated[str, Field(description="Where, as a dotted path; empty: the whole body.")]
    message: str


class BlockInConflict(BaseModel):
    """Of a BLOCK_CONFLICT: a paragraph that has changed since the writer saw it."""

    block_id: UUID
    mine: Annotated[str | None, Field(description="What it would have become; null: it was to be moved or deleted.")]
    current: Annotated[str | None, Field(description="What it is now; null: it was deleted.")]
    version: Annotated[int, Field(description="What an edit of it is to be based on now.")]


class ProblemDetails(BaseModel):
    """RFC 9457. `code` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    about: Annotated[str | None, Field(description="The name of what it is about, such as a model.")] = None
    errors: list[FieldError] | None = None
    current_version: Annotated[int | None, Field(description="Of a VERSION_CONFLICT: the version that it has now.")] = (
        None
    )
    changes: Annotated[
        list[MissedChange] | None,
        Field(description="Of a VERSION_CONFLICT: what happened after the expected version, oldest first, 50 at most."),
    ] = None
    blocks: Annotated[list[BlockInConflict] | None, Field(description="Of a BLOCK_CONFLICT: both texts of each.")] = (
        None
    )

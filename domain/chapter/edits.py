"""Edits change the text of a chapter block by block: the same models in commands and in facts.

A block is a paragraph with an id that stays its own. Its version is the chapter's version that changed it last.
"""

from typing import Annotated, Literal
from uuid import UUID

from genesis_types.text import CleanText
from pydantic import BaseModel, ConfigDict, Field

LONGEST_BLOCK = 50_000

BlockText = Annotated[str, Field(max_length=LONGEST_BLOCK), CleanText]
After = Annotated[
    UUID | None, Field(description="The block that it follows, perhaps one that was deleted; null: none, it is first.")
]
BasedOn = Annotated[
    int, Field(ge=1, le=2**31 - 1, description="The version of the block that the writer had before them.")
]


class _Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    block_id: UUID


class InsertBlock(_Edit):
    """A new block, with an id that was never used in this chapter."""

    op: Literal["insert"]
    after: After = None
    text: BlockText


class ReplaceText(_Edit):
    op: Literal["replace"]
    based_on: BasedOn
    text: BlockText


class DeleteBlock(_Edit):
    op: Literal["delete"]
    based_on: BasedOn


class MoveBlock(_Edit):
    op: Literal["move"]
    based_on: BasedOn
    after: After = None


Edit = Annotated[InsertBlock | ReplaceText | DeleteBlock | MoveBlock, Field(discriminator="op")]

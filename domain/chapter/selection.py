"""Chosen paragraphs that are to be written otherwise, and what is wished of them."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Wish = Literal["shorter", "longer", "show", "voice", "again", "continue"]
"""`show`: in deeds and senses, not in summary. `voice`: as its person speaks. `again`: as the instructions say.
`continue`: what comes behind the last of the paragraphs, which stay."""

MOST_SELECTED = 40


class Selected(BaseModel):
    """A paragraph, and the version of it that the author had before them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    block_id: UUID
    based_on: Annotated[int, Field(ge=1, le=2**31 - 1)]


class Selection(BaseModel):
    """`blocks` in the order of the text. `person`: whose voice it is to be in, for `voice`; else empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wish: Wish
    blocks: tuple[Selected, ...]
    person: str = ""

    @property
    def parts(self) -> int:
        """How many passages are written: one for each paragraph, or the one that goes on."""
        return 1 if self.wish == "continue" else len(self.blocks)

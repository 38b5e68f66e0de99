"""The style lock of a project: what it is to sound like, and what its writer keeps for every chapter to come."""

from typing import Annotated

from genesis_types.text import CleanText
from pydantic import BaseModel, ConfigDict, Field

from domain.aggregate import DomainEvent

LONGEST_SAMPLE = 20_000

Rule = Annotated[str, Field(min_length=1, max_length=400), CleanText]
Guide = Annotated[str, Field(max_length=4_000), CleanText]


class Style(BaseModel):
    """All of it is optional. `sample`: prose as the author writes it. `banned`: phrases that never stand in a draft.

    `becomes`: what this book is to become. `returns`: what the next chapters should come back to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sample: Annotated[str, Field(max_length=LONGEST_SAMPLE), CleanText] = ""
    rules: Annotated[tuple[Rule, ...], Field(max_length=50)] = ()
    banned: Annotated[tuple[Rule, ...], Field(max_length=200)] = ()
    becomes: Guide = ""
    returns: Guide = ""


NO_STYLE = Style()


class StyleSet(DomainEvent):
    """`style` takes the place of the one before."""

    style: Style


def fold_style(style: Style, event: DomainEvent) -> Style:
    """The style after `event`. It never refuses."""
    return event.style if isinstance(event, StyleSet) else style

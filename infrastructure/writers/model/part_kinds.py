"""The shapes of parts that are no content by themselves: a plot without its chapters, and chapters without a plot."""

from typing import Annotated

from pydantic import Field

from domain.genesis.content import Act, Beat, Lines, Part, PlannedChapter, Structure, Thread


class Beats(Part):
    """A plot outline without its chapters."""

    structure: Structure = "three_act"
    acts: Annotated[tuple[Act, ...], Field(max_length=12)] = ()
    beats: Annotated[tuple[Beat, ...], Field(min_length=1, max_length=60)]
    subplots: Lines = ()
    threads: Annotated[tuple[Thread, ...], Field(max_length=60)] = ()


class Chapters(Part):
    """Some chapters of a plot outline, in their order."""

    chapters: Annotated[tuple[PlannedChapter, ...], Field(min_length=1, max_length=500)]

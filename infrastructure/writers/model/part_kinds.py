"""The shapes of what is no content by itself: a plot without its chapters, chapters without a plot, and a finding."""

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


class Pair(Part):
    """Two quotations that contradict each other; `change`: what could stand instead of the first."""

    quote: Annotated[str, Field(min_length=1, max_length=1_000)]
    other_quote: Annotated[str, Field(min_length=1, max_length=1_000)]
    why: Annotated[str, Field(max_length=1_000)] = ""
    change: Annotated[str | None, Field(max_length=2_000)] = None

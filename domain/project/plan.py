"""The plan of a chapter: what it is for and what happens in it, as its writer says before writing it."""

from typing import Annotated, Literal

from genesis_types.text import CleanText
from pydantic import BaseModel, ConfigDict, Field

EntryKind = Literal["part", "chapter", "section"]

Line = Annotated[str, Field(max_length=400), CleanText]
Passage = Annotated[str, Field(max_length=8_000), CleanText]
Names = Annotated[tuple[Line, ...], Field(max_length=60)]
Threads = Annotated[tuple[Line, ...], Field(max_length=20)]


class ChapterPlan(BaseModel):
    """Everything is optional. `who`: the people in it, by name. `target_words` 0: no target.

    `plants`, `pays`: threads that it begins and that it brings to their end, in the same words. `tension`: from 1 to
    10, how much hangs in the balance at its end; 0: nothing is said of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Passage = ""
    summary: Passage = ""
    point_of_view: Line = ""
    place: Line = ""
    time: Line = ""
    who: Names = ()
    goal: Passage = ""
    conflict: Passage = ""
    turning_point: Passage = ""
    outcome: Passage = ""
    hook: Passage = ""
    plants: Threads = ()
    pays: Threads = ()
    tension: Annotated[int, Field(ge=0, le=10)] = 0
    target_words: Annotated[int, Field(ge=0, le=100_000)] = 0


NO_PLAN = ChapterPlan()
"""Of a chapter that nothing is said of yet, and of what is no chapter."""

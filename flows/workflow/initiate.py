"""Has a project's ideas made step by step, as work in pieces, each step within its time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import ClassVar

from genesis_types.text import clean
from pydantic import JsonValue

from application.idea_writers import IdeaDraft, IdeaItems, IdeasWritten, StepWritten, idea_request
from application.writers import WriterError
from domain.project.aggregate import PROJECT
from domain.project.decide_initiation import TOO_LATE
from domain.project.ideas import ArgumentThesis, Landscape, NarrativeThesis
from domain.project.initiation_commands import (
    CompleteIdeation,
    FailInitiation,
    RecordConcepts,
    RecordLandscape,
    RecordThesis,
)
from domain.project.initiation_events import InitiationResumed, ProjectInitiated
from domain.project.project import Project
from domain.work import RecordPiece
from flows.workflow.in_pieces import EndFields, PieceFields, WorkInPieces, shown_attempt

GRACE_SECONDS = 5.0
"""A writer that keeps the time of a step itself says what it has used by then; this long it may take to say so."""


class ProjectIdeas(WorkInPieces[Project, ProjectInitiated | InitiationResumed, IdeaDraft, StepWritten, IdeasWritten]):
    aggregate: ClassVar = PROJECT
    kind: ClassVar = "ideas"
    piece: ClassVar = StepWritten
    end: ClassVar = IdeasWritten
    fail: ClassVar = FailInitiation
    too_late: ClassVar = TOO_LATE
    misshapen: ClassVar = "The writer's ideas had no shape that can be used. The steps that came are kept."

    async def writing(self) -> IdeaItems | None:
        initiation = self.state.initiation
        assert initiation is not None, "the work is an initiation's"
        request = idea_request(initiation, self.state.project_id, self.state.user_id)
        return within(self.given.ideas.write_ideas(request), self.given.step_seconds + GRACE_SECONDS)

    def recorded(self, came: StepWritten, fields: PieceFields) -> tuple[str, RecordPiece]:
        made = came.made
        match made:
            case Landscape():
                landscape = Landscape.model_validate(clean(made.model_dump()))
                return came.step, RecordLandscape(**fields, landscape=landscape)
            case NarrativeThesis() | ArgumentThesis():
                thesis = type(made).model_validate(clean(made.model_dump()))
                return came.step, RecordThesis(**fields, thesis=thesis)
            case _:
                ideas = tuple(type(one).model_validate(clean(one.model_dump())) for one in made)
                return came.step, RecordConcepts(**fields, concepts=ideas)

    def completed(self, written: IdeasWritten, fields: EndFields) -> CompleteIdeation:  # noqa: ARG002  (as its kind)
        return CompleteIdeation(**fields)

    def content(self, draft: IdeaDraft) -> dict[str, JsonValue]:
        shown: dict[str, JsonValue] = {"name": draft.step, "content": clean(draft.content)}
        return {"step": shown, **shown_attempt(draft.attempt)}


async def within(writing: IdeaItems, seconds: float) -> AsyncIterator[IdeaDraft | StepWritten | IdeasWritten]:
    """The same, but a step that takes longer than `seconds` is stopped. Raises WriterError, of which trying again may
    help."""
    loop = asyncio.get_running_loop()
    step_ends = loop.time() + seconds
    try:
        while True:
            try:
                async with asyncio.timeout_at(step_ends):
                    item = await anext(writing, None)
            except TimeoutError:
                raise WriterError("TIMED_OUT", "A step took too long. What came is kept.", retryable=True) from None
            if item is None:
                return
            yield item
            if isinstance(item, StepWritten):
                step_ends = loop.time() + seconds
    finally:
        if isinstance(writing, AsyncGenerator):
            await writing.aclose()

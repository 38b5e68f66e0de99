"""Ideas for tests: steps with a text of their own, a writer that gives them, and an author who asks for them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from genesis_types.enums import AudienceLevel, Intent

from application.idea_writers import IdeaDraft, IdeaRequest, IdeasWritten, Made, Step, StepWritten
from application.writers import Spent, WriterError
from domain.project.aggregate import PROJECT
from domain.project.ideas import Brief, Idea, Landscape, NarrativeThesis, Topic
from domain.project.initiation_commands import (
    CompleteIdeation,
    FailInitiation,
    InitiateProject,
    RecordConcepts,
    RecordLandscape,
    RecordThesis,
)
from domain.project.project import Project
from tests.support.project import WRITER, Stream

LANDSCAPE = Landscape(
    topics=tuple(Topic(name=name, about=f"What {name} is.", angles=("From below.",)) for name in ("Salt", "Tide"))
)
THESIS = NarrativeThesis(statement="No.", theme="Loss", question="What stays?", conflict="Her.", stakes="It.")
IDEAS = tuple(
    Idea(title=f"Book {n}", tagline="A line.", logline=f"It is book {n}.", audience="Adults", angle=f"Angle {n}")
    for n in (1, 2, 3)
)
MADE: dict[Step, Made] = {"landscape": LANDSCAPE, "thesis": THESIS, "concepts": IDEAS}


def brief(**more: Any) -> Brief:
    said: dict[str, Any] = {
        "keyword": "salt",
        "genre": "",
        "audience": "",
        "audience_level": AudienceLevel.GENERAL,
        "intent": Intent.FICTION,
        "language": "en",
    }
    return Brief(**(said | more))


def idea_request(**more: Any) -> IdeaRequest:
    return IdeaRequest(UUID(int=5), UUID(int=6), WRITER, brief(**more))


@dataclass
class PlainIdeaWriter:
    """`faults`: by the step before which they are raised, once each. `requests`: what it was asked."""

    pace: float = 0.02
    faults: dict[Step, WriterError] = field(default_factory=dict)
    requests: list[IdeaRequest] = field(default_factory=list)
    stopped: int = 0

    async def write_ideas(self, request: IdeaRequest) -> AsyncIterator[IdeaDraft | StepWritten | IdeasWritten]:
        self.requests.append(request)
        for step in request.left:
            try:
                yield IdeaDraft(step, [{"name": step}], 10.0, "writing")
                await asyncio.sleep(self.pace)
            except (asyncio.CancelledError, GeneratorExit):
                self.stopped += 1
                raise
            if step in self.faults:
                raise self.faults.pop(step)
            yield StepWritten(step, MADE[step], Spent({"output_tokens": 7}, 0.01, "tests"))
        yield IdeasWritten("plain", "plain-1", "1", Spent({"output_tokens": 2}, 0.001, "tests"))


class Spark(Stream):
    """A project in memory that begins from a keyword."""

    def __init__(self, **more: Any) -> None:
        super().__init__(PROJECT, uuid4())
        self.when(InitiateProject(keyword="salt", **more))

    @classmethod
    def of(cls, stream: Stream) -> "Spark":
        """The same stream, spoken to as one that began from a keyword."""
        spark = cls.__new__(cls)
        spark.__dict__ = stream.__dict__
        return spark

    @property
    def project(self) -> Project:
        state: Project = self.state
        return state

    @property
    def work_id(self) -> UUID:
        assert self.project.work is not None
        return self.project.work.correlation_id

    def comes(self, *steps: Step, cost_usd: float | None = 0.5) -> None:
        """The writer's next steps, each once it is whole."""
        used: dict[str, Any] = {"correlation_id": self.work_id, "cost_usd": cost_usd}
        used["usage"] = {"output_tokens": 7} if cost_usd is not None else {}
        bodies = {
            "landscape": RecordLandscape(landscape=LANDSCAPE, **used),
            "thesis": RecordThesis(thesis=THESIS, **used),
            "concepts": RecordConcepts(concepts=IDEAS, **used),
        }
        for step in steps:
            self.when(bodies[step], user_id=None)

    def ends(self) -> tuple[Any, ...]:
        facts = {"writer": "plain", "model": "plain-1", "prompt_version": "1", "usage": {"output_tokens": 1}}
        return self.when(CompleteIdeation(correlation_id=self.work_id, cost_usd=0.25, **facts), user_id=None)

    def fails(self) -> tuple[Any, ...]:
        body = FailInitiation(correlation_id=self.work_id, code="TIMED_OUT", message="Too late.")
        return self.when(body, user_id=None)

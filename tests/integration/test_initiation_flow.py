"""A book from a keyword on real servers: steps are recorded as they come, and gone on from after a death or a fault."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from genesis_types.enums import InitiationStatus

from application.writers import WriterError
from domain.aggregate import Body, Command
from domain.project.aggregate import PROJECT
from domain.project.initiation_commands import InitiateProject, ResumeInitiation
from domain.project.project import Project
from tests.support.prefect import PrefectServer
from tests.support.worker_process import start_worker
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect

STEPS = ["LandscapeRecorded", "ThesisRecorded", "ConceptsRecorded"]
WHOLE = ["ProjectInitiated", *STEPS, "IdeationCompleted"]


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "projector", "callbacks")
        yield running


class Beginner:
    """Somebody with a keyword."""

    def __init__(self, shop: Workshop) -> None:
        self.shop, self.project_id, self.user_id = shop, uuid4(), uuid4()

    async def do(self, body: Body) -> UUID:
        answer = await self.shop.made.commands.handle(Command(uuid4(), self.project_id, self.user_id, body))
        assert answer.correlation_id is not None
        return answer.correlation_id

    async def project(self, look: Any = lambda project: project.work is None) -> Project:
        async def found() -> Project | None:
            project: Project | None = await self.shop.made.store.load(PROJECT, self.project_id)
            return project if project is not None and look(project) else None

        project: Project = await eventually(found)
        return project


async def test_a_keyword_becomes_concepts_step_by_step_and_the_bus_says_so(shop: Workshop) -> None:
    shop.start("worker")
    beginner = Beginner(shop)
    job = await beginner.do(InitiateProject(keyword="salt", genre="fable"))
    project = await beginner.project()
    assert project.initiation is not None
    assert (project.initiation.status, len(project.initiation.concepts)) == (InitiationStatus.READY, 3)
    assert project.initiation.cost_usd == pytest.approx(0.031)
    assert await shop.events(beginner.project_id) == WHOLE
    (request,) = shop.ideas.requests
    assert (request.brief.keyword, request.brief.genre) == ("salt", "fable")
    assert request.left == ("landscape", "thesis", "concepts")
    sent = "SELECT 1 FROM event_outbox o JOIN domain_events e ON e.id = o.position WHERE e.event_type = %s"
    assert await eventually(lambda: shop.rows(f"{sent} AND o.status = 'SENT'", "IdeationCompleted"))
    assert await eventually(lambda: shop.rows("SELECT 1 FROM async_tasks WHERE id = %s AND status = 'COMPLETED'", job))


async def test_a_worker_killed_after_a_step_is_followed_by_one_that_makes_only_the_rest(
    shop: Workshop, database_url: str, redis_url: str, prefect: PrefectServer
) -> None:
    beginner = Beginner(shop)
    child = start_worker(database_url, redis_url, prefect.url, pace=0.5)
    try:
        await beginner.do(InitiateProject(keyword="salt"))
        await beginner.project(lambda project: project.recorded)
    finally:
        child.kill()
        child.wait()
    shop.start("worker")
    await beginner.project()
    assert await shop.events(beginner.project_id) == WHOLE
    assert all(request.landscape is not None for request in shop.ideas.requests)


async def test_a_step_that_stumbles_or_takes_too_long_is_tried_again_and_a_failure_is_gone_on_from(
    shop: Workshop,
) -> None:
    shop.ideas.faults = {"thesis": WriterError("OVERLOADED", "Busy.", retryable=True)}
    shop.start("worker")
    beginner = Beginner(shop)
    await beginner.do(InitiateProject(keyword="salt"))
    await beginner.project()
    assert [request.left for request in shop.ideas.requests][1:] == [("thesis", "concepts")]
    shop.ideas.faults = {"concepts": WriterError("NO_KEY", "The provider refused the key.", retryable=False)}
    other = Beginner(shop)
    await other.do(InitiateProject(keyword="tide"))
    project = await other.project()
    assert project.initiation is not None
    assert (project.initiation.status, project.initiation.code) == (InitiationStatus.FAILED, "NO_KEY")
    await other.do(ResumeInitiation())
    await other.project(lambda project: project.initiation.status is InitiationStatus.READY)
    assert shop.ideas.requests[-1].left == ("concepts",)
    assert await shop.events(other.project_id) == [
        *("ProjectInitiated", "LandscapeRecorded", "ThesisRecorded", "InitiationFailed"),
        *("InitiationResumed", "ConceptsRecorded", "IdeationCompleted"),
    ]

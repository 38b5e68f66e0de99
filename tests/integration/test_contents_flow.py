"""Contents by a writer on real servers: chapters are recorded as they come, and gone on with after a death."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from genesis_types.enums import DraftStatus

from domain.aggregate import Body, Command
from domain.project.aggregate import PROJECT
from domain.project.commands import CreateProject
from domain.project.contents_commands import AcceptContents, CancelContents, WriteContents
from domain.project.project import Project
from domain.rejections import CommandActive
from tests.support.prefect import PrefectServer
from tests.support.worker_process import start_worker
from tests.support.workshop import Workshop, eventually, settings_for, workshop

pytestmark = pytest.mark.prefect


class Planning:
    """An author at a real store who has chapters proposed for an empty book."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.user_id, self.project_id = uuid4(), uuid4()

    async def do(self, body: Body) -> None:
        await self.shop.made.commands.handle(Command(uuid4(), self.project_id, self.user_id, body))

    async def project(self) -> Project:
        project: Project = await self.shop.made.store.load(PROJECT, self.project_id)
        return project

    async def idle(self) -> Project:
        async def no_work() -> Project | None:
            project = await self.project()
            return project if project.work is None else None

        found: Project = await eventually(no_work)
        return found

    async def came(self, count: int) -> None:
        async def enough() -> bool:
            return len((await self.project()).outlined) >= count

        await eventually(enough)

    @property
    async def events(self) -> list[str]:
        return (await self.shop.events(self.project_id))[1:]


@pytest.fixture
async def shop(database_url: str, redis_url: str, prefect: PrefectServer) -> AsyncIterator[Workshop]:
    async with workshop(settings_for(database_url, redis_url, prefect.url)) as running:
        running.start("relay", "projector", "callbacks")
        yield running


@pytest.fixture
async def author(shop: Workshop) -> Planning:
    author = Planning(shop)
    await author.do(CreateProject(title="The Salt Clock"))
    return author


def whole(chapters: int) -> list[str]:
    return ["ContentsRequested", *["ChapterOutlined"] * chapters, "ContentsWritten"]


async def test_a_worker_killed_in_the_range_is_followed_by_one_that_plans_only_the_rest(
    shop: Workshop, author: Planning, database_url: str, redis_url: str, prefect: PrefectServer
) -> None:
    child = start_worker(database_url, redis_url, prefect.url, pace=0.4)
    try:
        await author.do(WriteContents(from_chapter=1, to_chapter=6))
        await author.came(2)
    finally:
        child.kill()
        child.wait()
    shop.start("worker")
    project = await author.idle()
    assert await author.events == whole(6)
    assert [one.title for one in project.outlined] == [f"Tide {number}" for number in range(1, 7)]
    (request,) = shop.contents.requests
    assert len(request.kept) >= 2
    assert project.proposed is not None
    assert project.proposed.cost_usd == pytest.approx(0.061)
    await author.do(AcceptContents(contents_id=project.proposed.contents_id))
    project = await author.project()
    titles = [project.entries[one].title for one in project.outline.places()]
    assert titles == ["Ebb", "Tide 1", "Tide 2", "Flood", "Tide 3", "Tide 4", "Tide 5", "Tide 6"]


async def test_a_stopped_proposal_is_gone_on_with_and_one_that_comes_short_is_asked_for_the_rest(
    shop: Workshop, author: Planning
) -> None:
    shop.contents.pace = 0.3
    shop.start("worker")
    await author.do(WriteContents(from_chapter=1, to_chapter=5, instructions="Slowly."))
    with pytest.raises(CommandActive):
        await author.do(WriteContents())
    await author.came(1)
    await author.do(CancelContents())
    project = await author.idle()
    assert project.proposed is not None
    assert project.proposed.status is DraftStatus.CANCELLED
    kept = len(project.outlined)
    shop.contents.pace, shop.contents.short = 0.02, 4
    await author.do(WriteContents(go_on=True))
    project = await author.idle()
    assert (project.proposed.status, len(project.outlined)) == (DraftStatus.WRITTEN, 5)
    asked: list[Any] = [(len(one.kept), one.instructions) for one in shop.contents.requests[-2:]]
    assert asked == [(kept, "Slowly."), (4, "Slowly.")]

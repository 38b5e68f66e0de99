"""What otherwise takes time or a stranger, brought about at once in a running studio: as its own processes do it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import Page, Route

from domain.aggregate import Command
from domain.genesis.aggregate import GENESIS_SESSION
from domain.genesis.commands import AnyBody, ExpireWait, PauseSession
from domain.genesis.session import Session
from infrastructure.event_store.store import PostgresEventStore
from infrastructure.postgres.pool import make_pool, opened
from tests.support.commands import Desk
from tests.support.studio import Studio

COMMANDS = "/api/v1/genesis/commands"


def time_is_up(studio: Studio, session_id: UUID) -> None:
    """What the sweeper does once the session's time is over."""
    _give(studio, session_id, lambda _: PauseSession(), later=timedelta(days=15))


def wait_is_over(studio: Studio, session_id: UUID) -> None:
    """What the callbacks do once the workflow has waited for its longest."""
    _give(studio, session_id, lambda session: ExpireWait(turn=session.turn + 1))


def _give(
    studio: Studio, session_id: UUID, body: Callable[[Session], AnyBody], *, later: timedelta = timedelta()
) -> None:
    async def give() -> None:
        async with opened(make_pool(studio.runtime()["database_url"], "tests", min_size=1, max_size=2)) as pool:
            desk = Desk(PostgresEventStore(pool, "genesis.events"))
            desk.clock.now = datetime.now(UTC) + later
            session = await desk.store.load(GENESIS_SESSION, session_id)
            assert session is not None
            await desk.send(Command(uuid4(), session_id, None, body(session)))

    # Playwright's own loop runs in this thread
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, give()).result()


def just_before_the_next_command(page: Page, **command: Any) -> None:
    """Somebody else's command arrives after the page has sent its next one and before that one arrives."""
    done: list[str] = []

    def first_the_other(route: Route) -> None:
        if not done:
            answer = page.request.post(COMMANDS, data=command)
            assert answer.ok, answer.text()
            done.append(answer.text())
        route.continue_()

    page.route(f"**{COMMANDS}", first_the_other)


def state_of(page: Page) -> dict[str, Any]:
    """GET state of the session that the page shows."""
    session_id = page.url.rsplit("/", 1)[-1].split("?")[0]
    return dict(page.request.get(f"/api/v1/genesis/{session_id}/state").json())

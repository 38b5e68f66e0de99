"""The studio away, an answer that got lost, too many rounds, time that runs out: said calmly, nothing twice."""

import json
import os
import re
import signal
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from playwright.sync_api import Page, Route, expect

from infrastructure.postgres.pool import connection_options
from tests.support.pages import begin, ready
from tests.support.studio import Studio

pytestmark = pytest.mark.browser
COMMANDS = "**/api/v1/genesis/commands"
ROUNDS = '[data-testid="timeline-entry"][data-kind="GenerationRequested"]'


def session_of(page: Page) -> UUID:
    return UUID(page.url.rsplit("/", 1)[-1].split("?")[0])


def test_a_command_whose_answer_got_lost_is_done_once(page: Page) -> None:
    begin(page, "free", "A lighthouse keeper collects the voices of drowned sailors")
    ids: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        ids.append(json.loads(route.request.post_data or "{}")["command_id"])
        if len(ids) == 1:
            route.fetch()  # it is done there, and nobody hears of it here
            route.abort()
        else:
            route.continue_()

    page.route(COMMANDS, lose_the_first_answer)
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    expect(page.locator(ROUNDS)).to_have_count(1)
    assert len(ids) >= 2
    assert len(set(ids)) == 1


def test_a_studio_that_is_away_is_waited_for(page: Page, studio: Studio) -> None:
    begin(page, "free", "A baker who can taste lies")
    expect(page.get_by_test_id("generate-button").first).to_be_enabled()
    page.route("**/api/**", lambda route: route.abort())
    os.kill(
        studio.runtime()["pids"]["api"][0], signal.SIGKILL
    )  # its streams break; who asks again is turned away above
    expect(page.get_by_test_id("reconnecting")).to_contain_text("What you confirmed is safe")
    page.get_by_test_id("generate-button").first.click()
    page.unroute("**/api/**")
    expect(page.get_by_test_id("reconnecting")).to_have_count(0, timeout=30_000)
    ready(page)
    expect(page.locator(ROUNDS)).to_have_count(1)


def nothing_new_for_long(page: Page) -> None:
    """Moves the page's clock until it says so: what was under way to the page when it moved counts it anew."""
    said = page.get_by_text("Nothing new for")
    for _ in range(20):
        page.clock.fast_forward(20_000)
        page.wait_for_function("new Promise(drawn => requestAnimationFrame(() => drawn(true)))")
        if said.is_visible():
            break
        time.sleep(0.25)
    expect(said).to_be_visible()


def test_while_the_studio_is_away_the_page_says_nothing_of_the_work(page: Page, studio: Studio) -> None:
    page.clock.install()
    worker = studio.runtime()["pids"]["worker"][0]
    os.kill(worker, signal.SIGSTOP)  # the round stays under way for as long as this test looks at it
    try:
        begin(page, "guided", "A lighthouse keeper collects the voices of drowned sailors")
        expect(page.get_by_test_id("stop-button")).to_be_visible()
        nothing_new_for_long(page)
        page.route("**/api/**", lambda route: route.abort())
        os.kill(studio.runtime()["pids"]["api"][0], signal.SIGKILL)
        expect(page.get_by_test_id("reconnecting")).to_be_visible()
        expect(page.get_by_test_id("pending-indicator")).to_have_text(re.compile(r"^Writing Concept$"))
        page.unroute("**/api/**")
        expect(page.get_by_test_id("reconnecting")).to_have_count(0, timeout=30_000)
        expect(page.get_by_test_id("stop-button")).to_be_visible()
    finally:
        os.kill(worker, signal.SIGCONT)
    ready(page)


def test_too_many_rounds_count_down_and_keep_the_words(page: Page) -> None:
    begin(page, "free", "A cartographer maps the inside of a whale")
    page.route(
        COMMANDS,
        lambda route: route.fulfill(
            status=429,
            headers={"Retry-After": "40", "Content-Type": "application/problem+json"},
            json={"type": "about:blank", "title": "", "status": 429, "code": "RATE_LIMITED", "detail": "Later."},
        ),
    )
    page.get_by_label("Wishes for the next round").fill("Set in winter")
    page.get_by_test_id("generate-button").first.click()
    expect(page.get_by_test_id("generate-button").first).to_contain_text("Again in")
    expect(page.get_by_label("Wishes for the next round")).to_have_value("Set in winter")


def test_time_that_runs_out_is_said_without_moving_the_page_and_can_be_extended(page: Page, studio: Studio) -> None:
    begin(page, "free", "Two rival clockmakers share one heart")
    expect(page.get_by_test_id("generate-button").first).to_be_enabled()
    before = page.locator("h2").first.bounding_box()
    now = datetime.now(UTC)
    columns = {"started_at": now - timedelta(days=13), "expires_at": now + timedelta(hours=2)}
    url = studio.runtime()["database_url"]
    with psycopg.connect(url, **connection_options(url, "tests")) as database:
        known = database.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'genesis_sessions' AND column_name = 'period_started_at'"
        ).fetchone()
        if known:
            columns["period_started_at"] = columns["started_at"]
        assignments = ", ".join(f"{name} = %({name})s" for name in columns)
        database.execute(
            f"UPDATE genesis_sessions SET {assignments} WHERE id = %(id)s",
            columns | {"id": session_of(page)},
        )
    page.reload()
    expect(page.get_by_test_id("warning")).to_be_visible()
    assert page.locator("h2").first.bounding_box() == before
    page.get_by_test_id("warning").get_by_test_id("extend-168").click()
    expect(page.get_by_test_id("warning")).to_have_count(0)

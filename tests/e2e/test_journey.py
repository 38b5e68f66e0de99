"""The whole way in a real browser: one line to the novel's page, reloaded in every stage and in mid-generation."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from domain.genesis.stages import STAGE_ORDER
from tests.support.require import unavailable
from tests.support.studio import Studio

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("GENESIS_TEST_SCREENSHOTS")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        unavailable("Chromium", "no chromium, chromium-browser or google-chrome on the PATH")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, studio: Studio) -> Iterator[Page]:
    """A signed-in page; an error in its console fails the test."""
    context = browser.new_context(base_url=studio.base_url, viewport={"width": 1440, "height": 900}, locale="en-GB")
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(login_url(studio))
    yield opened
    context.close()
    assert errors == []


def login_url(studio: Studio) -> str:
    """A fresh one-time address."""
    done = studio.genesis("login")
    assert done.returncode == 0, done.stderr
    return next(word for word in done.stdout.split() if "/login?token=" in word)


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def begin(page: Page, mode: str, spark: str) -> None:
    page.goto("/")
    page.get_by_test_id("seed-input").fill(spark)
    page.get_by_test_id(f"mode-{mode}").click()
    page.get_by_test_id("start-button").click()
    page.wait_for_url(re.compile(r"/sessions/"))


def ready(page: Page) -> None:
    """The generation has ended and there is something to confirm."""
    expect(page.get_by_test_id("pending-indicator")).to_have_count(0, timeout=30_000)
    expect(page.get_by_test_id("proposal-card").first).to_be_visible(timeout=30_000)


def finish(page: Page) -> None:
    page.get_by_test_id("finish-button").click()
    page.wait_for_url(re.compile(r"/novels/"), timeout=15_000)
    expect(page.get_by_test_id("novel-title")).not_to_be_empty()


def test_guided_from_a_spark_to_the_novel_with_reloads_everywhere(page: Page) -> None:
    begin(page, "guided", "A lighthouse keeper collects the voices of drowned sailors")
    for stage in STAGE_ORDER:
        expect(page.get_by_test_id("draft-card").first).to_be_visible(timeout=20_000)
        page.reload()  # in the middle of a generation
        ready(page)
        page.reload()
        ready(page)
        shot(page, f"guided-{stage.value.lower()}")
        page.get_by_test_id("confirm-button").first.click()
        expect(page.get_by_test_id(f"stage-{stage.value}")).to_have_attribute("data-status", "confirmed")
    expect(page.get_by_test_id("finish-button")).to_be_enabled()
    finish(page)
    shot(page, "novel")


def test_feedback_changes_the_proposal_and_says_what_changed(page: Page) -> None:
    begin(page, "guided", "A baker who can taste lies")
    ready(page)
    before = page.get_by_test_id("proposal-card").count()
    page.get_by_test_id("feedback-input").first.fill("Call it The Honest Loaf")
    page.get_by_test_id("feedback-send").first.click()
    expect(page.get_by_test_id("proposal-card").filter(has_text="The Honest Loaf").first).to_be_visible(timeout=30_000)
    page.reload()
    expect(page.get_by_test_id("proposal-card").filter(has_text="The Honest Loaf").first).to_be_visible()
    assert page.get_by_test_id("proposal-card").count() >= before


def test_free_form_moves_at_will_and_finishes(page: Page) -> None:
    begin(page, "free", "一座会做梦的城市")
    for stage in reversed(STAGE_ORDER):
        current = page.get_by_test_id(f"stage-{stage.value}")
        if current.get_attribute("aria-current") is None:
            current.click()
        expect(current).to_have_attribute("aria-current", "step")
        page.get_by_test_id("generate-button").first.click()
        ready(page)
        page.reload()
        ready(page)
        page.get_by_test_id("confirm-button").first.click()
        expect(page.get_by_test_id(f"stage-{stage.value}")).to_have_attribute("data-status", "confirmed")
    finish(page)


def test_stop_keeps_what_was_written(page: Page) -> None:
    begin(page, "guided", "Two rival clockmakers share one heart")
    page.get_by_test_id("stop-button").click(timeout=20_000)
    expect(page.get_by_test_id("pending-indicator")).to_have_count(0, timeout=20_000)
    expect(page.get_by_test_id("generate-button").first).to_be_enabled()


def test_a_phone_has_no_sideways_scroll(browser: Browser, studio: Studio) -> None:
    context = browser.new_context(base_url=studio.base_url, viewport={"width": 390, "height": 844}, locale="en-GB")
    page = context.new_page()
    page.goto(login_url(studio))
    begin(page, "guided", "A cartographer maps the inside of a whale")
    ready(page)
    shot(page, "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()

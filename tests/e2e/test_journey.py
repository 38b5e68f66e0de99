"""The whole way in a real browser: one line to the novel's page, reloaded in every stage and in mid-generation."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.genesis.stages import STAGE_ORDER
from tests.support.pages import begin, follow, login_url, new_context, ready
from tests.support.studio import Studio

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("GENESIS_TEST_SCREENSHOTS")


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def finish(page: Page) -> None:
    page.get_by_test_id("finish-button").click()
    page.wait_for_url(re.compile(r"/novels/"), timeout=30_000)
    expect(page.get_by_test_id("novel-title")).not_to_be_empty()


def test_guided_from_a_spark_to_the_novel_with_reloads_everywhere(page: Page) -> None:
    begin(page, "guided", "A lighthouse keeper collects the voices of drowned sailors")
    for stage in STAGE_ORDER:
        expect(page.get_by_test_id("draft-card").first).to_be_visible(timeout=30_000)
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
    page.get_by_test_id("stop-button").click(timeout=30_000)
    expect(page.get_by_test_id("pending-indicator")).to_have_count(0, timeout=30_000)
    expect(page.get_by_test_id("generate-button").first).to_be_enabled()


def test_a_phone_has_no_sideways_scroll(browser: Browser, studio: Studio) -> None:
    context = new_context(browser, studio, width=390, height=844)
    page = context.new_page()
    follow(page, login_url(studio))
    begin(page, "guided", "A cartographer maps the inside of a whale")
    ready(page)
    shot(page, "phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()

"""The page for those who use a screen reader or need contrast: axe-core finds nothing serious on it, light or dark."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.genesis.stages import STAGE_ORDER
from tests.support.axe import violations
from tests.support.pages import begin, new_context, ready
from tests.support.studio import Studio

pytestmark = pytest.mark.browser


def test_signing_in_and_beginning_break_no_rule(browser: Browser, studio: Studio, page: Page) -> None:
    context = new_context(browser, studio)
    stranger = context.new_page()
    stranger.goto("/")
    expect(stranger.get_by_test_id("sign-in")).to_be_visible()
    assert violations(stranger) == []
    context.close()
    expect(page.get_by_test_id("seed-input")).to_be_visible()
    assert violations(page) == []
    page.goto("/account")
    expect(page.get_by_test_id("access").first).to_be_visible()
    assert violations(page) == []


def test_the_studio_breaks_no_rule_before_and_after_a_round(page: Page) -> None:
    begin(page, "free", "A baker who can taste lies")
    expect(page.get_by_test_id("generate-button").first).to_be_enabled()
    assert violations(page) == []
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    assert violations(page) == []


def test_the_guided_journey_from_the_keyboard_alone(page: Page) -> None:
    expect(page.get_by_test_id("seed-input")).to_be_visible()
    page.get_by_test_id("seed-input").focus()
    page.keyboard.type("A baker who can taste lies")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/sessions/"))
    for stage in STAGE_ORDER:
        ready(page)
        if stage is STAGE_ORDER[0]:
            assert violations(page) == []
        page.get_by_test_id("confirm-button").first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id(f"stage-{stage.value}")).to_have_attribute("data-status", "confirmed")
        page.wait_for_function(
            "document.activeElement !== document.body"
        )  # the focus is somewhere that can be gone on from
    assert violations(page) == []
    page.get_by_test_id("finish-button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/novels/"), timeout=15_000)
    expect(page.get_by_test_id("novel-title")).not_to_be_empty()
    assert violations(page) == []

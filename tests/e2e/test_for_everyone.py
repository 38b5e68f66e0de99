"""The page for those who use a screen reader or need contrast: axe-core finds nothing serious on it, light or dark."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from domain.genesis.stages import STAGE_ORDER
from tests.support.axe import violations
from tests.support.pages import begin, new_context, ready
from tests.support.studio import Studio

pytestmark = pytest.mark.browser


def opened(page: Page, opener: Locator, role: Literal["menu", "dialog"] = "menu") -> None:
    """While what it opens is open no rule is broken; Escape closes it, and the focus is where it was."""
    opener.click()
    shown = page.get_by_role(role)
    expect(shown).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(opener).to_be_focused()


def test_signing_in_and_beginning_break_no_rule(browser: Browser, studio: Studio, page: Page) -> None:
    context = new_context(browser, studio)
    stranger = context.new_page()
    stranger.goto("/")
    expect(stranger.get_by_test_id("sign-in")).to_be_visible()
    assert violations(stranger) == []
    context.close()
    expect(page.get_by_test_id("seed-input")).to_be_visible()
    assert violations(page) == []
    opened(page, page.get_by_role("button", name="Account", exact=True))
    opened(page, page.get_by_role("button", name="Appearance"))
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
    more = page.get_by_role("button", name="More", exact=True)
    opened(page, more)
    more.click()
    page.get_by_role("menuitem", name="Abandon…").click()
    dialog = page.get_by_role("dialog", name="Abandon this genesis?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    opened(page, page.get_by_test_id("sent-button").first, "dialog")
    opened(page, page.get_by_test_id("family-button"), "dialog")


def tabs_until(page: Page, selector: str, most: int) -> int:
    """How often Tab has to be pressed from where the focus is."""
    for count in range(1, most + 1):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return count
    raise AssertionError(f"not reached within {most} tabs: {selector}")


ACCEPT = '[data-testid="confirm-button"]'


def test_the_keyboard_reaches_accept_without_passing_every_lock_on_the_way(page: Page) -> None:
    begin(page, "free", "A baker who can taste lies")
    page.get_by_test_id("stage-PLOT_OUTLINE").click()  # the longest text that there is
    expect(page.get_by_test_id("stage-PLOT_OUTLINE")).to_have_attribute("aria-current", "step")
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    page.reload()
    ready(page)
    assert page.locator("[data-field-tool]").count() > 100
    assert tabs_until(page, ACCEPT, 40) > 4

    page.reload()
    ready(page)
    assert tabs_until(page, ".skip", 1) == 1
    page.keyboard.press("Enter")
    assert tabs_until(page, '.skip[href="#proposals"]', 1) == 1
    page.keyboard.press("Enter")
    assert tabs_until(page, ACCEPT, 6) > 1
    expect(page.locator(ACCEPT).first).to_be_in_viewport()


def test_the_arrow_keys_go_from_field_to_field_and_the_place_is_kept(page: Page) -> None:
    begin(page, "free", "A lighthouse keeper collects the voices of drowned sailors")
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    card = page.get_by_test_id("proposal-card").first
    tools = card.locator("[data-field-tool]")
    tools.first.focus()
    page.keyboard.press("ArrowDown")
    expect(tools.nth(1)).to_be_focused()
    expect(card.get_by_text("from field to field").last).to_be_visible()
    page.keyboard.press("End")  # what is folded away is passed over
    expect(card.locator("summary").last).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    expect(tools.last).to_be_focused()
    page.keyboard.press("Tab")
    expect(card.get_by_test_id("feedback-input")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(tools.last).to_be_focused()
    page.keyboard.press("Home")
    expect(tools.first).to_be_focused()
    page.keyboard.press("Enter")  # locked, and still there
    expect(tools.first).to_have_attribute("aria-pressed", "true")
    expect(tools.first).to_be_focused()
    assert card.locator('[data-field-tool][tabindex="0"], summary[tabindex="0"]').count() == 1
    page.keyboard.press("Alt+p")
    expect(page.get_by_test_id("proposal-card").nth(1).get_by_test_id("confirm-button")).to_be_focused()
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
    page.wait_for_url(re.compile(r"/novels/"), timeout=30_000)
    expect(page.get_by_test_id("novel-title")).not_to_be_empty()
    assert violations(page) == []

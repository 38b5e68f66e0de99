"""Forms that lose nothing: no cut at a limit, a way back after Cancel, and any script at the width of a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import violations
from tests.support.pages import begin, edit, follow, login_url, new_context, ready, save
from tests.support.studio import Studio
from tests.support.typing import Commands, box

pytestmark = pytest.mark.browser
SYNOPSIS = "The keeper of the last light counts the drowned by name. " * 400
RTL = "حارس المنارة يجمع أصوات البحارة الغرقى"
WIDE = "document.documentElement.scrollWidth"


def test_a_paste_beyond_the_limit_stays_and_is_refused_with_how_much_is_too_much(page: Page) -> None:
    commands = Commands(page)
    page.goto("/")
    page.get_by_text("Refine my idea", exact=True).click()
    spark, start = page.get_by_test_id("seed-input"), page.get_by_test_id("start-button")
    spark.fill("🦊" * 20_011)
    expect(spark).to_have_js_property("value.length", 40_022)
    expect(page.get_by_text("11 characters too many: 20,000 at most").first).to_be_visible()
    expect(start).to_have_attribute("aria-disabled", "true")
    spark.press("Control+Enter")
    whole = SYNOPSIS[:19_999] + "…"
    spark.fill(whole)
    expect(page.get_by_text("20,000 of 20,000 characters")).to_be_visible()
    page.get_by_test_id("mode-guided").click()
    start.click()
    page.wait_for_url(re.compile(r"/sessions/"))
    ready(page)
    assert [body["payload"]["seed"] for _, body in commands.sent] == [whole]
    assert len(page.get_by_role("heading", level=1).first.inner_text()) <= 61
    page.get_by_text("AI", exact=True).click()
    page.get_by_role("button", name="Read all of it").click()
    expect(page.get_by_text(whole[-300:])).to_be_visible()

    box(page).fill("x" * 4_100)
    expect(page.get_by_text("100 characters too many: 4,000 at most").first).to_be_visible()
    box(page).press("Control+Enter")
    expect(page.get_by_test_id("feedback-send").last).to_have_attribute("aria-disabled", "true")
    edit(page, "t" * 401)
    save(page)
    expect(page.get_by_role("textbox", name="Title", exact=True)).to_be_focused()
    expect(page.get_by_role("textbox", name="Title", exact=True)).to_have_value("t" * 401)
    assert len(commands.sent) == 1
    assert violations(page) == []


def test_an_edit_that_was_cancelled_can_be_gone_on_with_and_had_back_when_discarded(page: Page) -> None:
    begin(page, "free", "A lighthouse keeper collects the voices of drowned sailors")
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    title = page.get_by_role("textbox", name="Title", exact=True)
    cancel, unsent = page.get_by_role("button", name="Cancel"), page.get_by_test_id("unsent")
    edit(page, "The Salt Ledger")
    cancel.click()
    expect(title).to_have_count(0)
    unsent.get_by_role("button", name="Discard").click()
    expect(unsent).to_have_count(0)
    page.get_by_test_id("undo").get_by_role("button").click()
    # a tab that is closed leaves it, too
    other = page.context.new_page()
    other.goto(page.url)
    page.close()
    other.get_by_test_id("unsent").get_by_role("button", name="Go on with it").click()
    expect(other.get_by_role("textbox", name="Title", exact=True)).to_have_value("The Salt Ledger")
    other.go_back()
    other.go_forward()
    expect(other.get_by_role("textbox", name="Title", exact=True)).to_have_value("The Salt Ledger")
    other.get_by_role("button", name="Cancel").click()
    other.get_by_role("button", name="Write it myself").click()
    other.get_by_role("button", name="Cancel").click()  # nothing was typed: there is nothing to keep
    expect(other.get_by_test_id("unsent")).to_have_count(1)


def test_any_words_fit_the_narrowest_phone_and_keep_their_direction(browser: Browser, studio: Studio) -> None:
    context = new_context(browser, studio, width=320, height=640)
    page = context.new_page()
    follow(page, login_url(studio))
    spark, language = page.get_by_test_id("seed-input"), page.get_by_test_id("language-input")
    for words, direction, tag in (
        (RTL, "rtl", "العربية"),
        ("🦊🌊🕯️" * 40, "ltr", "English"),
        ("w" * 100_000, "ltr", "English"),
    ):
        spark.fill(words)
        expect(spark).to_have_css("direction", direction)
        expect(language).to_have_value(tag)
        assert page.evaluate(WIDE) <= 320
    spark.press_sequentially("!")
    expect(spark).to_have_js_property("value.length", 100_001)
    expect(page.get_by_text("80,001 characters too many").first).to_be_visible()
    language.click()
    page.get_by_role("option", name="עברית").click()
    for words in (RTL, "w" * 300):
        begin(page, "free", words)
        page.get_by_test_id("generate-button").first.click()
        ready(page)
        box(page).fill(f"{words} " * 12)
        assert page.evaluate(WIDE) <= 320
        page.get_by_test_id("proposal-card").last.get_by_role("button", name="Edit", exact=True).click()
        page.get_by_role("textbox", name="Title", exact=True).fill(words)
        assert page.evaluate(WIDE) <= 320
    page.goto("/")
    expect(page.get_by_test_id("session-card").first).to_be_visible()
    assert page.evaluate(WIDE) <= 320
    context.close()

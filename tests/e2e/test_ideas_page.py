"""A book from a keyword in a real browser: typed, made by the muse step by step, stopped, gone on with, and chosen."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations

pytestmark = pytest.mark.browser


def test_a_keyword_becomes_a_book_with_the_title_that_was_chosen(page: Page) -> None:
    page.goto("/")
    box = page.get_by_test_id("from-keyword")
    box.get_by_text("New book from a keyword").click()
    begin = box.get_by_role("button", name="Find ideas")
    expect(begin).to_be_disabled()
    box.get_by_label("Keyword").fill("salt")
    box.get_by_label("What it is to be").select_option("non_fiction")
    box.get_by_label("Who makes the proposals").select_option("muse")
    assert violations(page) == []
    begin.click()

    ideas = page.get_by_test_id("ideas")
    expect(ideas).to_have_attribute("data-status", "ready", timeout=60_000)
    expect(ideas.get_by_test_id("concept")).to_have_count(4)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 800})
    ideas.get_by_role("button", name="Choose this one: Salt in Practice").click()
    expect(page.get_by_test_id("project-title")).to_have_text("Salt in Practice")
    expect(ideas.get_by_test_id("concept").last).to_contain_text("Chosen")
    page.reload()
    expect(page.get_by_test_id("project-title")).to_have_text("Salt in Practice")

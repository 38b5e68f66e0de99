"""A chapter in a real browser: a locked paragraph stays, worn phrases are shown in the text, the style is kept."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_drafting_page import project
from tests.support.axe import violations
from tests.support.paper import reads, write

pytestmark = pytest.mark.browser

FIRST, SECOND = "The tower was a testament to its builders.", "She let the rope go. Little did she know."


def test_a_paragraph_is_locked_and_the_chapter_is_measured(page: Page) -> None:
    project_id = project(page, "CREATE_PROJECT", title="The Salt Clock")["project_id"]
    entry_id = project(page, "ADD_ENTRY", project_id, kind="chapter", title="Low Water")["result"]["entry_id"]
    page.goto(f"/projects/{project_id}/chapters/{entry_id}")
    text = page.get_by_test_id("manuscript")
    write(page, FIRST, SECOND)
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "saved", timeout=30_000)

    text.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowRight")
    page.get_by_test_id("lock").click()
    expect(page.get_by_test_id("locked")).to_contain_text("One paragraph is locked", timeout=30_000)
    expect(text.locator("[data-locked]")).to_have_text(FIRST)
    text.press("x")
    reads(page, FIRST, SECOND)
    expect(page.get_by_test_id("locked")).to_contain_text("stays as it is")
    page.keyboard.press("Control+End")
    page.keyboard.type(" More.")
    reads(page, FIRST, f"{SECOND} More.")
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "saved", timeout=30_000)

    prose = page.get_by_test_id("prose")
    prose.get_by_text("How it reads").click()
    expect(prose.get_by_test_id("score")).to_contain_text("2 places", timeout=30_000)
    assert violations(page) == []
    prose.get_by_role("button", name="Show in the text: Little did she know").click()
    assert page.evaluate("getSelection().toString()") == "Little did she know"
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(f"/projects/{project_id}")
    style = page.get_by_test_id("style")
    style.get_by_text("Style of this book").click()
    style.get_by_label("A sample of your prose").fill("Every stone is a testament to somebody's back. " * 30)
    style.get_by_label("Rules").fill(f"Past tense.\nNo dreams. {uuid4()}")
    style.get_by_role("button", name="Save the style").click()
    expect(style.get_by_test_id("fingerprint")).to_contain_text("words a sentence", timeout=30_000)
    assert violations(page) == []

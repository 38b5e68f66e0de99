"""The desk in a real browser: a chapter is written on it, off line as well, and words are replaced in a whole book."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_drafting_page import project
from tests.support.axe import violations
from tests.support.paper import paper, reads, saved, write

pytestmark = pytest.mark.browser


def begun(page: Page, *chapters: str) -> tuple[str, list[str]]:
    """A book with these chapters; the addresses of their desks."""
    project_id = project(page, "CREATE_PROJECT", title="The Salt Clock")["project_id"]
    ids = [project(page, "ADD_ENTRY", project_id, kind="chapter", title=one)["result"]["entry_id"] for one in chapters]
    return project_id, [f"/projects/{project_id}/chapters/{one}/desk" for one in ids]


def pictured(page: Page, name: str) -> None:
    """A picture for whoever wants to look at it: in the folder that is named, if one is."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def look(page: Page, name: str) -> None:
    """Nothing serious for axe, in light and dark; no sideways scrolling; at both widths, in both languages."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
        pictured(page, f"desk_{name}_{width}")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_chapter_is_written_on_the_desk(page: Page) -> None:
    project_id, desks = begun(page, "Low Water", "High Water")
    page.goto(f"/projects/{project_id}/chapters/{desks[0].split('/')[-2]}")
    page.get_by_test_id("to-desk").click()
    expect(page.get_by_test_id("chapter-title")).to_have_text("Low Water")
    expect(page.get_by_role("link", name="Genesis Studio")).to_have_count(0)  # nothing but the chapter

    write(page, "The clock stopped.", "***", "Nobody noticed it but Mara.")
    expect(paper(page).locator("[data-scene-break]")).to_have_count(1)
    page.keyboard.press("Home")
    for _ in "Nobody ":
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    reads(page, "The clock stopped.", "***", "Nobody ", "noticed it but Mara.")
    page.keyboard.press("Backspace")
    reads(page, "The clock stopped.", "***", "Nobody noticed it but Mara.")
    page.keyboard.press("Alt+ArrowUp")
    reads(page, "The clock stopped.", "Nobody noticed it but Mara.", "***")
    page.keyboard.press("ControlOrMeta+z")
    reads(page, "The clock stopped.", "***", "Nobody noticed it but Mara.")
    saved(page)

    # a paragraph that was saved, taken out and brought back is saved again
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    reads(page, "")
    saved(page)
    page.keyboard.press("ControlOrMeta+z")
    saved(page)
    page.reload()
    reads(page, "The clock stopped.", "***", "Nobody noticed it but Mara.")

    page.route("**/chapters/commands", lambda route: route.abort())
    write(page, "The sea did.")
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "saving")
    page.reload()
    reads(page, "The clock stopped.", "***", "Nobody noticed it but Mara.", "The sea did.")
    page.unroute_all()
    saved(page)

    page.get_by_role("button", name="Chapters").click()
    expect(page.get_by_test_id("rail").get_by_role("link")).to_have_count(2)
    page.get_by_role("button", name="Focus").click()
    page.get_by_role("button", name="Typewriter").click()
    page.get_by_test_id("goal").click()
    page.get_by_test_id("goal-words").fill("500")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("goal")).to_contain_text("of 500 today")
    paper(page).locator("p").first.click()
    look(page, "written")
    page.keyboard.press("ControlOrMeta+/")
    expect(page.get_by_role("dialog")).to_contain_text("A break between scenes", ignore_case=True)
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    expect(page.get_by_test_id("rail")).to_be_hidden()
    expect(paper(page)).to_be_visible()
    pictured(page, "desk_print")
    page.emulate_media(media="screen")
    paper(page).focus()
    page.keyboard.press("Alt+PageDown")
    expect(page.get_by_test_id("chapter-title")).to_have_text("High Water")


def test_words_are_found_and_replaced_over_the_book(page: Page) -> None:
    project_id, (first, second) = begun(page, "Low Water", "High Water")
    page.goto(second)
    write(page, "Then Mara went out.")
    saved(page)
    page.goto(first)
    write(page, "Mara saw the clock.", "Nobody saw Mara, or mara.")
    saved(page)

    page.keyboard.press("ControlOrMeta+f")
    panel = page.get_by_test_id("find")
    panel.get_by_test_id("find-words").fill("Mara")
    expect(panel.get_by_test_id("find-said")).to_have_text("4 places, in 2 chapters.")
    expect(paper(page).locator("[data-found]")).to_have_count(3)
    panel.get_by_label("Match capitals").check()
    expect(panel.get_by_test_id("find-said")).to_have_text("3 places, in 2 chapters.")
    panel.get_by_label("Replace", exact=True).check()
    panel.get_by_test_id("find-replacement").fill("Ana-Maria")
    panel.get_by_label("Nobody saw Mara, or mara.").uncheck()
    look(page, "find")
    panel.get_by_test_id("replace").click()
    expect(panel.get_by_test_id("replaced")).to_have_text("2 places were replaced, in 2 chapters.")
    reads(page, "Ana-Maria saw the clock.", "Nobody saw Mara, or mara.")
    panel.get_by_test_id("replace-undo").click()
    expect(panel.get_by_test_id("replaced")).to_have_text("2 paragraphs are as they were.")
    reads(page, "Mara saw the clock.", "Nobody saw Mara, or mara.")
    expect(panel.get_by_test_id("find-said")).to_have_text("3 places, in 2 chapters.")

    panel.get_by_test_id("found-chapter").filter(has_text="High Water").get_by_role("link").click()
    expect(page.get_by_test_id("chapter-title")).to_have_text("High Water")
    reads(page, "Then Mara went out.")
    expect(paper(page)).to_be_focused()
    assert page.evaluate("getSelection().toString()") == "Mara"
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)

    page.goto(f"/projects/{project_id}")
    page.get_by_test_id("find-book").get_by_text("Find and replace in the book").click()
    page.get_by_test_id("find-words").fill("nobody")
    expect(page.get_by_test_id("find-said")).to_have_text("1 place.")
    page.get_by_role("radiogroup", name="Language").get_by_text("中文").click()
    expect(page.get_by_test_id("find-said")).to_have_text("共 1 处。")
    assert violations(page) == []
    page.goto(first)
    look(page, "zh")
    page.evaluate("localStorage.removeItem('genesis:language')")

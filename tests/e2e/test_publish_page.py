"""A book made ready for a shop in a real browser: what stands around the text, the cover, the faults, the file."""

import zipfile
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations

pytestmark = pytest.mark.browser


def command(page: Page, which: str, command_type: str, payload: dict[str, Any], **whose: str) -> dict[str, Any]:
    body = {"command_type": command_type, "payload": payload, "command_id": str(uuid4()), **whose}
    answer = page.request.post(f"/api/v1/{which}/commands", data=body)
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def written(page: Page) -> str:
    """The id of a book with one chapter that says something, and one that does not."""
    project_id: str = command(page, "projects", "CREATE_PROJECT", {"title": "The Salt Clock"})["project_id"]
    for title in ("Low Water", "Slack"):
        payload = {"kind": "chapter", "title": title}
        added = command(page, "projects", "ADD_ENTRY", payload, project_id=project_id)
        chapter_id = added["result"]["entry_id"]
        command(page, "chapters", "OPEN_CHAPTER", {"project_id": project_id}, chapter_id=chapter_id)
        if title == "Low Water":
            edit = {"op": "insert", "block_id": str(uuid4()), "text": "The clock had stopped.", "after": None}
            command(page, "chapters", "EDIT_CHAPTER", {"edits": [edit]}, chapter_id=chapter_id)
    return project_id


def narrow(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_book_is_described_checked_mended_and_downloaded(page: Page) -> None:
    page.goto(f"/projects/{written(page)}")
    page.get_by_text("Check and download for a shop").click()
    cover = page.get_by_test_id("cover")
    expect(cover).to_have_js_property("complete", value=True)
    expect(cover).to_have_js_property("naturalWidth", 1_562)
    page.get_by_label("For", exact=True).select_option("kdp_ebook")
    page.get_by_test_id("publish-check").click()
    faults = page.get_by_test_id("faults").locator("li")
    expect(page.get_by_test_id("publish-verdict")).to_be_visible()
    expect(faults.filter(has_text="Chapters without text")).to_contain_text("Slack")
    expect(faults.filter(has_text="no copyright page")).to_contain_text("whose the text is")
    assert violations(page) == []
    narrow(page)

    page.get_by_text("Before and after the text", exact=True).click()
    page.get_by_label("Author, as on the title page").fill("Mara Vance")
    page.get_by_label("Description, for shops").fill("A clock of salt.")
    page.get_by_label("Copyright page").fill("© 2026 Mara Vance")
    page.get_by_label("A page on how AI was used").check()
    page.get_by_test_id("matter-form").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    assert violations(page) == []
    narrow(page)

    page.get_by_test_id("publish-check").click()
    expect(faults.filter(has_text="no copyright page")).to_have_count(0)
    expect(page.get_by_test_id("publish-verdict")).to_have_text("Ready.")
    with page.expect_download() as saved:
        page.get_by_test_id("publish-download").click()
    assert saved.value.suggested_filename == "The Salt Clock.epub"
    with zipfile.ZipFile(saved.value.path()) as archive:
        assert "EPUB/media/cover.png" in archive.namelist()
        assert "Mara Vance" in archive.read("EPUB/content.opf").decode()
    page.reload()
    page.get_by_text("Before and after the text", exact=True).click()
    expect(page.get_by_label("Author, as on the title page")).to_have_value("Mara Vance")

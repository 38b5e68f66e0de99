"""A book is imported in a real browser: chosen or dropped, its chapters arranged, begun; in both languages."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations

pytestmark = pytest.mark.browser

BOOK = """# The Salt Clock

## Copyright

© A. Writer

## Low Water

The clock had *stopped*.

***

She left before the tide did.

## A Letter

It was not signed.

## High Water

The sea came back.
"""
CHINESE = "盐钟\n\n第一章 低潮\n\n钟停了。她看着海水一点一点退去。\n\n第二章 高潮\n\n海水又来了。\n"


def test_a_file_becomes_a_project_once_its_chapters_are_as_its_author_wants_them(page: Page) -> None:
    page.goto("/")
    box = page.get_by_test_id("import-book")
    box.get_by_text("Import a book").click()
    chosen = box.get_by_test_id("import-file")
    chosen.set_input_files({"name": "old.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    expect(box.get_by_role("alert")).to_contain_text("PDF")
    assert violations(page) == []

    chosen.set_input_files({"name": "salt.md", "mimeType": "text/markdown", "buffer": BOOK.encode()})
    shown = page.get_by_test_id("import-preview")
    expect(shown.get_by_label("Title of the book")).to_have_value("The Salt Clock")
    expect(shown.get_by_role("checkbox")).to_have_count(4)
    expect(shown.get_by_role("checkbox", name="Import “Copyright”")).not_to_be_checked()
    expect(shown).to_contain_text("Italics and bold became plain words")
    expect(shown.get_by_test_id("import-sum")).to_have_text("3 chapters, 18 words")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    shown.get_by_label("Title of 2").fill("The Ebb")
    shown.get_by_role("button", name="Join to the one before: “A Letter”").click()
    expect(shown.get_by_test_id("import-sum")).to_have_text("2 chapters, 18 words")
    shown.get_by_role("button", name="Begin the project").click()

    expect(page.get_by_test_id("project-title")).to_have_text("The Salt Clock")
    for title in ("The Ebb", "High Water"):
        expect(page.get_by_role("main")).to_contain_text(title)
    expect(page.get_by_role("main")).not_to_contain_text("A Letter")


def test_a_chinese_text_is_dropped_on_the_chinese_page(page: Page) -> None:
    page.goto("/")
    page.evaluate("localStorage.setItem('genesis:language', 'zh')")
    page.reload()
    box = page.get_by_test_id("import-book")
    box.locator("summary").click()
    data = list(CHINESE.encode("gb18030"))
    drop = page.evaluate_handle(
        """bytes => { const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "盐钟.txt", {type: "text/plain"})); return data; }""",
        data,
    )
    box.get_by_test_id("import-file").locator("xpath=..").dispatch_event("drop", {"dataTransfer": drop})
    shown = page.get_by_test_id("import-preview")
    expect(shown).to_contain_text("GB18030")
    expect(shown.get_by_label("书名")).to_have_value("盐钟")
    assert violations(page) == []
    shown.get_by_role("button", name="开始这个项目").click()
    expect(page.get_by_test_id("project-title")).to_have_text("盐钟")
    expect(page.get_by_role("main")).to_contain_text("第一章 低潮")

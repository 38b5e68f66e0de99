"""The text of a chapter as it stands in the page's editor: typed by keys, read paragraph by paragraph."""

from playwright.sync_api import Locator, Page, expect


def paper(page: Page) -> Locator:
    return page.get_by_test_id("manuscript")


def write(page: Page, *paragraphs: str) -> None:
    """Types these behind all that is there."""
    page.bring_to_front()
    paper(page).focus()
    page.keyboard.press("Control+End")
    for number, text in enumerate(paragraphs):
        if number or paper(page).inner_text().strip():
            page.keyboard.press("Enter")
        page.keyboard.insert_text(text)


def retype(page: Page, text: str) -> None:
    """Types this over the first paragraph, which is one line."""
    page.bring_to_front()  # a page behind another one is not told where its selection is
    first = paper(page).locator("p").first
    first.click()
    before = first.inner_text()
    # an editor that has just got the focus may still put its selection where it was
    while page.evaluate("getSelection().toString()") != before:
        page.keyboard.press("End")
        page.keyboard.press("Shift+Home")
    page.keyboard.insert_text(text)


def reads(page: Page, *paragraphs: str) -> None:
    """Waits until the text is these paragraphs."""
    expect(paper(page).locator("p")).to_have_text(list(paragraphs))


def saved(page: Page) -> None:
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "saved")

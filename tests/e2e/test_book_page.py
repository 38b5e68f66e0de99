"""A book in a real browser: begun from a finished genesis, its contents ordered, a chapter written in two tabs."""

import re
from typing import Any
from uuid import uuid4

import pytest
from genesis_types.enums import GenesisStage
from playwright.sync_api import Page, expect

from domain.genesis.stages import STAGE_ORDER
from tests.support.axe import violations
from tests.support.commands import CONTENTS
from tests.support.paper import reads, retype, write

pytestmark = pytest.mark.browser

CHAPTERS = [
    {"n": 1, "title": "Low Water", "part": "Ebb", "summary": "The clock stops.", "target_words": 2000},
    {"n": 2, "title": "High Water", "part": "Ebb", "summary": "It runs again."},
]


def command(page: Page, command_type: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"command_type": command_type, "payload": payload, "command_id": str(uuid4())}
    if session_id is not None:
        body["session_id"] = session_id
    answer = page.request.post("/api/v1/genesis/commands", data=body)
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def finished(page: Page) -> str:
    """The id of a novel whose plot has two chapters."""
    session_id = command(page, "START_GENESIS", mode="free_form", title="The Salt Clock")["session_id"]
    for stage in STAGE_ORDER:
        more = {"chapters": CHAPTERS} if stage is GenesisStage.PLOT_OUTLINE else {}
        command(page, "CONFIRM_STAGE", session_id, stage=stage, content=CONTENTS[stage] | more)
    novel_id: str = command(page, "FINISH_GENESIS", session_id)["result"]["novel_id"]
    return novel_id


def titles(page: Page, *expected: str) -> None:
    expect(page.get_by_test_id("entry-title")).to_have_text(list(expected))


def narrow(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_book_is_begun_ordered_and_written_in_two_tabs(page: Page) -> None:
    page.goto(f"/novels/{finished(page)}")
    page.get_by_test_id("begin-book").click()
    page.wait_for_url(re.compile("/projects/"))
    titles(page, "Ebb", "Low Water", "High Water")

    page.get_by_role("textbox", name="Title of the new one").fill("Slack")
    page.get_by_role("button", name="Add").click()
    titles(page, "Ebb", "Low Water", "High Water", "Slack")
    page.get_by_test_id("outline").get_by_role("link", name="Slack").focus()
    page.keyboard.press("Alt+ArrowUp")
    titles(page, "Ebb", "Low Water", "Slack", "High Water")
    page.get_by_role("button", name="Remove “Ebb”").click()
    titles(page)
    page.get_by_test_id("undo").click()
    titles(page, "Ebb", "Low Water", "Slack", "High Water")
    assert violations(page) == []
    narrow(page)

    page.get_by_test_id("outline").get_by_role("link", name="Low Water").click()
    write(page, "The clock stopped.", "Nobody noticed.")
    expect(page.get_by_test_id("saved")).to_contain_text("Saved at")
    page.reload()
    reads(page, "The clock stopped.", "Nobody noticed.")
    page.get_by_test_id("chapter-menu").click()
    expect(page.get_by_role("menu")).to_be_visible()
    assert violations(page) == []
    with page.expect_download() as saved:
        page.get_by_test_id("chapter-html").click()
    assert saved.value.suggested_filename == "The Salt Clock – Low Water.html"
    assert violations(page) == []
    narrow(page)

    other = page.context.new_page()
    other.goto(page.url)
    write(other, "The sea did.")
    reads(page, "The clock stopped.", "Nobody noticed.", "The sea did.")

    page.route("**/chapters/commands", lambda route: route.abort())
    retype(page, "The clock stopped at four.")
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "saving")
    retype(other, "The clock had stopped.")
    expect(other.get_by_test_id("saved")).to_have_attribute("data-state", "saved")
    page.unroute_all()
    expect(page.get_by_test_id("clash")).to_contain_text("The clock stopped at four.", timeout=30_000)
    expect(page.get_by_test_id("clash")).to_contain_text("The clock had stopped.")
    assert violations(page) == []
    page.get_by_role("button", name="Keep both").click()
    for one in (page, other):
        reads(one, "The clock had stopped.", "The clock stopped at four.", "Nobody noticed.", "The sea did.")
    other.close()

    page.get_by_role("link", name="The Salt Clock").click()
    expect(page.get_by_test_id("entry").nth(1)).to_contain_text("14 of 2,000 words")

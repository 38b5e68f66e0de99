"""Contents in a real browser: chapters proposed by the muse, accepted one and all, a finding waived, cards moved."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations

pytestmark = pytest.mark.browser


def test_chapters_are_proposed_and_accepted_and_a_finding_is_waived(page: Page) -> None:
    body = {"command_type": "CREATE_PROJECT", "payload": {"title": "The Salt Clock"}, "command_id": str(uuid4())}
    project_id = page.request.post("/api/v1/projects/commands", data=body).json()["project_id"]
    page.goto(f"/projects/{project_id}")

    panel = page.get_by_test_id("proposing")
    panel.get_by_text("Propose chapters").click()
    panel.get_by_label("To chapter").fill("6")
    panel.get_by_label("Who writes").select_option("muse")
    assert violations(page) == []
    panel.get_by_role("button", name="Propose them").click()
    expect(panel).to_have_attribute("data-status", "written", timeout=60_000)
    cards = panel.get_by_test_id("proposed-chapter")
    expect(cards).to_have_count(6)
    expect(page.get_by_test_id("entry")).to_have_count(0)
    assert violations(page) == []

    panel.get_by_role("button", name="Put chapter 1 into the contents").click()
    expect(page.get_by_test_id("entry")).to_have_count(1)
    expect(cards.first).to_contain_text("In the contents")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})
    panel.get_by_test_id("accept-contents").click()
    expect(panel).to_have_attribute("data-status", "none")
    expect(page.get_by_test_id("entry")).to_have_count(6)

    plan = {"summary": "She waits.", "goal": "To leave.", "who": [], "target_words": 1500}
    contents = page.request.get(f"/api/v1/projects/{project_id}").json()["contents"]
    change = {"command_type": "PLAN_CHAPTER", "project_id": project_id, "command_id": str(uuid4())}
    page.request.post(
        "/api/v1/projects/commands", data=change | {"payload": {"entry_id": contents[2]["id"], "plan": plan}}
    )
    finding = page.get_by_test_id("finding")
    expect(finding).to_contain_text("Nothing turns in this chapter.", timeout=30_000)
    finding.get_by_test_id("waive").click()
    finding.get_by_label("Why it is meant so").fill("A rest before the storm.")
    finding.get_by_role("button", name="Leave it so").click()
    expect(page.get_by_test_id("findings")).to_contain_text("Meant so: 1")

    page.get_by_text("Corkboard", exact=True).click()
    board = page.get_by_test_id("board-card")
    expect(board).to_have_count(6)
    first, second = board.nth(0).get_by_role("link").inner_text(), board.nth(1).get_by_role("link").inner_text()
    board.nth(0).get_by_role("link").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(board.nth(0)).to_contain_text(second)
    board.nth(0).drag_to(board.nth(1))
    expect(board.nth(0)).to_contain_text(first)
    assert violations(page) == []

"""A chapter in a real browser: planned, written by the muse, and accepted, one scene and then the rest."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.paper import paper, reads

pytestmark = pytest.mark.browser


def project(page: Page, command_type: str, project_id: str | None = None, **payload: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"command_type": command_type, "payload": payload, "command_id": str(uuid4())}
    whose = {"project_id": project_id} if project_id else {}
    answer = page.request.post("/api/v1/projects/commands", data=body | whose)
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def test_a_chapter_is_planned_written_and_accepted(page: Page) -> None:
    project_id = project(page, "CREATE_PROJECT", title="The Salt Clock")["project_id"]
    entry_id = project(page, "ADD_ENTRY", project_id, kind="chapter", title="Low Water")["result"]["entry_id"]
    page.goto(f"/projects/{project_id}/chapters/{entry_id}")

    page.get_by_text("Plan this chapter").click()
    page.get_by_label("Summary").fill("Ines finds the clock stopped and goes down to the quay to ask the sea why.")
    page.get_by_label("Who is in it").fill("Ines, Tom")
    page.get_by_label("Place").fill("Marrow Quay")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_test_id("plan")).to_contain_text("Ines, Tom")
    page.get_by_text("Plan of this chapter").click()

    panel = page.get_by_test_id("drafting")
    panel.get_by_text("Write this chapter").click()
    panel.get_by_label("Length in words").fill("900")
    panel.get_by_label("Who writes").select_option("muse")
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})
    panel.get_by_role("button", name="Write it").click()

    expect(panel).to_have_attribute("data-status", "written", timeout=60_000)
    scenes = panel.get_by_test_id("scene")
    first = scenes.first.locator("> p").all_inner_texts()
    reads(page, "")
    assert violations(page) == []

    panel.get_by_role("button", name="Go to my text").click()
    expect(page.get_by_test_id("manuscript")).to_be_focused()
    panel.get_by_role("button", name="Put scene 1 into the text").click()
    reads(page, *first)
    expect(scenes.first).to_contain_text("In the text")
    expect(scenes.first.locator("p").first).to_be_hidden()  # folded away: the text below is near again
    page.get_by_test_id("accept-draft").click()
    expect(panel).to_have_attribute("data-status", "none")
    expect(paper(page).locator("p").nth(len(first))).to_be_visible()
    assert paper(page).locator("p").all_inner_texts()[: len(first)] == first

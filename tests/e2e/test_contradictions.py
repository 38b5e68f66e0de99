"""What does not agree is listed with a change for each; the writer accepts, or leaves it, and it stays so."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.commands import CONTENTS
from tests.support.forcing import COMMANDS

pytestmark = pytest.mark.browser


def give(page: Page, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    command = {"command_type": kind, "payload": payload} | ({"session_id": session_id} if session_id else {})
    answer = page.request.post(COMMANDS, data=command)
    assert answer.ok, answer.text()
    return dict(answer.json())


def renamed(page: Page, old: str, new: str, concept: str, *chapters: str) -> str:
    """A session whose stages are confirmed, and one person is called otherwise after that."""
    session_id = str(give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
    person = {"id": "p", "name": old, "one_line_storyline": "Learns."}
    changes: dict[str, Any] = {
        "CONCEPT_SELECTION": {"hook": concept},
        "CHARACTERS": {"characters": [person]},
        "PLOT_OUTLINE": {
            "chapters": [{"n": n, "title": "Next", "summary": text} for n, text in enumerate(chapters, start=1)]
        },
    }
    for stage, content in CONTENTS.items():
        give(page, "CONFIRM_STAGE", session_id, stage=stage, content=content | changes.get(stage, {}))
    cast = {"characters": [person | {"name": new}]}
    version = give(page, "CONFIRM_STAGE", session_id, stage="CHARACTERS", content=cast)["version"]
    page.request.get(f"/api/v1/genesis/{session_id}/state/compact?min_version={version}")
    return session_id


def test_changes_are_accepted_or_left_and_a_reload_brings_nothing_back(page: Page) -> None:
    session_id = renamed(
        page, "Mara Venn", "Ada Venn", "Then Mara waits.", "So Mara lights the lamp.", "It is Mara's bell.", "Begins."
    )
    page.goto(f"/sessions/{session_id}")
    notice = page.get_by_test_id("contradictions")
    expect(notice).to_contain_text("3 contradictions")
    notice.get_by_role("button").click()
    items = page.get_by_test_id("contradiction")
    expect(items).to_have_count(3)
    expect(items.first).to_contain_text("“Mara Venn” is called “Ada Venn” in Characters.")
    expect(items.first.locator("del")).to_have_text("Mara")
    expect(items.first.locator("ins")).to_have_text("Ada")
    expect(page.get_by_role("dialog")).to_have_css("opacity", "1")  # it is faded in
    assert violations(page) == []

    items.first.get_by_test_id("leave-it").click()
    expect(items).to_have_count(2)
    expect(page.get_by_test_id("contradiction-list").locator("p").first).to_be_focused()
    page.get_by_test_id("undo-leave").get_by_role("button", name="Undo").click()
    expect(items).to_have_count(3)
    expect(page.get_by_test_id("undo-leave")).to_have_count(0)
    items.first.get_by_test_id("leave-it").click()
    expect(items).to_have_count(2)
    items.filter(has_text="bell").get_by_test_id("accept-change").click()
    expect(items).to_have_count(1)

    page.reload()
    expect(notice).to_contain_text("One contradiction")
    page.set_viewport_size({"width": 320, "height": 700})
    notice.get_by_role("button").click()
    expect(items).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    items.first.get_by_test_id("accept-change").focus()
    page.keyboard.press("Enter")
    expect(items).to_have_count(0)
    page.keyboard.press("Escape")
    expect(notice).to_have_count(0)
    page.get_by_test_id("left-ones").click()
    page.get_by_test_id("left-list").locator("summary").click()
    expect(page.get_by_test_id("left-one")).to_contain_text("Then Mara waits.")
    assert violations(page) == []
    page.get_by_test_id("bring-up").click()
    expect(items).to_have_count(1)
    page.keyboard.press("Escape")
    expect(notice).to_contain_text("One contradiction")
    state = page.request.get(f"/api/v1/genesis/{session_id}/state").json()["confirmed_data"]
    assert state["CONCEPT_SELECTION"]["hook"] == "Then Mara waits."
    summaries = [chapter["summary"] for chapter in state["PLOT_OUTLINE"]["chapters"]]
    assert summaries == ["So Ada lights the lamp.", "It is Ada's bell.", "Begins."]


def test_all_are_accepted_at_once_in_chinese_and_what_only_the_writer_can_tell_is_left(page: Page) -> None:
    session_id = renamed(page, "Will Venn", "Tom Venn", "Will leaves.", "So Will left.", "Then Will came.")
    page.evaluate("localStorage.setItem('genesis:language', 'zh')")
    page.goto(f"/sessions/{session_id}")
    page.get_by_test_id("contradictions").get_by_role("button").click()
    items = page.get_by_test_id("contradiction")
    expect(items).to_have_count(3)
    expect(items.first).to_contain_text("只有你能判断")
    expect(items.first.get_by_test_id("accept-change")).to_have_count(0)
    page.get_by_test_id("accept-all").click()
    expect(items).to_have_count(1)
    expect(page.get_by_test_id("timeline-entry").first).to_contain_text("改为一致")

"""The Insights page in a real browser: empty for who is new, then figures whose numbers open their cases; narrow and
wide, in both languages."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.genesis.stages import STAGE_ORDER
from tests.support.axe import violations
from tests.support.commands import CONTENTS
from tests.support.pages import follow, login_url, new_context
from tests.support.studio import Studio

pytestmark = pytest.mark.browser


def give(page: Page, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    """An accepted command's answer."""
    body = {"command_type": kind, "payload": payload} | ({"session_id": session_id} if session_id else {})
    answer = page.request.post("/api/v1/genesis/commands", data=body)
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def proposals(page: Page, session: str, min_version: int = 0) -> list[dict[str, Any]]:
    """Those of the first stage, the oldest first."""
    answer = page.request.get(f"/api/v1/genesis/{session}/state", params={"min_version": min_version})
    (stage,) = [one for one in answer.json()["stages"] if one["stage"] == STAGE_ORDER[0]]
    return list(stage["proposals"])


def written(page: Page) -> None:
    """Two sessions: one with proposals of the muse, a concept edited before it was accepted; one given up."""
    session = str(give(page, "START_GENESIS", mode="free_form", seed="a clock that runs on tides")["session_id"])
    give(page, "GENERATE_INSPIRATION", session, stage=STAGE_ORDER[0], count=2)
    page.goto(f"/sessions/{session}")
    expect(page.get_by_test_id("pending-indicator")).to_have_count(0, timeout=30_000)
    expect(page.get_by_test_id("proposal-card")).to_have_count(2, timeout=30_000)
    proposal = proposals(page, session)[0]
    content = proposal["content"] | {"title": "The Clock of the Tides 潮汐"}
    give(page, "PROVIDE_FEEDBACK", session, proposal_id=proposal["id"], text="More sea.", path="/title")
    expect(page.get_by_test_id("proposal-card")).to_have_count(3, timeout=30_000)
    edited = give(page, "EDIT_CONTENT", session, stage=STAGE_ORDER[0], proposal_id=proposal["id"], content=content)
    last = proposals(page, session, edited["version"])[-1]
    give(page, "CONFIRM_STAGE", session, stage=STAGE_ORDER[0], proposal_id=last["id"])
    give(page, "CONFIRM_STAGE", session, stage=STAGE_ORDER[1], content=CONTENTS[STAGE_ORDER[1]])
    other = str(give(page, "START_GENESIS", mode="free_form", seed="")["session_id"])
    give(page, "ABANDON_GENESIS", other, reason="enough")


def test_insights_of_a_new_writer_and_of_one_who_has_written(browser: Browser, studio: Studio) -> None:
    assert studio.genesis("users", "add", "insightful").returncode == 0
    context = new_context(browser, studio)
    page = context.new_page()
    follow(page, login_url(studio, "insightful"))
    page.get_by_role("link", name="Insights").click()
    expect(page.get_by_test_id("insights-empty")).to_contain_text("Nothing to count yet")
    assert violations(page) == []

    written(page)
    page.goto("/insights")
    funnel = page.get_by_test_id("insights-funnel")
    expect(funnel).to_contain_text("Sessions begun in this time: 2")
    expect(funnel.locator("svg.recharts-surface").first).to_be_visible()
    expect(page.get_by_test_id("insights-edits").locator("tbody tr").last).to_contain_text("0 of 1")
    expect(page.get_by_test_id("insights-rounds")).to_contain_text("None: written by hand")
    expect(page.get_by_test_id("insights-rounds")).to_contain_text("1 of 2 few")
    expect(page.get_by_test_id("insights")).not_to_contain_text("%")

    # a number opens what it was counted from, and the keyboard comes back to it
    number = funnel.get_by_role("button", name="1").first
    number.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_contain_text("Place in the log")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(number).to_be_focused()

    for language, title in (("en", "Insights"), ("zh", "洞察")):
        page.evaluate(f"localStorage.setItem('genesis:language', {json.dumps(language)})")
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto("/insights")
            expect(page.get_by_role("heading", level=1)).to_have_text(title)
            expect(page.locator("svg.recharts-surface").first).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert violations(page) == []

    # days before anything happened
    page.goto("/insights?range=own&last=2020-01-01")
    expect(page.get_by_test_id("insights-empty")).to_be_visible()
    context.close()

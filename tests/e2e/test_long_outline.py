"""A long outline saved again and again: frames stay small, and the page reads, edits and goes back as ever."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.forcing import COMMANDS, just_before_the_next_command, state_of
from tests.support.outlines import outline
from tests.support.pages import save

pytestmark = pytest.mark.browser
STAGE = "PLOT_OUTLINE"
SAVES = 13
MOST = 200_000


def give(page: Page, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    command = {"command_type": kind, "payload": payload} | ({"session_id": session_id} if session_id else {})
    answer = page.request.post(COMMANDS, data=command)
    assert answer.ok, answer.text()
    return dict(answer.json())


def kept_small(page: Page) -> list[int]:
    """Bytes of each frame that the page is sent from now on."""
    sizes: list[int] = []
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.on("Network.eventSourceMessageReceived", lambda frame: sizes.append(len(frame["data"].encode()) + 30))
    return sizes


def card(page: Page, text: str) -> Locator:
    return page.get_by_test_id("proposal-card").filter(has=page.get_by_text(text, exact=True))


def test_a_long_outline_is_read_edited_and_gone_back_to(page: Page) -> None:
    session_id = str(give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
    give(page, "NAVIGATE_TO_STAGE", session_id, stage=STAGE)
    for n in range(1, SAVES + 1):
        text = outline(300_000, seed=n, title=f"The tide of version {n}", chapter=7_500)
        version = give(page, "EDIT_CONTENT", session_id, stage=STAGE, content=text)["version"]
    page.request.get(f"/api/v1/genesis/{session_id}/state/compact?min_version={version}")
    sizes = kept_small(page)
    page.goto(f"/sessions/{session_id}")
    newest = card(page, f"The tide of version {SAVES}")
    expect(newest).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("content-coming")).to_have_count(0)

    newest.get_by_role("button", name="Edit", exact=True).click()
    page.locator('[data-path="beats.0.summary"]').fill("The tide does not turn")
    save(page)
    edited = card(page, "The tide does not turn")
    expect(edited).to_be_visible(timeout=30_000)
    expect(edited.get_by_label("What changed")).to_contain_text("The tide does not turn")

    page.get_by_role("button", name="Version 2 ·").click()
    old = card(page, "The tide of version 2")
    expect(old).to_be_visible(timeout=30_000)
    old.get_by_test_id("confirm-button").click()
    expect(page.get_by_test_id(f"stage-{STAGE}")).to_have_attribute("data-status", "confirmed", timeout=30_000)
    page.reload()
    expect(card(page, "The tide of version 2")).to_be_visible(timeout=30_000)
    expect(card(page, "The tide does not turn")).to_be_visible()

    state = state_of(page)
    proposals = state["stages"][-1]["proposals"]
    assert len(proposals) == SAVES + 1
    assert state["confirmed_data"][STAGE] == proposals[1]["content"]
    assert len(json.dumps(state)) > 10 * MOST
    assert max(sizes) < MOST


def test_a_long_text_that_was_changed_meanwhile_is_shown_beside_ones_own_and_can_be_locked(page: Page) -> None:
    session_id = str(give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
    give(page, "NAVIGATE_TO_STAGE", session_id, stage=STAGE)
    first = outline(300_000, title="The tide", chapter=7_500)
    version = give(page, "EDIT_CONTENT", session_id, stage=STAGE, content=first)["version"]
    page.request.get(f"/api/v1/genesis/{session_id}/state/compact?min_version={version}")
    page.goto(f"/sessions/{session_id}")
    card(page, "The tide").get_by_role("button", name="Edit", exact=True).click(timeout=30_000)
    page.locator('[data-path="beats.0.summary"]').fill("My tide")
    proposal_id = state_of(page)["stages"][-1]["proposals"][0]["id"]
    theirs = first | {"beats": outline(1_000, title="Their tide")["beats"]}
    payload = {"stage": STAGE, "proposal_id": proposal_id, "content": theirs}
    just_before_the_next_command(page, command_type="EDIT_CONTENT", session_id=session_id, payload=payload)
    save(page)
    expect(page.get_by_test_id("conflict-now").get_by_text("Their tide", exact=True)).to_be_visible(timeout=30_000)
    page.get_by_test_id("keep-mine").click()
    mine = card(page, "My tide")
    expect(mine).to_be_visible(timeout=30_000)
    mine.get_by_role("button", name="Lock “Beats”").click()
    expect(mine.get_by_role("button", name="Unlock “Beats”")).to_be_visible(timeout=30_000)
    assert state_of(page)["stages"][-1]["locked_paths"] == ["/beats"]


def test_a_text_that_cannot_be_fetched_is_asked_for_again(page: Page) -> None:
    session_id = str(give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
    give(page, "NAVIGATE_TO_STAGE", session_id, stage=STAGE)
    text = outline(300_000, title="The tide", chapter=7_500)
    version = give(page, "EDIT_CONTENT", session_id, stage=STAGE, content=text)["version"]
    page.request.get(f"/api/v1/genesis/{session_id}/state/compact?min_version={version}")
    page.route("**/proposals/*", lambda route: route.fulfill(status=404, json={"code": "NOT_FOUND", "status": 404}))
    page.goto(f"/sessions/{session_id}")
    expect(page.get_by_test_id("content-failed")).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("confirm-button")).to_have_attribute("data-disabled", "true")
    page.unroute("**/proposals/*")
    page.get_by_test_id("content-failed").get_by_role("button", name="Try again").click()
    expect(card(page, "The tide")).to_be_visible(timeout=30_000)


def test_the_fields_of_a_folded_chapter_come_when_it_is_opened_or_has_a_fault(page: Page) -> None:
    session_id = str(give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
    give(page, "NAVIGATE_TO_STAGE", session_id, stage=STAGE)
    # what a program accepts without a proposal has a card, and its text is edited as others are
    text = outline(20_000, title="The tide", chapter=300)
    version = give(page, "CONFIRM_STAGE", session_id, stage=STAGE, content=text)["version"]
    page.request.get(f"/api/v1/genesis/{session_id}/state/compact?min_version={version}")
    page.goto(f"/sessions/{session_id}")
    accepted = page.get_by_test_id("accepted-text")
    expect(accepted).to_contain_text("Accepted as it was given, without a proposal")
    expect(page.get_by_text("Nothing here yet.")).to_have_count(0)
    assert violations(page) == []
    accepted.get_by_role("button", name="Edit", exact=True).click()

    chapters = page.locator('[data-path="chapters"]')
    expect(chapters.locator("details")).to_have_count(len(text["chapters"]))
    assert violations(page) == []
    expect(chapters.locator("textarea")).to_have_count(0)
    chapters.get_by_text("The tide 30", exact=True).click()
    page.locator('[data-path="chapters.29.title"]').fill("")
    expect(chapters.get_by_text("Chapters 30", exact=True)).to_be_visible()
    page.locator('[data-path="chapters.29.purpose"]').fill("To turn")
    chapters.get_by_text("Chapters 30", exact=True).click()
    save(page)
    expect(page.locator('[data-path="chapters.29.title"]')).to_be_focused()
    page.keyboard.type("Ebb")
    chapters.get_by_role("button", name="Move up").first.focus()  # the first item has none
    page.keyboard.press("Enter")
    expect(chapters.locator("[data-path^='chapters.'] > summary").first).to_contain_text("The tide 2")
    save(page)
    expect(page.get_by_test_id("proposal-card")).to_contain_text("To turn", timeout=30_000)
    saved = state_of(page)["stages"][-1]["proposals"][0]["content"]["chapters"]
    assert [one["title"] for one in (saved[0], saved[1], saved[29])] == ["The tide 2", "The tide 1", "Ebb"]
    expect(accepted).to_be_visible()

"""Time on the page: any moment of a session, shared, played, compared, branched; the tree of branches."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.forcing import COMMANDS, state_of
from tests.support.pages import begin, ready

pytestmark = pytest.mark.browser


def give(page: Page, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    command = {"command_type": kind, "payload": payload} | ({"session_id": session_id} if session_id else {})
    answer = page.request.post(COMMANDS, data=command)
    assert answer.ok, answer.text()
    return dict(answer.json())


def place(page: Page) -> Locator:
    return page.get_by_test_id("past-place")


def looks_at(page: Page, version: int, head: int) -> None:
    """The page shows that moment, and its address says so."""
    expect(place(page)).to_have_text(f"{version} of {head}")
    expect(page.get_by_test_id("past-bar")).not_to_have_attribute("data-loading", "true")
    page.wait_for_url(re.compile(rf"[?&]at={version}(&|$)"))


def is_now(page: Page) -> None:
    expect(page.get_by_test_id("past-bar")).to_have_count(0)
    page.wait_for_url(lambda url: "at=" not in url)


def journey(page: Page) -> tuple[str, int]:
    """Concept and story accepted in a guided genesis, proposals for the characters on the table."""
    begin(page, "guided", "A ferryman who may not cross the river himself")
    for stage in ("CONCEPT_SELECTION", "STORY_CONCEPTION"):
        ready(page)
        page.get_by_test_id("confirm-button").first.click()
        expect(page.get_by_test_id(f"stage-{stage}")).to_have_attribute("data-status", "confirmed", timeout=30_000)
    expect(page.get_by_test_id("stage-CHARACTERS")).to_have_attribute("data-status", "proposed", timeout=30_000)
    ready(page)
    state = state_of(page)
    expect(page.get_by_test_id("timeline-entry")).to_have_count(state["version"])
    return state["session_id"], state["version"]


def version_of(page: Page, session_id: str, event_type: str, stage: str) -> int:
    items = page.request.get(f"/api/v1/genesis/{session_id}/events?limit=200").json()["items"]
    return next(int(item["version"]) for item in items if (item["event_type"], item["stage"]) == (event_type, stage))


def test_the_whole_studio_shows_a_moment_and_goes_back_to_now(page: Page) -> None:
    session_id, head = journey(page)
    proposed = version_of(page, session_id, "ProposalsRecorded", "CONCEPT_SELECTION")

    # words that were not sent; keys do nothing in a text
    box = page.get_by_test_id("feedback-input").first
    box.fill("Older, ")
    box.press("ArrowLeft")
    box.press("Home")
    is_now(page)
    page.get_by_test_id("wishes-input").fill("more river")
    page.get_by_role("heading", level=2).click()

    # ← from now, event by event; Shift by stage; Home and End
    page.keyboard.press("ArrowLeft")
    looks_at(page, head - 1, head)
    page.keyboard.press("Home")
    looks_at(page, 1, head)
    expect(page.get_by_test_id("past-event")).to_have_text("Genesis began")
    page.keyboard.press("Shift+ArrowRight")
    looks_at(page, version_of(page, session_id, "StageEntered", "STORY_CONCEPTION"), head)
    expect(page.get_by_test_id("stage-CHARACTERS")).to_have_attribute("data-status", "empty")

    # the slider: stages, proposals and actions are those of then; nothing can be done, and it is said why
    slider = page.get_by_test_id("scrubber")
    slider.fill(str(proposed))
    looks_at(page, proposed, head)
    expect(slider).to_have_attribute("aria-valuetext", re.compile(rf"^{proposed} of {head}: 3 proposed: Concept, "))
    expect(page.get_by_test_id("stage-CONCEPT_SELECTION")).to_have_attribute("data-status", "proposed")
    expect(page.get_by_test_id("proposal-card")).to_have_count(3)
    confirm = page.get_by_test_id("confirm-button").first
    expect(confirm).to_have_attribute("aria-disabled", "true")
    expect(confirm).to_have_accessible_description(re.compile(rf"^You are looking at event {proposed} of {head}\."))
    expect(page.get_by_test_id("finish-button")).to_have_accessible_description(re.compile("Then, too, it could not"))
    expect(page.get_by_test_id("feedback-input")).to_have_count(0)
    assert violations(page) == []

    # a reload and a copied link show the same moment; a link to what is not theirs tells nobody anything
    page.reload()
    looks_at(page, proposed, head)
    expect(page.get_by_test_id("proposal-card")).to_have_count(3)
    other = page.context.new_page()
    other.goto(page.url)
    looks_at(other, proposed, head)
    other.goto(f"/sessions/{uuid4()}?at={proposed}")
    expect(other.get_by_role("alert")).to_contain_text("There is no such session, or it is not yours.")
    other.close()

    # what happens meanwhile moves nobody; the way becomes longer
    give(page, "NAVIGATE_TO_STAGE", session_id, stage="STORY_CONCEPTION")
    looks_at(page, proposed, head + 1)
    expect(page.get_by_test_id("stage-CONCEPT_SELECTION")).to_have_attribute("aria-current", "step")

    # played from here to now, without a wait for the nights in between
    page.get_by_text("16×").click()
    page.get_by_test_id("past-event").click()
    page.keyboard.press("Space")
    is_now(page)
    expect(page.get_by_test_id("stage-STORY_CONCEPTION")).to_have_attribute("aria-current", "step")

    # Escape goes back from anywhere; what was typed is where it was
    page.keyboard.press("ArrowLeft")
    looks_at(page, head, head + 1)
    page.keyboard.press("Escape")
    is_now(page)
    give(page, "NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
    expect(page.get_by_test_id("feedback-input").first).to_have_value("Older, ")
    expect(page.get_by_test_id("wishes-input")).to_have_value("more river")


def test_what_differs_a_branch_and_the_tree(page: Page) -> None:
    session_id, head = journey(page)
    accepted = version_of(page, session_id, "StageConfirmed", "STORY_CONCEPTION")
    page.goto(f"/sessions/{session_id}?at={accepted}")
    looks_at(page, accepted, head)

    page.get_by_test_id("differences-button").click()
    found = page.get_by_test_id("differences")
    expect(found.get_by_role("heading", name="Characters")).to_be_visible()
    expect(found.locator("ins").filter(has_text="proposed").first).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)
    expect(page.get_by_test_id("differences-button")).to_be_focused()
    looks_at(page, accepted, head)  # Escape closed what was open, and no more

    page.get_by_test_id("branch-here").click()
    page.wait_for_url(lambda url: session_id not in url)
    expect(page.get_by_test_id("stage-STORY_CONCEPTION")).to_have_attribute("data-status", "confirmed")
    expect(page.get_by_test_id("stage-CHARACTERS")).to_have_attribute("data-status", "empty")
    for at in range(1, 50):
        last = give(page, "BRANCH_GENESIS", from_session_id=session_id, at_version=1 + at % head)["session_id"]
    readable = f"/api/v1/genesis/{last}/state?min_version=1"
    assert any(page.request.get(readable).ok for _ in range(20))  # each waits for the read side as long as one may

    # the tree, by keyboard; it says where each left and how it stands
    page.get_by_test_id("family-button").click()
    sessions = page.get_by_test_id("family-session")
    expect(sessions).to_have_count(51)
    expect(page.locator("[data-own]")).to_be_focused()
    expect(page.locator("[data-own]")).to_contain_text(f"left at event {accepted}")
    page.keyboard.press("ArrowLeft")
    expect(sessions.first).to_be_focused()
    page.keyboard.press("Enter")
    assert violations(page) == []
    page.get_by_test_id("family-compare").click()
    expect(page.get_by_test_id("differences").get_by_role("heading", name="Characters")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("differences")).to_have_count(0)
    page.get_by_test_id("family-open").click()
    page.wait_for_url(re.compile(session_id))

    # the same on the narrowest phone
    page.set_viewport_size({"width": 320, "height": 900})
    page.get_by_text("History", exact=True).click()
    page.get_by_test_id("family-button").click()
    sessions.last.click()
    tree = page.get_by_test_id("family")
    assert tree.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("0", "before the beginning"),
        ("999", "after the newest"),
        ("2001-01-01", "before the beginning"),
        ("x", "nor a time"),
    ],
)
def test_a_moment_that_is_not_there(page: Page, said: str, why: str) -> None:
    session_id = give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"]
    give(page, "NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
    page.goto(f"/sessions/{session_id}?at={said}")
    refused = page.get_by_test_id("past-refused")
    expect(refused).to_contain_text(why)
    expect(page.get_by_test_id("generate-button").first).to_be_visible()
    refused.get_by_test_id("back-to-now").click()
    expect(refused).to_have_count(0)
    is_now(page)


def test_the_slider_on_a_narrow_phone(page: Page) -> None:
    session_id = give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"]
    for stage in ("CHARACTERS", "WORLDVIEW", "PLOT_OUTLINE", "CHARACTERS"):
        version = give(page, "NAVIGATE_TO_STAGE", session_id, stage=stage)["version"]
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/sessions/{session_id}?at=2")
    looks_at(page, 2, version)
    slider = page.get_by_test_id("scrubber")
    box = slider.bounding_box()
    assert box is not None
    slider.click(position={"x": box["width"] - 2 - box["width"] / 4, "y": box["height"] / 2})
    looks_at(page, 4, version)
    expect(page.get_by_test_id("stage-PLOT_OUTLINE")).to_have_attribute("aria-current", "step")
    for language in ("中文", "EN"):
        page.get_by_text(language, exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_test_id("back-to-now").click()
    is_now(page)

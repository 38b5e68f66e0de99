"""A text is changed while the writer answers it: accepting, feedback, locks and shortlist ask before they go on."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.forcing import just_before_the_next_command, state_of
from tests.support.pages import begin, ready, titled

pytestmark = pytest.mark.browser
STAGE = "CONCEPT_SELECTION"


@pytest.fixture
def concepts(page: Page) -> tuple[Page, list[dict[str, Any]]]:
    """A session with concepts, and the concepts."""
    begin(page, "free", "A lighthouse keeper collects the voices of drowned sailors")
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    return page, state_of(page)["stages"][0]["proposals"]


def revised_meanwhile(page: Page, proposal: dict[str, Any]) -> None:
    content = proposal["content"] | {"title": "The Drowned Choir"}
    payload = {"stage": STAGE, "proposal_id": proposal["id"], "content": content}
    session_id = state_of(page)["session_id"]
    just_before_the_next_command(page, command_type="EDIT_CONTENT", session_id=session_id, payload=payload)


def asked(page: Page, aim: str) -> None:
    expect(page.get_by_test_id("conflict")).to_have_attribute("data-aim", aim)
    assert violations(page) == []


def test_accepting_what_was_revised_meanwhile_asks_first(concepts: tuple[Page, list[dict[str, Any]]]) -> None:
    page, (first, *_) = concepts
    title = first["content"]["title"]
    accept = titled(page, title).get_by_test_id("confirm-button")
    revised_meanwhile(page, first)
    accept.click()
    asked(page, "accept")
    expect(page.get_by_test_id("conflict-mine")).to_contain_text(title)
    expect(page.get_by_test_id("conflict-now")).to_contain_text("The Drowned Choir")
    expect(page.get_by_test_id("keep-editing")).to_have_count(0)  # nothing was being edited
    expect(page.get_by_test_id("take-theirs")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("conflict")).to_have_count(0)
    assert state_of(page)["stages"][0]["status"] == "proposed"
    accept.click()  # now that it is known
    expect(page.get_by_test_id(f"stage-{STAGE}")).to_have_attribute("data-status", "confirmed")
    assert state_of(page)["stages"][0]["confirmed_proposal_id"] == first["id"]


def test_accepting_all_the_same_accepts_what_was_meant(concepts: tuple[Page, list[dict[str, Any]]]) -> None:
    page, (first, *_) = concepts
    revised_meanwhile(page, first)
    titled(page, first["content"]["title"]).get_by_test_id("confirm-button").click()
    page.get_by_test_id("keep-mine").click()
    expect(page.get_by_test_id(f"stage-{STAGE}")).to_have_attribute("data-status", "confirmed")
    assert state_of(page)["stages"][0]["confirmed_proposal_id"] == first["id"]


@pytest.mark.parametrize("choice", ["keep-editing", "take-theirs", "keep-mine"])
def test_feedback_on_what_was_revised_meanwhile_is_kept_whatever_is_chosen(
    concepts: tuple[Page, list[dict[str, Any]]], choice: str
) -> None:
    page, (first, *_) = concepts
    card = titled(page, first["content"]["title"])
    card.get_by_test_id("feedback-input").fill("Make the keeper older")
    revised_meanwhile(page, first)
    card.get_by_test_id("feedback-send").click()
    asked(page, "words")
    expect(page.get_by_test_id("conflict-mine")).to_contain_text("Make the keeper older")
    page.get_by_test_id(choice).click()
    if choice == "keep-mine":
        expect(page.locator("q", has_text="Make the keeper older").first).to_be_visible()
        ready(page)
        return
    if choice == "take-theirs":
        expect(page.get_by_test_id("set-aside")).to_contain_text("Make the keeper older")
        expect(page.get_by_test_id("set-aside")).to_be_in_viewport()
    else:
        expect(card.get_by_test_id("feedback-input")).to_have_value("Make the keeper older")
    assert state_of(page)["stages"][0]["feedback"] == []


def test_locks_that_were_set_otherwise_meanwhile_are_named(concepts: tuple[Page, list[dict[str, Any]]]) -> None:
    page, (first, *_) = concepts
    payload = {"stage": STAGE, "proposal_id": first["id"], "locked_paths": ["/logline"]}
    session_id = state_of(page)["session_id"]
    just_before_the_next_command(page, command_type="EDIT_CONTENT", session_id=session_id, payload=payload)
    card = titled(page, first["content"]["title"])
    card.get_by_role("button", name="Lock “Title”").click()
    asked(page, "locks")
    expect(page.get_by_test_id("conflict-mine").get_by_role("listitem")).to_have_text(["Title"])
    expect(page.get_by_test_id("conflict-now").get_by_role("listitem")).to_have_text(["Logline"])
    page.get_by_test_id("keep-mine").click()
    expect(card.get_by_role("button", name="Unlock “Title”")).to_be_visible()
    assert state_of(page)["stages"][0]["locked_paths"] == ["/title"]


def test_a_shortlist_that_was_changed_meanwhile_is_shown_by_titles(
    concepts: tuple[Page, list[dict[str, Any]]],
) -> None:
    page, (first, second, *_) = concepts
    payload = {"proposal_ids": [second["id"]]}
    session_id = state_of(page)["session_id"]
    just_before_the_next_command(page, command_type="SELECT_CONCEPT", session_id=session_id, payload=payload)
    titled(page, first["content"]["title"]).get_by_role("button", name="Shortlist").click()
    asked(page, "shortlist")
    expect(page.get_by_test_id("conflict-mine").get_by_role("listitem")).to_have_text([first["content"]["title"]])
    expect(page.get_by_test_id("conflict-now").get_by_role("listitem")).to_have_text([second["content"]["title"]])
    page.get_by_test_id("take-theirs").click()
    expect(page.get_by_test_id("conflict")).to_have_count(0)
    assert state_of(page)["stages"][0]["shortlist"] == [second["id"]]

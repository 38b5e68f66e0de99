"""What a chapter rests on changes while its author looks: told without a reload, left as it is, caught up with; and a
paragraph that is written otherwise by the muse."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.paper import paper, reads

pytestmark = pytest.mark.browser

EYES = str(uuid4())
PATIENT = 60_000


def send(page: Page, whose: str, command_type: str, stream_id: str | None = None, **payload: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"command_type": command_type, "payload": payload, "command_id": str(uuid4())}
    stream = {f"{whose}_id": stream_id} if stream_id else {}
    answer = page.request.post(f"/api/v1/{whose}s/commands", data=body | stream)
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def told(page: Page, chapter_id: str, based_on: int, text: str) -> int:
    """The first chapter says otherwise, from elsewhere; its version then."""
    edits = [{"op": "replace", "block_id": EYES, "based_on": based_on, "text": text}]
    return int(send(page, "chapter", "EDIT_CHAPTER", chapter_id, edits=edits)["version"])


def fits(page: Page) -> None:
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})


def written(page: Page) -> Locator:
    panel = page.get_by_test_id("drafting")
    expect(panel).to_have_attribute("data-status", "written", timeout=PATIENT)
    return panel


def test_a_stale_chapter_is_named_left_as_it_is_and_caught_up_with(page: Page) -> None:
    project_id = send(page, "project", "CREATE_PROJECT", title="The Drowned Bell")["project_id"]
    ids = []
    for title in ("Ebb", "Flood"):
        ids.append(send(page, "project", "ADD_ENTRY", project_id, kind="chapter", title=title)["result"]["entry_id"])
        plan = {"who": ["Ines Vale"], "summary": f"{title} comes to the quay.", "target_words": 300}
        send(page, "project", "PLAN_CHAPTER", project_id, entry_id=ids[-1], plan=plan)
    first, second = ids
    send(page, "chapter", "OPEN_CHAPTER", first, project_id=project_id)
    tail = {"op": "insert", "block_id": str(uuid4()), "after": EYES, "text": "Rain. " * 450}
    blue = {"op": "insert", "block_id": EYES, "after": None, "text": "It rained. Ines Vale’s eyes were blue."}
    version = send(page, "chapter", "EDIT_CHAPTER", first, edits=[blue, tail])["version"]
    page.request.get(f"/api/v1/projects/{project_id}/stale")  # answers once all of that can be read

    page.goto(f"/projects/{project_id}/chapters/{second}")
    page.get_by_test_id("drafting").get_by_text("Write this chapter").click()
    page.get_by_role("button", name="Write it", exact=True).click()
    written(page)
    page.get_by_test_id("accept-draft").click()
    expect(page.get_by_test_id("drafting")).to_have_attribute("data-status", "none")

    page.goto(f"/projects/{project_id}")
    expect(page.get_by_test_id("outline")).to_be_visible()
    expect(page.get_by_test_id("stale")).to_have_count(0)
    version = told(page, first, version, "It rained. Ines Vale’s eyes were green.")
    stale = page.get_by_test_id("stale-chapter")
    expect(stale).to_have_count(1, timeout=PATIENT)  # without a reload
    expect(stale).to_contain_text("2. Flood")
    expect(stale.locator("blockquote")).to_have_text(["Ines Vale’s eyes were blue.", "Ines Vale’s eyes were green."])
    fits(page)
    page.get_by_test_id("stale-fine").click()
    page.get_by_label("Why (optional)").fill("The light.")
    page.get_by_test_id("stale-keep").click()
    expect(stale).to_have_count(0)

    told(page, first, version, "It rained. Ines Vale’s eyes were brown.")
    expect(stale).to_have_count(1, timeout=PATIENT)
    stale.get_by_role("link").click()
    expect(page.get_by_test_id("stale")).to_contain_text("Ines Vale’s eyes were brown.")
    before = paper(page).locator("p").all_inner_texts()
    page.get_by_text("Catch up…").click()
    expect(page.get_by_test_id("draft-price")).to_be_visible()
    fits(page)
    page.get_by_test_id("stale-propose").click()
    written(page)
    reads(page, *before)  # nothing is overwritten
    page.get_by_role("button", name="Put it in place of my text").click()
    expect(page.get_by_test_id("stale")).to_have_count(0, timeout=PATIENT)
    expect(paper(page).locator("p")).not_to_have_text(before)

    text = paper(page).locator("p").all_inner_texts()
    page.get_by_text("Write paragraphs otherwise").click()
    page.get_by_test_id("rewrite").get_by_label("How", exact=True).select_option("longer")
    page.get_by_test_id("rewrite").get_by_role("checkbox").first.check()
    fits(page)
    page.get_by_test_id("rewrite-ask").click()
    panel = written(page)
    expect(panel).to_contain_text("Passage 1 of 1: Longer")
    page.get_by_test_id("accept-draft").click()
    expect(panel).to_have_attribute("data-status", "none")
    expect(paper(page).locator("p")).not_to_have_text(text)
    longer = paper(page).locator("p").all_inner_texts()
    assert len("".join(longer)) > len("".join(text))
    assert longer[0].startswith(text[0])

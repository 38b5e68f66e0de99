"""The check of a book in a real browser: both sentences, the way to a paragraph, a waiver, an edit that mends."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations

pytestmark = pytest.mark.browser

PATIENT = 30_000


def give(page: Page, which: str, command_type: str, whose: dict[str, str], **payload: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"command_type": command_type, "payload": payload, "command_id": str(uuid4())}
    answer = page.request.post(f"/api/v1/{which}/commands", data=body | whose)
    assert answer.ok, answer.text()
    found: dict[str, Any] = answer.json()
    return found


def chapter(page: Page, project: dict[str, str], title: str, who: list[str], *texts: str) -> tuple[str, list[str]]:
    """A chapter with a plan and these paragraphs: its id, and theirs."""
    entry = give(page, "projects", "ADD_ENTRY", project, kind="chapter", title=title)["result"]["entry_id"]
    give(page, "projects", "PLAN_CHAPTER", project, entry_id=entry, plan={"who": who})
    of = {"chapter_id": entry}
    give(page, "chapters", "OPEN_CHAPTER", of, **project)
    ids = [str(uuid4()) for _ in texts]
    after = [None, *ids]
    edits = [
        {"op": "insert", "block_id": one, "text": text, "after": before}
        for one, text, before in zip(ids, texts, after, strict=False)
    ]
    give(page, "chapters", "EDIT_CHAPTER", of, edits=edits)
    return entry, ids


def pictured(page: Page, name: str) -> None:
    """A picture for whoever wants to look at it: in the folder that is named, if one is."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_contradiction_is_shown_found_waived_and_mended(page: Page) -> None:
    project = {"project_id": give(page, "projects", "CREATE_PROJECT", {}, title="The Salt Clock")["project_id"]}
    who = ["Ines Vale", "Tomas Reed"]
    early, _ = chapter(page, project, "Low Water", who, "Ines Vale’s eyes were blue.", "Tomas Reed died in the night.")
    rain = "Rain fell on the quay. " * 12
    late, (_, eyes) = chapter(
        page, project, "High Water", who, rain, "Ines Vale’s eyes were green. Tomas Reed opened the door and nodded."
    )
    page.goto(f"/projects/{project['project_id']}")
    panel = page.get_by_test_id("check")
    expect(panel.get_by_test_id("check-count")).to_have_text("2 contradictions", timeout=PATIENT)
    expect(panel.locator("blockquote")).to_have_text(
        [
            "Ines Vale’s eyes were blue.",
            "Ines Vale’s eyes were green.",
            "Tomas Reed died in the night.",
            "Tomas Reed opened the door and nodded.",
        ]
    )
    assert violations(page) == []
    pictured(page, "check_en")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    pictured(page, "check_en_320")
    page.set_viewport_size({"width": 1280, "height": 800})

    panel.get_by_role("button", name="This is meant").last.click()
    panel.get_by_label("Why it is meant").fill("He only seems to be dead.")
    panel.get_by_role("button", name="Keep as it is").click()
    expect(panel.get_by_test_id("check-count")).to_have_text("1 contradiction", timeout=PATIENT)
    panel.get_by_text("Meant so: 1").click()
    expect(panel).to_contain_text("He only seems to be dead.")
    pictured(page, "check_waived")

    # an edit elsewhere is heard of, and the finding goes
    panel.get_by_role("link", name="Open this place in “High Water”").first.click()
    paper = page.get_by_test_id("manuscript")
    expect(paper).to_be_focused()
    selected = "getSelection().toString()"
    expect(paper.locator("[data-here]")).to_be_visible()
    assert page.evaluate(selected).startswith("Ines Vale’s eyes were green.")
    found = page.request.get(f"/api/v1/projects/{project['project_id']}/chapters/{late}").json()
    page.goto(f"/projects/{project['project_id']}")
    expect(panel.get_by_test_id("check-count")).to_have_text("1 contradiction", timeout=PATIENT)
    mended = {
        "op": "replace",
        "block_id": eyes,
        "based_on": found["blocks"][1]["version"],
        "text": "Ines Vale’s eyes were blue. Tomas Reed opened the door and nodded.",
    }
    give(page, "chapters", "EDIT_CHAPTER", {"chapter_id": late}, edits=[mended])
    expect(panel.get_by_test_id("check-count")).to_contain_text("Nothing contradicts itself", timeout=PATIENT)
    assert early != late


def test_the_check_speaks_chinese(page: Page) -> None:
    project = {"project_id": give(page, "projects", "CREATE_PROJECT", {}, title="盐钟", language="zh")["project_id"]}
    chapter(page, project, "退潮", ["林晓雨"], "林晓雨的眼睛是蓝色的。", "那是七月里的一天。", "外面大雪纷飞。")
    chapter(page, project, "涨潮", ["林晓雨"], "林晓雨有一双绿色的眼睛。")
    page.add_init_script("localStorage.setItem('genesis:language', 'zh')")
    page.goto(f"/projects/{project['project_id']}")
    expect(page.get_by_test_id("check").locator("blockquote")).to_have_count(4, timeout=PATIENT)
    pictured(page, "check_zh")

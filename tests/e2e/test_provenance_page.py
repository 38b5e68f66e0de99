"""Where a text came from, on the page: who wrote which characters, and the chain behind a sentence."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from genesis_types.enums import GenesisStage
from playwright.sync_api import Browser, Locator, Page, expect

from domain.genesis.stages import STAGE_ORDER
from tests.support.axe import violations
from tests.support.commands import CONTENTS
from tests.support.forcing import COMMANDS
from tests.support.outlines import outline
from tests.support.pages import begin, follow, login_url, new_context, ready
from tests.support.studio import Studio

pytestmark = pytest.mark.browser
CONCEPT, PLOT = STAGE_ORDER[0], GenesisStage.PLOT_OUTLINE
FIRST = "A keeper counts the lamps. Nobody counts the keeper."
OWN = "Until the sea does."


def give(page: Page, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    command = {"command_type": kind, "payload": payload} | ({"session_id": session_id} if session_id else {})
    answer = page.request.post(COMMANDS, data=command)
    assert answer.ok, answer.text()
    return dict(answer.json())


def show_origins(page: Page) -> Locator:
    page.get_by_test_id("origins-button").click()
    text = page.get_by_test_id("provenance").first
    expect(text.get_by_test_id("origin-legend")).to_be_visible(timeout=20_000)
    return text


def sentence(text: Locator, words: str) -> Locator:
    return text.get_by_test_id("origin").filter(has_text=words).first


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


@pytest.fixture
def phone(browser: Browser, studio: Studio) -> Iterator[Page]:
    context = new_context(browser, studio, width=320, height=640)
    page = context.new_page()
    follow(page, login_url(studio))
    yield page
    context.close()


def test_a_sentence_tells_who_proposed_asked_edited_and_accepted_it(page: Page) -> None:
    begin(page, "free", "A lighthouse keeper who counts ships that never arrive")
    expect(page.get_by_test_id("origins-button")).to_have_attribute("aria-disabled", "true")
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    session_id = page.url.rsplit("/", 1)[1].split("?")[0]
    state = page.request.get(f"/api/v1/genesis/{session_id}/state").json()
    proposal = state["stages"][0]["proposals"][0]
    give(page, "PROVIDE_FEEDBACK", session_id, proposal_id=proposal["id"], text="Warmer, please. And fewer ships.")
    expect(page.get_by_test_id("proposal-card").first).to_contain_text("Refines", timeout=60_000)

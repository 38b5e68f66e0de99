"""Where a text came from, on the page: who wrote which characters, and the chain behind a sentence."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from genesis_types.enums import GenesisStage
from playwright.sync_api import Browser, Locator, Page, Route, expect

from domain.genesis.stages import STAGE_ORDER
from tests.support.axe import violations
from tests.support.commands import CONTENTS
from tests.support.forcing import COMMANDS
from tests.support.outlines import outline
from tests.support.pages import begin, follow, login_url, new_context, ready
from tests.support.pictured import RTL
from tests.support.studio import Studio

pytestmark = pytest.mark.browser
CONCEPT, PLOT = STAGE_ORDER[0], GenesisStage.PLOT_OUTLINE
OWN = "Until the sea does."
WISH = "Warmer, please. And fewer ships."


def give(page: Page, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    command = {"command_type": kind, "payload": payload} | ({"session_id": session_id} if session_id else {})
    answer = page.request.post(COMMANDS, data=command)
    assert answer.ok, answer.text()
    return dict(answer.json())


def show_origins(page: Page) -> Locator:
    page.get_by_test_id("origins-button").click()
    text = page.get_by_test_id("provenance").first
    expect(text.get_by_test_id("origin-shares")).to_be_visible(timeout=30_000)
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


def key_of(page: Page) -> str:
    return page.url.rsplit("/", 1)[1].split("?")[0].split("#")[0]


def state_of(page: Page, session_id: str, version: int = 0) -> dict[str, Any]:
    return dict(page.request.get(f"/api/v1/genesis/{session_id}/state?min_version={version}").json())


def test_a_sentence_tells_who_proposed_asked_edited_and_accepted_it(page: Page) -> None:
    begin(page, "free", "A lighthouse keeper who counts ships that never arrive")
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    expect(page.get_by_test_id("origins-button")).to_have_attribute("aria-disabled", "true")
    session_id = key_of(page)
    asked = state_of(page, session_id)["stages"][0]["proposals"][0]["id"]
    give(page, "PROVIDE_FEEDBACK", session_id, proposal_id=asked, text=WISH)
    expect(page.get_by_test_id("proposal-card")).to_have_count(4, timeout=60_000)
    refined = state_of(page, session_id)["stages"][0]["proposals"][-1]
    content = refined["content"] | {"hook": f"{refined['content']['hook']} {OWN}"}
    done = give(page, "EDIT_CONTENT", session_id, stage=CONCEPT, proposal_id=refined["id"], content=content)
    edited = state_of(page, session_id, done["version"])["stages"][0]["proposals"][-1]["id"]
    give(page, "CONFIRM_STAGE", session_id, stage=CONCEPT, proposal_id=edited)

    expect(page.get_by_test_id("origins-button")).not_to_have_attribute("aria-disabled", "true")
    page.get_by_role("heading", name="Concept", exact=True).focus()
    page.keyboard.press("Alt+o")
    text = page.get_by_test_id("provenance")
    expect(text.get_by_test_id("origin-shares")).to_contain_text("Proposed, then edited", timeout=30_000)
    own = sentence(text, OWN)
    expect(own.locator("[data-by=person]").last).to_have_text(OWN)
    expect(own).to_have_accessible_name(f"{OWN} (own)")
    assert violations(page) == []

    # from the keyboard: one stop for the whole text, the arrow keys from sentence to sentence
    stops = text.locator("[data-testid=origin][tabindex='0']")
    expect(stops).to_have_count(1)
    stops.focus()
    page.keyboard.press("ArrowDown")
    second = text.get_by_test_id("origin").nth(1)
    expect(second).to_be_focused()
    own.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_test_id("provenance-panel")
    steps = panel.get_by_test_id("origin-step")
    expect(steps.last).to_have_attribute("data-kind", "confirmed")
    kinds = steps.evaluate_all("steps => steps.map(step => step.dataset.kind)")
    assert kinds[0] == "generated"
    assert kinds[-2:] == ["edited", "confirmed"]
    expect(panel.locator("[data-kind=feedback]")).to_contain_text(WISH)
    expect(panel.locator("[data-kind=edited]")).to_contain_text(f"In this sentence: {len(OWN)}.")
    steps.first.locator("summary").click()
    expect(steps.first).to_contain_text("not reported")  # what nobody counted is not zero
    expect(page.get_by_role("dialog")).to_have_css("opacity", "1")
    assert violations(page) == []
    panel.get_by_test_id("origin-around").first.click()
    expect(panel.get_by_test_id("origin-shares")).to_contain_text("characters")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(own).to_be_focused()

    # to the event in the history, with the text still open; the address shows the same to whoever follows it
    own.click()
    steps.last.get_by_test_id("origin-event").click()
    event = page.locator("[data-testid=timeline-entry][data-shown]")
    expect(event).to_be_focused()
    expect(event).to_have_attribute("data-kind", "StageConfirmed")
    expect(text).to_be_visible()
    page.reload()
    expect(event).to_be_focused(timeout=30_000)
    expect(text.get_by_test_id("origin-shares")).to_be_visible()

    with page.expect_download() as saved:
        page.get_by_test_id("save-markdown").click()
    assert saved.value.suggested_filename.endswith("disclosure.md")
    report = saved.value.path().read_text()
    assert "How this work was made" in report
    assert OWN not in report
    with page.expect_download() as saved:
        page.get_by_test_id("save-prov").click()
    assert "wasGeneratedBy" in json.loads(saved.value.path().read_text())
    page.get_by_test_id("origins-button").click()
    expect(page.get_by_test_id("proposal-card").first).to_be_visible()


def test_what_cannot_be_told_is_said_and_the_text_stays(page: Page) -> None:
    session_id = str(give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
    version = give(page, "CONFIRM_STAGE", session_id, stage=CONCEPT, content=CONTENTS[CONCEPT])["version"]
    state_of(page, session_id, version)
    answers = [503, 503, 503, 503, 404]
    held: list[Route] = []

    def failing(route: Route) -> None:
        if answers:
            route.fulfill(status=answers.pop(0), json={"code": "NOT_FOUND"})
        else:
            held.append(route)

    page.route(re.compile("/provenance"), failing)
    page.clock.install()
    page.goto(f"/sessions/{session_id}?origins=1")
    text = page.get_by_test_id("provenance")
    failed = page.get_by_test_id("provenance-failed")
    expect(text).to_contain_text("The Salt Clock")
    for pause in (1_500, 2_500, 4_500):  # the page asks three times more by itself
        page.clock.run_for(pause)
    expect(failed).to_contain_text("could not be looked up")
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_contain_text("Nothing is told of this text")
    failed.get_by_role("button", name="Try again").click()
    expect(text.get_by_role("status")).to_contain_text("Reading where it came from")
    page.clock.run_for(5_000)
    expect(text.get_by_role("status")).to_contain_text("Still reading")
    expect(text).to_contain_text("The Salt Clock")
    for route in held:
        route.continue_()
    expect(text.get_by_test_id("origin-shares")).to_contain_text("100%")


def test_a_branch_leads_back_to_its_source_on_a_phone_in_chinese(phone: Page) -> None:
    session_id = str(give(phone, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
    content = CONTENTS[CONCEPT] | {"hook": RTL}
    version = give(phone, "CONFIRM_STAGE", session_id, stage=CONCEPT, content=content)["version"]
    branch = give(phone, "BRANCH_GENESIS", from_session_id=session_id, at_version=version)
    state_of(phone, branch["session_id"], branch["version"])
    phone.evaluate("localStorage.setItem('genesis:language', 'zh')")
    phone.goto(f"/sessions/{branch['session_id']}")
    text = show_origins(phone)
    fits(phone)
    sentence(text, RTL).click()
    panel = phone.get_by_test_id("provenance-panel")
    expect(panel.get_by_test_id("origin-source")).to_have_count(1)
    expect(panel.get_by_test_id("origin-step").first).to_contain_text("已接受")
    assert panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth"), "nothing is cut at its side"
    expect(phone.get_by_role("dialog")).to_have_css("opacity", "1")
    assert violations(phone) == []
    panel.get_by_test_id("origin-source").click()
    phone.wait_for_url(re.compile(session_id))
    expect(phone.locator("[data-testid=timeline-entry][data-shown]")).to_be_focused(timeout=30_000)
    fits(phone)


def test_a_novel_of_sixty_chapters_asks_part_by_part(page: Page) -> None:
    session_id = str(give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
    plot = outline(300_000, chapter=5_000)
    for stage, content in (CONTENTS | {PLOT: plot}).items():
        give(page, "CONFIRM_STAGE", session_id, stage=stage, content=content)
    novel_id = str(give(page, "FINISH_GENESIS", session_id)["result"]["novel_id"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/provenance?" in request.url else None)
    page.goto(f"/novels/{novel_id}")
    expect(page.get_by_test_id("novel-title")).to_be_visible(timeout=30_000)
    page.keyboard.press("Alt+o")
    plot_part = page.locator(f"#{PLOT.value}")
    expect(page.get_by_test_id("origin-shares").first).to_be_visible(timeout=30_000)
    assert not any("WORLDVIEW" in url for url in asked[:1])
    plot_part.scroll_into_view_if_needed()
    expect(plot_part.get_by_test_id("origin-shares")).to_be_visible(timeout=30_000)
    last = plot_part.get_by_test_id("origin").filter(has_text="Low Water 60").first
    last.scroll_into_view_if_needed()
    last.click()
    panel = page.get_by_test_id("provenance-panel")
    expect(panel.get_by_test_id("origin-step")).to_have_count(1)
    expect(panel.get_by_test_id("origin-event")).to_have_attribute("href", re.compile(f"/sessions/{session_id}#event-"))
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    expect(page.get_by_test_id("origin-legend")).to_be_visible()
    expect(page.get_by_test_id("origins-button")).to_be_hidden()

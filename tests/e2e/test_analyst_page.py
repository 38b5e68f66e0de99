"""An analyst on the page: from a number to somebody else's session, read and not changed; its owner sees who read."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_contradictions import renamed
from tests.e2e.test_time_page import give
from tests.support.axe import violations
from tests.support.pages import follow, login_url, new_context
from tests.support.studio import Studio

pytestmark = pytest.mark.browser

COMMANDING = ("generate-button", "finish-button", "writer-choice")


def signed_in(browser: Browser, studio: Studio, name: str) -> Page:
    page = new_context(browser, studio).new_page()
    follow(page, login_url(studio, name))
    return page


def test_an_analyst_reads_anothers_session_on_the_page(browser: Browser, studio: Studio) -> None:
    for name in ("penelope", "surveyor", "passerby"):
        assert studio.genesis("users", "add", name).returncode == 0
    assert studio.genesis("users", "role", "surveyor", "analyst").returncode == 0
    writer, page, stranger = (signed_in(browser, studio, name) for name in ("penelope", "surveyor", "passerby"))
    errors: list[str] = []
    refused: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    session_id = renamed(writer, "Mara Venn", "Ada Venn", "Then Mara waits.", "So Mara lights the lamp.")

    # from a number to its cases, from a case to the session
    page.goto("/insights?scope=all")
    page.get_by_test_id("insights-funnel").get_by_role("button").first.click()
    page.get_by_test_id("insights-cases").locator(f"a[href='/sessions/{session_id}']").first.click()
    bar = page.get_by_test_id("foreign-bar")
    expect(bar).to_contain_text("Somebody else’s session")
    expect(bar).to_contain_text("This read is recorded")
    expect(bar).to_contain_text("Its owner sees that you began one")
    expect(bar).to_contain_text("Not live")
    expect(page.get_by_test_id("foreign-bar")).not_to_contain_text("penelope")
    expect(page.get_by_test_id("timeline-entry")).to_have_count(7)
    for control in COMMANDING:
        expect(page.get_by_test_id(control)).to_have_count(0)
    expect(page.locator("textarea")).to_have_count(0)
    expect(page.get_by_test_id("contradictions")).to_contain_text("in what is confirmed: 2")
    assert violations(page) == []

    # nothing comes by itself; asked for again it is there
    answer = writer.request.post(
        "/api/v1/genesis/commands",
        data={"command_type": "NAVIGATE_TO_STAGE", "session_id": session_id, "payload": {"stage": "WORLDVIEW"}},
    )
    assert answer.ok, answer.text()
    writer.request.get(f"/api/v1/genesis/{session_id}/state?min_version={answer.json()['version']}")
    page.get_by_test_id("read-again").click()
    expect(page.get_by_test_id("timeline-entry")).to_have_count(8)

    # the slider, what differs, where a sentence came from, the tree
    page.get_by_test_id("timeline-entry").nth(2).get_by_role("button").first.click()
    past = page.get_by_test_id("past-bar")
    expect(past).to_be_visible()
    past.get_by_test_id("differences-button").click()
    expect(page.get_by_test_id("differences")).to_contain_text("Ada")
    page.keyboard.press("Escape")
    past.get_by_test_id("back-to-now").click()
    expect(past).to_have_count(0)
    page.get_by_test_id("stage-CHARACTERS").click()
    page.get_by_test_id("origins-button").click()
    expect(page.get_by_test_id("origin-legend")).to_be_visible()
    page.get_by_test_id("family-button").click()
    expect(page.get_by_test_id("family-session")).to_have_count(1)
    page.keyboard.press("Escape")

    # a session of their own begins from an earlier moment; it is live, and its list says where it came from
    page.get_by_test_id("timeline-entry").nth(2).get_by_role("button").first.click()
    page.get_by_test_id("branch-here").click()
    page.wait_for_url(lambda url: "/sessions/" in url and session_id not in url)
    expect(page.get_by_test_id("foreign-bar")).to_have_count(0)
    expect(page.get_by_test_id("timeline-entry")).to_have_count(1)
    expect(page.get_by_test_id("finish-button")).to_be_visible()
    page.goto("/")
    expect(page.get_by_test_id("branched-from")).to_have_text("Branched from somebody else’s session at version 6")
    assert errors == []
    assert refused == []

    # whoever owns it sees that it was read; a stranger sees nothing
    writer.goto("/account")
    expect(writer.get_by_test_id("reads")).to_contain_text("surveyor · began a session of their own from version 6")
    stranger.goto(f"/sessions/{session_id}")
    expect(stranger.get_by_role("alert")).to_be_visible()
    for one in (writer, page, stranger):
        one.context.close()


def test_an_archived_session_is_read_as_ever_and_brought_back(browser: Browser, studio: Studio) -> None:
    assert studio.genesis("users", "add", "eurycleia").returncode == 0
    page = signed_in(browser, studio, "eurycleia")
    session_id = renamed(page, "Mara Venn", "Ada Venn", "Then Mara waits.", "So Mara lights the lamp.")
    give(page, "ABANDON_GENESIS", session_id)
    page.goto(f"/sessions/{session_id}")
    expect(page.get_by_test_id("branch-button")).to_be_visible()
    expect(page.get_by_test_id("archived-note")).to_have_count(0)
    archive = f"/api/v1/genesis/{session_id}/archive"
    while _archived(page, archive) == 0:  # its last messages have to be sent before
        assert studio.genesis("archive", "run", "--older-than", "0h").returncode == 0

    # its list and its page say so
    page.goto("/")
    expect(page.get_by_test_id("session-card").get_by_test_id("archived")).to_have_text("archived")
    page.get_by_test_id("session-card").click()
    note = page.get_by_test_id("archived-note")
    expect(note).to_contain_text("7 of its events have lain in the archive")
    assert violations(page) == []

    # the slider, where a text came from, a file
    page.get_by_test_id("scrubber").fill("6")
    expect(page.get_by_test_id("past-place")).to_have_text("6 of 8")
    expect(page.get_by_test_id("stage-PLOT_OUTLINE")).to_have_attribute("data-status", "confirmed")
    page.get_by_test_id("back-to-now").click()
    page.get_by_test_id("origins-button").click()
    expect(page.get_by_test_id("origin-legend")).to_be_visible()
    page.get_by_test_id("bible-menu").click()
    with page.expect_download() as saved:
        page.get_by_test_id("bible-markdown").click()
    assert "Ada Venn" in saved.value.path().read_text()

    # and back, with what it does said
    note.get_by_test_id("bring-back").click()
    expect(page.get_by_test_id("brought-back")).to_have_text("Brought back from the archive. Events: 7.")
    expect(note).to_have_count(0)
    assert _archived(page, archive) == 0
    page.goto("/")
    expect(page.get_by_test_id("session-card")).to_be_visible()
    expect(page.get_by_test_id("archived")).to_have_count(0)
    page.context.close()


def _archived(page: Page, address: str) -> int:
    return int(page.request.get(address).json()["archived_events"])

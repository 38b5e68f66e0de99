"""Twenty tabs of one browser share one live connection, whoever holds it and whatever becomes of them."""

import os
import signal
import statistics
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.journey import WriterAtWork
from tests.support.pages import follow, login_url, new_context
from tests.support.studio import Studio
from tests.support.tabs import Away, Tabs

pytestmark = pytest.mark.browser
PATIENT = 30_000
"""Milliseconds: twenty tabs on a busy machine draw when they can."""

LACKING = {
    "": "",
    "locks": "delete Navigator.prototype.locks",
    "forbidden locks": "if (navigator.locks) navigator.locks.request = () => Promise.reject(new Error('not allowed'))",
    "channels": "delete window.BroadcastChannel",
}
"""What takes a page the means that older browsers have not, or that none gives over plain HTTP from another machine."""


@pytest.fixture
def tabs(browser: Browser, studio: Studio) -> Iterator[Tabs]:
    """A signed-in browser without a tab yet."""
    with WriterAtWork(studio.base_url, studio.token()) as writer:
        context = new_context(browser, studio)
        first = context.new_page()
        follow(first, login_url(studio))
        first.close()
        errors: list[str] = []
        context.on("weberror", lambda found: errors.append(str(found.error)))
        opened = Tabs(context, studio, writer)
        opened.until(lambda: opened.connections() == 0)
        yield opened
        context.close()
        assert errors == []


@pytest.fixture
def few(tabs: Tabs, lacking: str) -> Tabs:
    """Two tabs on one session, one on another, and the dashboard, in a browser that lacks something."""
    tabs.context.add_init_script(LACKING[lacking])
    one, other = tabs.start(), tabs.start()
    for session_id in (one, other, one):
        tabs.open_session(session_id)
    tabs.open("/")
    tabs.all_shown()
    tabs.until(lambda: tabs.connections() == (len(tabs.pages) if lacking == "channels" else 1))
    return tabs


@pytest.fixture
def lacking() -> str:
    return ""


def test_twenty_tabs_show_every_change_over_one_connection(tabs: Tabs, capsys: pytest.CaptureFixture[str]) -> None:
    novel_of = tabs.start()
    novel = tabs.writer.go_all_the_way(novel_of)
    sessions = [tabs.start() for _ in range(13)]
    for path in ("/", f"/novels/{novel['id']}", "/credits", "/account", "/"):
        tabs.open(path)
    for session_id in (*sessions, sessions[0], sessions[1]):
        tabs.open_session(session_id)
    assert len(tabs.pages) == 20
    tabs.all_shown()
    tabs.until(lambda: tabs.connections() == 1)

    for page in tabs.sessions:
        tabs.watch(page)
    given = {}
    for session_id in sessions:
        given[session_id] = time.time() * 1000
        tabs.move(session_id)
    took = [page.evaluate("shown") - given[session_id] for page, session_id in tabs.sessions.items()]
    memory = tabs.leader.evaluate("performance.memory.usedJSHeapSize") / 2**20
    with capsys.disabled():
        print(
            f"\ntwenty tabs, from command to shown: median {statistics.median(took):.0f} ms,"
            f" longest {max(took):.0f} ms; heap of the tab that holds the connection {memory:.1f} MB"
        )
    tabs.all_shown()

    for page in (tabs.leader, *list(tabs.sessions)[-2:]):  # from whichever tab it is given, a command is answered
        if page not in tabs.sessions:
            continue
        session_id = tabs.sessions[page]
        page.get_by_test_id("stage-PLOT_OUTLINE").click()
        tabs.versions[session_id] += 1
        expect(page.get_by_test_id("timeline-entry")).to_have_count(tabs.versions[session_id], timeout=PATIENT)
    begun = tabs.writer.give("START_GENESIS", mode="free_form", seed="A ferryman who has never seen the sea")
    for page in (tabs.pages[0], tabs.pages[4]):
        expect(page.get_by_test_id("session-card").filter(has_text="A ferryman who")).to_have_count(1, timeout=PATIENT)
    assert begun["version"] == 1
    tabs.all_shown()
    assert tabs.connections() == 1


@pytest.mark.parametrize(
    ("lacking", "how"),
    [
        *(("", how) for how in ("close", "freeze", "hang", "crash")),
        ("locks", "hang"),  # a crash is the same to the others: no word, and no answer
        ("forbidden locks", "close"),
    ],
)
def test_when_the_holder_is_lost_another_tab_goes_on_without_a_gap(few: Tabs, how: str) -> None:
    before = few.leader
    away = Away(few, before)
    for session_id in few.versions:
        few.move(session_id)
    getattr(away, how)()
    for session_id in few.versions:
        few.move(session_id)
    few.until(lambda: few.leader is not before)
    for session_id in few.versions:
        few.move(session_id)
    others = [page for page in few.sessions if page is not before]
    for page in others:
        expect(page.get_by_test_id("timeline-entry")).to_have_count(few.versions[few.sessions[page]], timeout=PATIENT)
    away.back()
    few.all_shown()
    for session_id in few.versions:
        few.move(session_id)
    few.all_shown()
    few.until(lambda: few.connections() == 1)
    page = others[0]
    page.get_by_test_id("stage-PLOT_OUTLINE").click()
    few.versions[few.sessions[page]] += 1
    few.all_shown()


@pytest.mark.parametrize("lacking", ["channels"])
def test_where_tabs_cannot_hear_each_other_each_has_a_connection_of_its_own(few: Tabs) -> None:
    for session_id in few.versions:
        few.move(session_id)
    few.all_shown()
    few.forget(page := few.pages[0])
    page.close()
    few.until(lambda: few.connections() == len(few.pages))
    for session_id in few.versions:
        few.move(session_id)
    few.all_shown()


def test_tabs_that_come_and_go_change_nothing_for_the_others(few: Tabs) -> None:
    stays, session_id = few.pages[0], few.sessions[few.pages[0]]
    expect(stays.get_by_test_id("presence")).to_have_attribute("data-others", "1", timeout=PATIENT)
    for _ in range(3):
        page = few.open_session(session_id)
        few.move(session_id)
        expect(stays.get_by_test_id("presence")).to_have_attribute("data-others", "2", timeout=PATIENT)
        expect(page.get_by_test_id("presence")).to_have_attribute("data-others", "2", timeout=PATIENT)
        page.goto("/")
        few.move(session_id)
        expect(stays.get_by_test_id("presence")).to_have_attribute("data-others", "1", timeout=PATIENT)
        page.go_back()
        few.all_shown()
        few.forget(page)
        page.close()
        expect(stays.get_by_test_id("presence")).to_have_attribute("data-others", "1", timeout=PATIENT)
    few.until(lambda: few.connections() == 1)


def test_when_the_studio_is_killed_all_tabs_come_back_and_miss_nothing(few: Tabs) -> None:
    os.kill(few.studio.runtime()["pids"]["api"][0], signal.SIGKILL)
    for session_id in few.versions:
        few.move(session_id)
    few.all_shown()
    for page in few.sessions:
        expect(page.get_by_test_id("reconnecting")).to_have_count(0, timeout=PATIENT)
    few.until(lambda: few.connections() == 1)


def test_signing_out_in_one_tab_ends_it_for_all(few: Tabs) -> None:
    credits_page = few.open("/credits")
    expect(credits_page.get_by_role("button", name="Account")).to_be_visible()
    page: Page = few.pages[1]
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    for other in few.pages:
        expect(other.get_by_test_id("sign-in")).to_be_visible(timeout=PATIENT)
        expect(other.get_by_test_id("signed-out")).to_have_count(0)
    few.until(lambda: few.connections() == 0)

"""Many tabs of one browser that share a live connection: who holds it, what each shows, and how a holder is lost."""

import re
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
from playwright.sync_api import BrowserContext, CDPSession, Error, Page, Request, expect

from tests.support.journey import WriterAtWork
from tests.support.studio import Studio

LIVE = "/api/v1/live?"
STAGES = ("CHARACTERS", "WORLDVIEW")

# When this tab shows so many steps of the history, in milliseconds of the machine's clock.
_SHOWN = """count => {
  const steps = () => document.querySelectorAll('[data-testid="timeline-entry"]').length;
  window.shown = new Promise(resolve => {
    const look = () => { if (steps() >= count) { watching.disconnect(); resolve(Date.now()); } };
    const watching = new MutationObserver(look);
    watching.observe(document.body, { childList: true, subtree: true });
    look();
  });
}"""


class Tabs:
    """The tabs of one signed-in context, and the same account's hand outside of it."""

    def __init__(self, context: BrowserContext, studio: Studio, writer: WriterAtWork) -> None:
        self.context = context
        self.studio = studio
        self.writer = writer
        self.pages: list[Page] = []
        self.sessions: dict[Page, str] = {}
        self.versions: dict[str, int] = {}
        self._asked: list[Page] = []
        context.on("request", self._note)

    def _note(self, request: Request) -> None:
        if LIVE in request.url:
            self._asked.append(request.frame.page)

    @property
    def leader(self) -> Page:
        """The tab that asked for the newest live connection."""
        return self._asked[-1]

    def start(self) -> str:
        session_id = self.writer.start("free_form")
        self.versions[session_id] = 1
        return session_id

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.goto(path)
        self.pages.append(page)
        return page

    def open_session(self, session_id: str) -> Page:
        page = self.open(f"/sessions/{session_id}")
        self.sessions[page] = session_id
        return page

    def move(self, session_id: str) -> None:
        """One command, given outside of the browser."""
        stage = STAGES[self.versions[session_id] % 2]
        self.versions[session_id] = self.writer.give("NAVIGATE_TO_STAGE", session_id, stage=stage)["version"]

    def watch(self, page: Page) -> None:
        """From now on `shown` of this tab is when it shows one step more than there is."""
        page.evaluate(_SHOWN, self.versions[self.sessions[page]] + 1)

    def all_shown(self) -> None:
        """Every tab shows each step of its session, once."""
        for page, session_id in self.sessions.items():
            if not page.is_closed():
                expect(page.get_by_test_id("timeline-entry")).to_have_count(self.versions[session_id], timeout=30_000)

    def steps(self, page: Page) -> int:
        return page.get_by_test_id("timeline-entry").count()

    def connections(self) -> int:
        """How many streams are open at the API, as it says itself."""
        found = re.search(
            r"^genesis_sse_clients (\d+)", httpx.get(f"{self.studio.base_url}/metrics").text, re.MULTILINE
        )
        assert found is not None
        return int(found[1])

    def until(self, fact: Callable[[], bool], within: float = 30) -> None:
        """Returns as soon as it is one. The browser is listened to meanwhile."""
        deadline = time.monotonic() + within
        while not fact():
            assert time.monotonic() < deadline, fact
            open_ones = [page for page in self.pages if not page.is_closed()]
            if open_ones:
                open_ones[-1].wait_for_timeout(20)
            else:
                time.sleep(0.02)

    def forget(self, page: Page) -> None:
        self.pages.remove(page)
        self.sessions.pop(page, None)


class Away:
    """What happens to the tab that holds the connection; `back` undoes it, where that can be done."""

    def __init__(self, tabs: Tabs, page: Page) -> None:
        self._tabs, self._page = tabs, page
        self._paused: CDPSession | None = None
        self._told = False

    def close(self) -> None:
        self._tabs.forget(self._page)
        self._page.close()

    def crash(self) -> None:
        self._tabs.forget(self._page)
        with self._page.expect_event("crash"), suppress(Error):
            self._page.goto("chrome://crash")

    def hang(self) -> None:
        """It runs nothing any more, and has not been told."""
        self._tabs.pages.remove(self._page)
        self._paused = self._tabs.context.new_cdp_session(self._page)
        self._paused.send("Debugger.enable")
        self._paused.send("Debugger.pause")

    def freeze(self) -> None:
        """As a browser does with a tab that was not looked at for long: it is told, and then runs nothing.

        Played, because a page under Playwright always counts as looked at, and such a page is not put to sleep.
        """
        self._told = True
        self._page.evaluate("document.dispatchEvent(new Event('freeze'))")
        self.hang()

    def back(self) -> None:
        if self._paused is None:
            return
        self._paused.send("Debugger.disable")
        if self._told:
            self._page.evaluate("document.dispatchEvent(new Event('resume'))")
        self._tabs.pages.append(self._page)

"""Time on the page: how soon the studio shows a moment of a session of 500 events in Chromium, beside now.

`python -m benchmarks.time_page [rounds]`. A page is opened at now and at a random moment, in turn, in one run: until it
is drawn. In a page that is open, the slider is moved: until that moment is drawn. The API is a process of its own.
"""

import asyncio
import random
import shutil
import sys
from collections.abc import Mapping
from statistics import median, quantiles
from uuid import UUID

from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.floor import CannotRun, Row, figure, interleaved, say, server, show
from benchmarks.http_commands import free_port, process, wait_for_port
from benchmarks.replay import long_session, write
from infrastructure.bootstrap import utc_now
from infrastructure.identity.authentication import Authentication
from infrastructure.postgres.pool import make_pool, opened
from tests.support.pages import ARGUMENTS
from tests.support.reading import projecting

EVENTS = 500
BAR = "< 300"

# When the studio is drawn: its stages, and of the past the bar that says so. Milliseconds since the page was asked for.
_WATCH = """
const past = new URLSearchParams(location.search).has("at");
const drawn = () => document.querySelector("[data-testid=stage-CHARACTERS]") && document.querySelector("h1")
  && (!past || document.querySelector("[data-testid=past-bar]:not([data-loading])"));
window.drawn = new Promise(done => {
  const look = () => drawn() ? done(performance.now()) : requestAnimationFrame(look);
  requestAnimationFrame(look);
});
window.slid = version => new Promise(done => {
  const slider = document.querySelector("[data-testid=scrubber]");
  const began = performance.now();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(slider, String(version));
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  const there = () => document.querySelector("[data-testid=past-bar]:not([data-loading]) [data-testid=past-place]")
    ?.textContent.startsWith(`${version} `);
  const end = () => done(performance.now() - began);
  const look = () => requestAnimationFrame(there() ? end : look);
  requestAnimationFrame(look);
});
"""


def run(rounds: int) -> list[Row]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise CannotRun("no chromium, chromium-browser or google-chrome on the PATH")
    with server() as cluster, cluster.database() as url:
        port = free_port()
        user_id, cookie = asyncio.run(_owner(url))
        session_id = write(url, user_id, long_session(EVENTS))
        asyncio.run(_project(url))
        environment = {"GENESIS_DATABASE_URL": url, "GENESIS_PORT": str(port), "GENESIS_LOG_LEVEL": "ERROR"}
        with process("api", environment | {"GENESIS_LIMIT_LOOK_BACKS": "off"}), sync_playwright() as playwright:
            wait_for_port(port)
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            base = f"http://127.0.0.1:{port}"
            context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 800}, locale="en-GB")
            context.add_cookies([{"name": f"genesis_session_{port}", "value": cookie, "url": base}])
            context.add_init_script(_WATCH)
            rows = _measured(context, session_id, rounds)
            browser.close()
    return rows


def _measured(context: BrowserContext, session_id: UUID, rounds: int) -> list[Row]:
    chance = random.Random(1)
    page = context.new_page()

    def opened_at(query: str) -> float:
        page.goto(f"/sessions/{session_id}{query}")
        return float(page.evaluate("drawn"))

    opened_at("")  # the files are in the browser's cache from now on, and the API has done everything once
    opened_at("?at=250")
    found = interleaved(
        rounds,
        {"now": lambda: opened_at(""), "then": lambda: opened_at(f"?at={chance.randint(1, EVENTS - 1)}")},
        "a page opened, ms",
    )
    slides = _slides(page, session_id, rounds, chance)
    return [
        found.beside(
            f"{EVENTS} events: a link to a moment, until it is drawn; floor: the same page at now", "ms", "then", "now"
        ),
        *(figure(f"{EVENTS} events: {title}", ms, "ms", bar=BAR) for title, ms in slides.items()),
    ]


def _slides(page: Page, session_id: UUID, rounds: int, chance: random.Random) -> Mapping[str, float]:
    page.goto(f"/sessions/{session_id}")
    page.evaluate("drawn")
    page.get_by_test_id("scrubber").wait_for()
    asked = chance.sample(range(1, EVENTS), rounds * 4)
    first, later = [], []
    for number, version in enumerate(asked):
        if number % 4 == 0:  # from now; the others from a moment to another
            page.keyboard.press("Escape")
            page.get_by_test_id("past-bar").wait_for(state="detached")
        (later if number % 4 else first).append(float(page.evaluate(f"slid({version})")))
    say(f"slid: from now {[round(one) for one in first]}, on {[round(one) for one in later]}")
    return {
        "from the slider to a moment, from now, median": median(first),
        "from the slider to a moment, from now, p95": quantiles(first, n=20, method="inclusive")[-1],
        "from the slider to another moment, p95": quantiles(later, n=20, method="inclusive")[-1],
    }


async def _owner(url: str) -> tuple[UUID, str]:
    async with opened(make_pool(url, "bench")) as pool:
        accounts = Authentication(pool, utc_now)
        owner = await accounts.ensure_owner()
        return owner.id, await accounts.open_session(owner.id)


async def _project(url: str) -> None:
    async with projecting(url) as projector:
        await projector.catch_up()


if __name__ == "__main__":
    show("Time on the page", run(int(sys.argv[1]) if len(sys.argv) > 1 else 10))

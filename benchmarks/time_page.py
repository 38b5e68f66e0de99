"""Time on the page: how soon the studio shows a moment of a session of 500 events in Chromium, beside now.

`python -m benchmarks.time_page [rounds]`. A page is opened at now and at a random moment, in turn, until drawn. In
a page that is open, the slider is moved until that moment is drawn; with what the page and the API worked for it, which
says more than the clock on a machine that others use. The API is a process of its own.
"""

import asyncio
import random
import shutil
import sys
from statistics import median, quantiles
from uuid import UUID

import psutil
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
        environment["GENESIS_LIMIT_LOOK_BACKS"] = "off"
        with process("api", environment) as api, sync_playwright() as playwright:
            wait_for_port(port)
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            base = f"http://127.0.0.1:{port}"
            context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 800}, locale="en-GB")
            context.add_cookies([{"name": f"genesis_session_{port}", "value": cookie, "url": base}])
            context.add_init_script(_WATCH)
            rows = _measured(context, psutil.Process(api.pid), session_id, rounds)
            browser.close()
    return rows


def _measured(context: BrowserContext, api: psutil.Process, session_id: UUID, rounds: int) -> list[Row]:
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
    slides = _slides(page, api, session_id, rounds)
    return [
        found.beside(
            f"{EVENTS} events: a link to a moment, until it is drawn; floor: the same page at now", "ms", "then", "now"
        ),
        *slides,
    ]


def _slides(page: Page, api: psutil.Process, session_id: UUID, rounds: int) -> list[Row]:
    """From now to a moment and on to three others, again and again: none was seen before."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def worked() -> tuple[float, float]:
        metrics = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"] * 1_000, sum(api.cpu_times()[:2]) * 1_000

    page.goto(f"/sessions/{session_id}")
    page.evaluate("drawn")
    page.get_by_test_id("scrubber").wait_for()
    took: dict[str, list[tuple[float, float, float]]] = {"from now": [], "on": []}
    for number, version in enumerate(random.Random(2).sample(range(1, EVENTS), rounds * 4)):
        if number % 4 == 0:
            page.keyboard.press("Escape")
            page.get_by_test_id("past-bar").wait_for(state="detached")
            page.wait_for_timeout(300)
        before = worked()
        milliseconds = float(page.evaluate(f"slid({version})"))
        after = worked()
        found = (milliseconds, after[0] - before[0], after[1] - before[1])
        took["on" if number % 4 else "from now"].append(found)
        say(f"slid {'on' if number % 4 else 'from now'} in {found[0]:.0f} ms; page {found[1]:.0f}, API {found[2]:.0f}")
    return [
        row
        for name, all_of_it in took.items()
        for row in (
            figure(f"{EVENTS} events: the slider, {name}, median", median(one[0] for one in all_of_it), "ms", bar=BAR),
            figure(
                f"{EVENTS} events: the slider, {name}, p95",
                quantiles((one[0] for one in all_of_it), n=20, method="inclusive")[-1],
                "ms",
                bar=BAR,
            ),
            figure("of which the page's thread worked", median(one[1] for one in all_of_it), "ms of a core"),
            figure("of which the API worked", median(one[2] for one in all_of_it), "ms of a core"),
        )
    ]


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

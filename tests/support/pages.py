"""What a writer does in the browser, for end-to-end tests: sign in, begin a genesis, wait until it can go on."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from cli.token import new_login
from tests.support.studio import Studio

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def login_url(studio: Studio, *name: str) -> str:
    """A fresh one-time address; for the owner if no `name` is given.

    What `genesis login` prints (tests/integration/test_run.py), without two seconds of a processor for its imports.
    """
    running = studio.runtime()
    with ThreadPoolExecutor(1) as aside:  # Playwright's own loop runs here
        token = aside.submit(asyncio.run, new_login(running["database_url"], *name)).result()
    return f"{running['base_url']}/login?token={token}"


def follow(page: Page, address: str) -> None:
    """Opens a one-time address that is good, and signs in with it."""
    page.goto(address)
    page.get_by_test_id("follow-login").click()
    page.wait_for_url(lambda url: "/login" not in url)


def new_context(browser: Browser, studio: Studio, width: int = 1440, height: int = 900) -> BrowserContext:
    return browser.new_context(
        base_url=studio.base_url,
        viewport={"width": width, "height": height},
        locale="en-GB",
        reduced_motion="reduce",  # without a graphics card every frame of an animation is painted by the processor
    )


def begin(page: Page, mode: str, spark: str) -> None:
    page.goto("/")
    page.get_by_test_id("seed-input").fill(spark)
    page.get_by_test_id(f"mode-{mode}").click()
    page.get_by_test_id("start-button").click()
    page.wait_for_url(re.compile(r"/sessions/"))


def ready(page: Page) -> None:
    """The generation has ended and there is something to confirm."""
    expect(page.get_by_test_id("pending-indicator")).to_have_count(0, timeout=30_000)
    expect(page.get_by_test_id("proposal-card").first).to_be_visible(timeout=30_000)


def edit(page: Page, title: str) -> None:
    """Begins on the first concept and gives it another title, without saving."""
    page.get_by_test_id("proposal-card").last.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("textbox", name="Title", exact=True).fill(title)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save as a new version").click()


def titled(page: Page, title: str) -> Locator:
    return page.get_by_test_id("proposal-card").filter(has=page.get_by_role("heading", name=title, exact=True))

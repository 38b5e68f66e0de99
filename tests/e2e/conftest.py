"""One running studio for all end-to-end tests, as `make run` starts it, and one browser that looks at it."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.pages import ARGUMENTS, follow, login_url, new_context
from tests.support.require import unavailable
from tests.support.studio import Studio, running_studio

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the second without windows, which takes a quarter less of the processor."""

expect.set_options(timeout=30_000)  # five seconds would do on a quiet machine; what holds is seen at once all the same


@pytest.fixture(scope="session")
def studio() -> Iterator[Studio]:
    with running_studio(GENESIS_MUSE_PACE_SECONDS="0.05") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        unavailable("Chromium", f"none of {', '.join(BROWSERS)} on the PATH")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, studio: Studio) -> Iterator[Page]:
    """A signed-in page; an error in its console fails the test."""
    context = new_context(browser, studio)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    follow(opened, login_url(studio))
    yield opened
    context.close()
    assert errors == []

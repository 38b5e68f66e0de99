"""A session whose time is up and a wait that is over, while the writer looks on: said in words, with the way on."""

from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.forcing import state_of, time_is_up, wait_is_over
from tests.support.pages import begin, ready
from tests.support.studio import Studio

pytestmark = pytest.mark.browser


@pytest.fixture
def written(page: Page) -> Page:
    """A guided session with concepts, and words that were not sent."""
    begin(page, "guided", "Two rival clockmakers share one heart")
    ready(page)
    page.get_by_test_id("feedback-input").first.fill("Call it The Honest Loaf")
    return page


def warning(page: Page, code: str) -> Locator:
    return page.locator(f'[data-testid="warning"][data-code="{code}"]')


def session_of(page: Page) -> UUID:
    return UUID(state_of(page)["session_id"])


@pytest.mark.parametrize("width", [1280, 390])
def test_a_session_whose_time_is_up_says_so_and_goes_on_when_it_is_extended(
    written: Page, studio: Studio, width: int
) -> None:
    page = written
    page.set_viewport_size({"width": width, "height": 844})
    time_is_up(studio, session_of(page))
    expect(warning(page, "EXPIRED")).to_contain_text("Nothing is lost")
    expect(warning(page, "EXPIRED")).to_be_in_viewport()
    expect(page.get_by_test_id("confirm-button").first).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_test_id("generate-button")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    warning(page, "EXPIRED").get_by_test_id("extend-24").click()
    expect(warning(page, "EXPIRED")).to_have_count(0)
    expect(page.get_by_test_id("feedback-input").first).to_have_value("Call it The Honest Loaf")
    page.get_by_test_id("confirm-button").first.click()
    expect(page.get_by_test_id("stage-CONCEPT_SELECTION")).to_have_attribute("data-status", "confirmed")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_wait_that_is_over_is_said_without_moving_the_page_and_the_next_step_goes_on(
    written: Page, studio: Studio, width: int
) -> None:
    page = written
    page.set_viewport_size({"width": width, "height": 844})
    before = page.locator("h2").first.bounding_box()
    wait_is_over(studio, session_of(page))
    expect(warning(page, "WAIT_EXPIRED")).to_contain_text("Nothing is lost: go on whenever you like.")
    assert page.locator("h2").first.bounding_box() == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []
    warning(page, "WAIT_EXPIRED").get_by_role("button", name="Simply go on").click()
    expect(warning(page, "WAIT_EXPIRED")).to_have_count(0)
    page.get_by_test_id("confirm-button").first.click()
    expect(page.get_by_test_id("stage-CONCEPT_SELECTION")).to_have_attribute("data-status", "confirmed")
    ready(page)  # the workflow goes on in a new run

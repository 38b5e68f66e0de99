"""The page at the width of a phone: nothing lies off its edge, and what is there can be seen to be there."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.genesis.stages import STAGE_ORDER
from tests.support.pages import begin, follow, login_url, new_context, ready
from tests.support.studio import Studio

pytestmark = pytest.mark.browser
LAST = STAGE_ORDER[-1].value
WITHIN = """element => {
    const strip = element.closest("ol").getBoundingClientRect(), box = element.getBoundingClientRect();
    return box.left >= strip.left - 1 && box.right <= strip.right + 1;
}"""


@pytest.fixture
def phone(browser: Browser, studio: Studio) -> Iterator[Page]:
    context = new_context(browser, studio, width=390, height=844)
    page = context.new_page()
    follow(page, login_url(studio))
    yield page
    context.close()


def test_all_five_stages_are_in_sight_and_the_one_on_the_table_is_on_a_narrower_one(phone: Page) -> None:
    begin(phone, "free", "A cartographer maps the inside of a whale")
    strip = phone.locator("nav ol")
    for language in ("EN", "中文"):
        phone.get_by_text(language, exact=True).click()
        expect(strip).not_to_have_attribute("data-after", re.compile(""))
        for stage in STAGE_ORDER:
            assert phone.get_by_test_id(f"stage-{stage.value}").evaluate(WITHIN)
    phone.get_by_text("EN", exact=True).click()
    phone.set_viewport_size({"width": 320, "height": 640})
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320
    expect(strip).to_have_attribute("data-after", "")  # it fades where there is more
    phone.get_by_test_id(f"stage-{LAST}").click()
    expect(phone.get_by_test_id(f"stage-{LAST}")).to_have_attribute("aria-current", "step")
    expect(strip).to_have_attribute("data-before", "")
    assert phone.get_by_test_id(f"stage-{LAST}").evaluate(WITHIN)


def test_a_link_leads_to_the_top_of_its_page_and_back_to_where_one_was(phone: Page) -> None:
    begin(phone, "free", "A cartographer maps the inside of a whale")
    phone.goto("/")
    phone.get_by_role("link", name="To your sessions").click()
    card = phone.get_by_test_id("session-card").first
    expect(card).to_be_in_viewport()
    before = phone.evaluate("scrollY")
    assert before > 0
    card.click()
    expect(phone.get_by_test_id("generate-button").first).to_be_visible()
    assert phone.evaluate("scrollY") == 0
    expect(phone.locator("#content")).to_be_focused()
    phone.go_back()
    expect(phone.get_by_test_id("session-card").first).to_be_in_viewport()


def test_when_nothing_is_left_to_accept_the_way_on_is_in_sight(phone: Page) -> None:
    begin(phone, "guided", "A baker who can taste lies")
    for _ in STAGE_ORDER:
        ready(phone)
        expect(phone.get_by_test_id("all-confirmed")).to_have_count(0)
        phone.get_by_test_id("confirm-button").first.click()
        expect(phone.locator("[data-accepted], [data-testid=pending-indicator]").first).to_be_attached()
        expect(phone.get_by_test_id("pending-indicator")).to_have_count(0, timeout=30_000)
    way_on = phone.get_by_test_id("all-confirmed").get_by_role("button", name="Complete genesis")
    expect(way_on).to_be_in_viewport()
    way_on.click()
    phone.wait_for_url(re.compile(r"/novels/"), timeout=30_000)

"""Credits in a real browser: what a step may cost before it is asked for, what it cost, and what is said when it is
more than there is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import violations
from tests.support.pages import begin, follow, login_url, new_context, ready
from tests.support.studio import Studio, running_studio

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def paid() -> Iterator[Studio]:
    """A studio in which a generation costs half a credit."""
    with running_studio(GENESIS_CREDITS="on", GENESIS_CREDITS_MUSE_PRICE="0.5") as running:
        yield running


@pytest.fixture
def page(browser: Browser, paid: Studio) -> Iterator[Page]:
    context = new_context(browser, paid)
    opened = context.new_page()
    follow(opened, login_url(paid))
    yield opened
    context.close()


def grant(page: Page, studio: Studio, amount: str) -> None:
    name = str(page.evaluate("fetch('/api/v1/auth/me').then(answer => answer.json()).then(me => me.name)"))
    done = studio.genesis("credits", "grant", name, amount)
    assert done.returncode == 0, done.stderr


def test_credits_are_shown_before_a_step_after_it_and_when_they_do_not_suffice(page: Page, paid: Studio) -> None:
    grant(page, paid, "1.20")
    begin(page, "free", "A clockmaker's daughter repairs an hour that was stolen")
    expect(page.get_by_test_id("credits-balance")).to_contain_text("1.20")
    expect(page.get_by_test_id("estimate").first).to_contain_text("0.50")

    page.get_by_test_id("generate-button").first.click()
    ready(page)
    expect(page.get_by_test_id("credits-balance")).to_contain_text("0.70")
    page.get_by_test_id("credits-balance").click()
    expect(page.get_by_test_id("credits-charged")).to_have_text("0.50")
    expect(page.get_by_test_id("credits-available")).to_have_text("0.70")
    kinds = page.get_by_test_id("credits-entry").evaluate_all("rows => rows.map(row => row.dataset.kind)")
    assert kinds == ["CreditsCharged", "CreditsReserved", "CreditsGranted"]
    assert violations(page) == []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_test_id("credits-entry").first.get_by_role("link").click()
    page.get_by_test_id("generate-button").first.click()
    expect(page.get_by_test_id("proposal-card")).to_have_count(6, timeout=30_000)
    expect(page.get_by_test_id("credits-balance")).to_contain_text("0.20")
    expect(page.locator('[data-testid="estimate"][data-short]').first).to_contain_text("0.20")
    page.get_by_test_id("generate-button").first.click()
    expect(page.get_by_role("alert").first).to_contain_text("credits")
    expect(page.get_by_test_id("proposal-card")).to_have_count(6)

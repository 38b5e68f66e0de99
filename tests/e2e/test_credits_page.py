"""Credits in a real browser: what a step may cost before it is asked for, what it cost, and what is said when it is
more than there is."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import violations
from tests.support.models import MODELS, works
from tests.support.openai_server import OpenAIServer
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


def test_a_model_without_a_price_is_refused_with_the_way_to_its_price(page: Page, paid: Studio) -> None:
    grant(page, paid, "5")
    with OpenAIServer(works()) as server:
        given = {"name": "At home", "preset": "other", "model": "qwen3:8b", "base_url": server.url()}
        kept = page.request.post(MODELS, data=given).json()
        dear = page.request.post(MODELS, data=given | {"name": "Far", "input_price": 3, "output_price": 15}).json()
        try:
            begin(page, "free", "A ferryman who has never seen the sea")
            page.get_by_test_id("generate-button").click()
            refused = page.get_by_role("alert").filter(has_text="“At home”")
            expect(refused).to_contain_text("Enter its prices on the page Models (0 if it is free)")
            assert violations(page) == []
            session = page.url
            refused.get_by_role("link", name="Models").click()
            unpriced = page.get_by_test_id("model").filter(has_text="At home")
            expect(unpriced).to_contain_text("Nobody knows what it costs")
            expect(page.get_by_test_id("model").filter(has_text="Far")).to_contain_text("US$3.00 / US$15.00")
            assert violations(page) == []

            priced = {"input_price": 0, "output_price": 0, "expected_version": kept["version"]}
            assert page.request.patch(f"{MODELS}/{kept['id']}", data=priced).ok
            page.goto(session)
            # the free one is asked first, and the other one when it cannot be used: what that may cost is said
            expect(page.get_by_text(re.compile(r"costs 0\.\d\d credits at most"))).to_be_visible()
            assert server.requests == []
        finally:
            for one in (kept, dear):
                page.request.delete(f"{MODELS}/{one['id']}")

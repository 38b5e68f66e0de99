"""Signing in with a password in a real browser, and one's account: other browsers ended from here, tokens made here."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.pages import begin, follow, login_url, new_context, ready
from tests.support.studio import Studio

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


@pytest.fixture
def stranger(browser: Browser, studio: Studio) -> Iterator[Page]:
    """A second browser in which nobody is signed in."""
    context = new_context(browser, studio)
    yield context.new_page()
    context.close()


def set_password(page: Page) -> str:
    """Gives the account its password, anew if it has one. Returns the account's name."""
    page.goto("/account")
    expect(page.get_by_test_id("access").first).to_be_visible()
    current = page.get_by_role("textbox", name="Current password")
    if current.count():
        current.fill(PASSWORD)
    page.get_by_role("textbox", name="New password").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_text("Saved. Every other browser is signed out.")).to_be_visible()
    return str(page.evaluate("fetch('/api/v1/auth/me').then(answer => answer.json()).then(me => me.name)"))


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Password").fill(password)
    page.keyboard.press("Enter")


def test_a_password_leads_back_to_where_one_was_and_another_browser_can_be_ended(page: Page, stranger: Page) -> None:
    name = set_password(page)
    begin(page, "free", "A baker who can taste lies")
    session = page.url

    stranger.goto(session)
    expect(stranger.get_by_test_id("sign-in")).to_be_visible()
    expect(stranger.get_by_test_id("signed-out")).to_have_count(0)  # nobody was signed in here before
    sign_in(stranger, name, "not this one at all")
    expect(stranger.get_by_role("alert")).to_have_text("This is not a name and its password.")
    expect(stranger.get_by_role("textbox", name="Password")).to_be_focused()
    sign_in(stranger, name, PASSWORD)
    expect(stranger.get_by_test_id("generate-button").first).to_be_enabled()
    assert stranger.url == session

    page.goto("/account")
    other = page.get_by_test_id("access").filter(has_not_text="this one").filter(has_text="browser").first
    other.get_by_role("button").click()
    expect(stranger.get_by_test_id("sign-in")).to_be_visible(
        timeout=30_000
    )  # its stream was ended: nobody had to click anything
    expect(stranger.get_by_role("heading", level=1)).to_be_focused()
    expect(stranger.get_by_test_id("signed-out")).to_contain_text(
        "You were signed out: this sign-in ended or was revoked."
    )
    stranger.reload()
    expect(stranger.get_by_test_id("signed-out")).to_be_visible()
    expect(stranger.get_by_role("textbox", name="Name")).to_have_value(name)
    sign_in(stranger, name, PASSWORD)
    expect(stranger.get_by_test_id("generate-button").first).to_be_enabled()
    assert stranger.url == session

    stranger.goto("/")
    stranger.get_by_label("Genre").first.fill("fable")
    stranger.get_by_test_id("mode-free").click()
    page.reload()
    page.get_by_test_id("end-others").click()
    expect(stranger.get_by_test_id("sign-in")).to_be_visible(timeout=30_000)
    sign_in(stranger, name, PASSWORD)
    expect(stranger.get_by_label("Genre").first).to_have_value("fable")
    expect(stranger.get_by_test_id("mode-free")).to_have_attribute("aria-checked", "true")
    stranger.get_by_label("Account").click()
    stranger.get_by_role("menuitem", name="Sign out").click()
    expect(stranger.get_by_test_id("sign-in")).to_be_visible()
    expect(stranger.get_by_test_id("signed-out")).to_have_count(0)  # they know


def test_words_that_were_not_sent_are_still_there_after_signing_in_again(page: Page, stranger: Page) -> None:
    name = set_password(page)
    begin(page, "free", "A cartographer maps the inside of a whale")
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    stranger.goto(page.url)
    sign_in(stranger, name, PASSWORD)
    ready(stranger)
    stranger.get_by_test_id("feedback-input").first.fill("Call it The Honest Loaf")
    page.goto("/account")
    page.get_by_test_id("end-others").click()
    expect(stranger.get_by_test_id("sign-in")).to_be_visible(timeout=30_000)
    sign_in(stranger, name, PASSWORD)
    expect(stranger.get_by_test_id("feedback-input").first).to_have_value("Call it The Honest Loaf")


def test_a_used_address_is_said_to_who_is_signed_in_and_to_who_is_not(
    page: Page, stranger: Page, studio: Studio
) -> None:
    used = login_url(studio)
    follow(stranger, used)
    expect(stranger.get_by_test_id("seed-input")).to_be_visible()
    page.goto(used)
    expect(page.get_by_test_id("used-address")).to_contain_text("you are still signed in as")
    page.get_by_test_id("used-address").get_by_label("Close").click()
    expect(page.get_by_test_id("used-address")).to_have_count(0)
    assert "login" not in page.url
    stranger.context.clear_cookies()
    stranger.goto(used)
    expect(stranger.get_by_text("That sign-in address was used already or is too old")).to_be_visible()
    expect(stranger.get_by_text(".venv/bin/genesis login NAME")).to_be_visible()


def test_a_token_is_shown_once_and_can_be_revoked(page: Page) -> None:
    page.goto("/account")
    page.get_by_role("textbox", name="What it is for").fill("Backup script")
    page.get_by_role("checkbox", name="write").uncheck()
    page.get_by_test_id("make-token").click()
    shown = page.get_by_test_id("new-token")
    expect(shown).to_contain_text("shown this once")
    token = shown.locator("pre").inner_text()
    page.set_viewport_size({"width": 390, "height": 844})
    assert shown.locator("pre").evaluate("box => box.scrollWidth <= box.clientWidth")  # all of it can be read
    me = "fetch('/api/v1/auth/me', {credentials: 'omit', headers: {Authorization: `Bearer ${token}`}})"
    ask = f"token => {me}.then(answer => answer.status)"
    assert page.evaluate(ask, token) == 200
    page.reload()
    expect(page.get_by_text(token)).to_have_count(0)
    row = page.get_by_test_id("access").filter(has_text="Backup script")
    expect(row).to_contain_text(re.compile("read"))
    row.get_by_role("button").click()
    expect(row).to_have_count(0)
    assert page.evaluate(ask, token) == 401


def test_too_many_tries_say_how_long_to_wait(stranger: Page) -> None:
    stranger.route(
        "**/api/v1/auth/login",
        lambda route: route.fulfill(
            status=429,
            headers={"Retry-After": "42", "Content-Type": "application/problem+json"},
            json={"type": "about:blank", "title": "", "status": 429, "code": "RATE_LIMITED", "detail": "Later."},
        ),
    )
    stranger.goto("/")
    sign_in(stranger, "somebody", "some password")
    expect(stranger.get_by_role("alert")).to_have_text(re.compile(r"Wait 4[012] seconds"))
    expect(stranger.get_by_test_id("sign-in")).to_be_disabled()

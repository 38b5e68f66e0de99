"""Two tabs on one session in a real browser: each sees the other, and nobody overwrites what they have not seen."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.pages import begin, edit, ready, save, titled

pytestmark = pytest.mark.browser


@pytest.fixture
def two(page: Page) -> Iterator[tuple[Page, Page]]:
    """The same session in two tabs of one browser, with concepts to choose from."""
    begin(page, "free", "A lighthouse keeper collects the voices of drowned sailors")
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    other = page.context.new_page()
    other.goto(page.url)
    ready(other)
    yield page, other
    other.close()


def conflict(two: tuple[Page, Page]) -> None:
    """Both edit the same concept; the other saves first."""
    mine, other = two
    edit(mine, "The Salt Ledger")
    edit(other, "The Drowned Choir")
    save(other)
    expect(titled(mine, "The Drowned Choir")).to_have_count(1)  # seen live
    save(mine)
    expect(mine.get_by_test_id("conflict-mine")).to_contain_text("The Salt Ledger")
    expect(mine.get_by_test_id("conflict-now")).to_contain_text("The Drowned Choir")


def test_the_dialog_that_shows_both_sides_can_be_used_by_everyone(two: tuple[Page, Page]) -> None:
    conflict(two)
    assert violations(two[0]) == []


def test_each_tab_knows_of_the_other(two: tuple[Page, Page]) -> None:
    mine, other = two
    expect(mine.get_by_test_id("presence")).to_have_attribute("data-others", "1")
    expect(other.get_by_test_id("presence")).to_contain_text("Also open: Chrome on Linux")
    other.goto("/")
    expect(mine.get_by_test_id("presence")).to_have_attribute("data-others", "0")


def test_keep_mine_saves_it_beside_the_other(two: tuple[Page, Page]) -> None:
    mine, other = two
    conflict(two)
    mine.get_by_test_id("keep-mine").click()
    for page in (mine, other):
        expect(titled(page, "The Salt Ledger")).to_have_count(1)
        expect(titled(page, "The Drowned Choir")).to_have_count(1)


def test_take_theirs_sets_mine_aside_where_it_can_be_copied(two: tuple[Page, Page]) -> None:
    mine, _ = two
    conflict(two)
    mine.get_by_test_id("take-theirs").click()
    expect(mine.get_by_test_id("set-aside")).to_be_visible()
    mine.reload()
    expect(titled(mine, "The Drowned Choir")).to_have_count(1)
    expect(titled(mine, "The Salt Ledger")).to_have_count(0)
    mine.get_by_test_id("set-aside").get_by_role("button", name="Take it up again").click()
    expect(mine.get_by_role("textbox", name="Title", exact=True)).to_have_value("The Salt Ledger")


def test_going_on_editing_keeps_every_word_and_knows_the_other_side_from_then_on(two: tuple[Page, Page]) -> None:
    mine, _ = two
    conflict(two)
    mine.get_by_test_id("keep-editing").click()
    expect(mine.get_by_role("textbox", name="Title", exact=True)).to_have_value("The Salt Ledger")
    save(mine)
    expect(titled(mine, "The Salt Ledger")).to_have_count(1)
    expect(mine.get_by_test_id("conflict")).to_have_count(0)


def test_what_happened_elsewhere_does_not_bother_the_writer(two: tuple[Page, Page]) -> None:
    mine, other = two
    edit(mine, "The Salt Ledger")
    other.get_by_test_id("stage-WORLDVIEW").click()
    other.get_by_test_id("generate-button").first.click()
    ready(other)
    # a free session is led by whoever moves: the edit is waiting where it was begun
    mine.get_by_test_id("stage-CONCEPT_SELECTION").click()
    expect(mine.get_by_role("textbox", name="Title", exact=True)).to_have_value("The Salt Ledger")
    save(mine)
    expect(titled(mine, "The Salt Ledger")).to_have_count(1)
    expect(mine.get_by_test_id("conflict")).to_have_count(0)


def test_an_unsent_edit_survives_a_reload_and_a_needed_field_is_named(two: tuple[Page, Page]) -> None:
    mine, _ = two
    edit(mine, "The Salt Ledger")
    mine.reload()
    title = mine.get_by_role("textbox", name="Title", exact=True)
    expect(title).to_have_value("The Salt Ledger")
    title.fill("")
    save(mine)
    expect(title).to_be_focused()
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(mine.get_by_role("alert")).to_contain_text(re.compile("Title.*is needed"))
    title.fill("The Salt Ledger")
    save(mine)
    expect(titled(mine, "The Salt Ledger")).to_have_count(1)


def test_an_ended_session_can_begin_a_new_one(two: tuple[Page, Page]) -> None:
    mine, other = two
    mine.get_by_label("More").click()
    mine.get_by_role("menuitem", name="Abandon").click()
    mine.get_by_role("button", name="Abandon it").click()
    ended = mine.url
    mine.get_by_test_id("branch-button").click()
    mine.wait_for_url(lambda url: "/sessions/" in url and url != ended)
    expect(mine.get_by_test_id("generate-button").first).to_be_enabled()
    other.get_by_test_id("timeline-entry").nth(1).get_by_test_id("branch-entry").click()
    other.wait_for_url(lambda url: "/sessions/" in url and url != ended)
    other.goto("/")  # the branches are told from what they came from, and stand above it
    cards = other.get_by_test_id("session-card")
    expect(cards.nth(0)).to_contain_text("Branched from “A lighthouse keeper")
    expect(cards.nth(0)).to_contain_text("at version 3")
    expect(cards.nth(1).get_by_test_id("branched-from")).to_have_count(1)
    expect(cards.nth(2).get_by_test_id("branched-from")).to_have_count(0)

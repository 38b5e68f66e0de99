"""What is typed while something is sent, in two tabs, while an input method composes, and without a store."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages import begin, edit, ready, save, titled
from tests.support.typing import LAGGING, Commands, box

pytestmark = pytest.mark.browser
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
FORBIDDEN = """for (const name of ['localStorage', 'sessionStorage'])
    Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })"""


@pytest.fixture
def concepts(page: Page) -> Page:
    begin(page, "free", "A lighthouse keeper collects the voices of drowned sailors")
    page.get_by_test_id("generate-button").first.click()
    ready(page)
    return page


def test_what_is_typed_while_a_send_is_under_way_stays_in_every_box(page: Page) -> None:
    commands = Commands(page)
    page.goto("/")
    spark = page.get_by_test_id("seed-input")
    spark.fill("A lighthouse keeper")
    page.get_by_test_id("mode-free").click()
    with commands.held():
        page.get_by_test_id("start-button").click()
        commands.wait(1)
        spark.fill("A second idea, typed meanwhile")
    page.wait_for_url(re.compile(r"/sessions/"))

    wishes = page.get_by_test_id("wishes-input")
    wishes.fill("Set in winter")
    with commands.held():
        wishes.press("Control+Enter")
        commands.wait(2)
        wishes.press_sequentially(" and on an island")
    ready(page)
    expect(wishes).to_have_value("and on an island")  # what was sent is gone, and only that

    # the read side lags as long as it is waited for: what was sent is sent all the same
    page.route("**/state/compact**", lambda route: route.fulfill(**LAGGING))
    feedback = box(page)
    feedback.fill("Make her older")
    with commands.held():
        page.get_by_test_id("feedback-send").last.click()
        commands.wait(3)
        feedback.fill("Or younger, after all")
    expect(page.get_by_text("Make her older").first).to_be_visible()
    expect(feedback).to_have_value("Or younger, after all")
    page.unroute("**/state/compact**")
    ready(page)
    assert [kind for kind, _ in commands.sent] == ["START_GENESIS", "GENERATE_INSPIRATION", "PROVIDE_FEEDBACK"]
    page.goto("/")
    expect(spark).to_have_value("A second idea, typed meanwhile")


def test_what_is_typed_while_an_edit_is_saved_stays_open_on_top_of_what_was_saved(concepts: Page) -> None:
    page, commands = concepts, Commands(concepts)
    edit(page, "The Salt Ledger")
    title = page.get_by_role("textbox", name="Title", exact=True)
    with commands.held():
        save(page)
        commands.wait(1)
        title.fill("The Salt Ledger of Skerry")
    expect(titled(page, "The Salt Ledger")).to_have_count(1)
    expect(title).to_have_value("The Salt Ledger of Skerry")
    save(page)
    expect(titled(page, "The Salt Ledger of Skerry")).to_have_count(1)
    expect(page.get_by_role("textbox", name="Title", exact=True)).to_have_count(0)
    saved = [body["payload"] for _, body in commands.sent]
    assert [one["content"]["title"] for one in saved] == ["The Salt Ledger", "The Salt Ledger of Skerry"]
    assert saved[0]["proposal_id"] != saved[1]["proposal_id"]  # the second lies on top of the first


def test_two_tabs_never_write_into_each_others_boxes_and_what_one_leaves_is_offered(concepts: Page) -> None:
    mine = concepts
    with mine.context.expect_page() as opened:
        mine.evaluate("window.open(location.href)")  # as a duplicated tab: the browser copies the session's store
    other = opened.value
    ready(other)
    expect(mine.get_by_test_id("presence")).to_have_attribute("data-others", "1")
    box(mine).fill("Mine")
    expect(other.get_by_test_id("unsent").first).to_contain_text("Mine")
    expect(box(other)).to_have_value("")
    box(other).fill("Left behind")
    expect(box(mine)).to_have_value("Mine")
    box(mine).press("Control+Enter")
    expect(box(mine)).to_have_value("")
    ready(mine)
    expect(box(other)).to_have_value("Left behind")
    other.close()
    offer = mine.get_by_test_id("unsent").filter(has_text="Left behind")
    offer.get_by_role("button", name="Discard").click()
    mine.get_by_test_id("undo").get_by_role("button").click()
    offer.get_by_role("button", name="Go on with it").click()
    expect(box(mine)).to_have_value("Left behind")
    mine.reload()
    expect(box(mine)).to_have_value("Left behind")


def test_no_key_but_the_sending_one_acts_in_a_text_and_none_while_composing(concepts: Page) -> None:
    page, commands = concepts, Commands(concepts)
    box(page).focus()
    page.keyboard.press("Alt+r")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.keyboard.press("Backspace")
    expect(box(page)).to_have_value("")
    browser = page.context.new_cdp_session(page)
    browser.send("Input.imeSetComposition", {"text": "dengta", "selectionStart": 6, "selectionEnd": 6})
    page.keyboard.press("Control+Enter")
    browser.send("Input.insertText", {"text": "灯塔"})
    expect(box(page)).to_have_value("灯塔")
    page.keyboard.press("Control+Enter")
    commands.wait(1)
    assert [(kind, body["payload"]["text"]) for kind, body in commands.sent] == [("PROVIDE_FEEDBACK", "灯塔")]
    ready(page)
    page.goto("/")
    page.get_by_test_id("seed-input").focus()
    browser.send("Input.imeSetComposition", {"text": "feng", "selectionStart": 4, "selectionEnd": 4})
    page.keyboard.press("Control+Enter")
    browser.send("Input.insertText", {"text": "风"})
    expect(page.get_by_test_id("seed-input")).to_have_value("风")
    expect(page.get_by_test_id("language-input")).to_have_value("中文")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/sessions/"))
    assert [body["payload"]["seed"] for kind, body in commands.sent if kind == "START_GENESIS"] == ["风"]


@pytest.mark.parametrize("script", [FULL, FORBIDDEN], ids=["full", "forbidden"])
def test_without_a_store_everything_can_be_typed_and_sent_and_it_is_said_once(concepts: Page, script: str) -> None:
    page = concepts
    page.add_init_script(script)
    page.reload()
    ready(page)
    expect(page.get_by_test_id("not-kept")).to_have_count(0)
    box(page).fill("Make her older")
    expect(page.get_by_test_id("not-kept")).to_be_visible()
    page.get_by_test_id("not-kept").get_by_role("button").click()
    box(page).fill("Make her much older")
    expect(page.get_by_test_id("not-kept")).to_have_count(0)
    box(page).press("Control+Enter")
    expect(page.get_by_text("Make her much older").first).to_be_visible()
    expect(box(page)).to_have_value("")
    ready(page)
    edit(page, "The Salt Ledger")
    save(page)
    expect(titled(page, "The Salt Ledger")).to_have_count(1)

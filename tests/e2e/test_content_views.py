"""Plot line, map of relations, tree of places: from the keyboard, on a phone, on paper, with words that have no end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from genesis_types.enums import GenesisStage
from playwright.sync_api import Browser, Locator, Page, expect

from domain.genesis.proposals import Content
from domain.genesis.stages import STAGE_ORDER
from tests.support.axe import violations
from tests.support.commands import CONTENTS
from tests.support.forcing import COMMANDS
from tests.support.pages import follow, login_url, new_context
from tests.support.pictured import LONG_WORD, MARKUP, RTL, hostile_words, ordinary
from tests.support.studio import Studio

pytestmark = pytest.mark.browser
KIND = {
    GenesisStage.CHARACTERS: "relations",
    GenesisStage.WORLDVIEW: "places",
    GenesisStage.PLOT_OUTLINE: "plot",
}
PLOT, PEOPLE, WORLD = GenesisStage.PLOT_OUTLINE, GenesisStage.CHARACTERS, GenesisStage.WORLDVIEW

# labels that lie on each other, as "one / other"
OVERLAPS = """selector => {
    const all = [...document.querySelectorAll(selector)].map(e => [e.textContent, e.getBoundingClientRect()]);
    const beside = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1;
    const touch = (a, b) => !beside(a, b) && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    return all.flatMap(([t, a], n) => all.slice(n + 1).filter(([, b]) => touch(a, b)).map(([u]) => `${t} / ${u}`));
}"""
# what reaches over the right edge, with its class
BEYOND = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(-5).map(e => `${e.tagName} ${e.className} ${Math.round(e.getBoundingClientRect().right)}`)"""
# puts the focus on the first part of a draft's plot line, and notes in each frame whether it is still there
FOCUS_WHILE_GROWING = """() => {
    const watched = window.watched = {grew: 0, lost: []};
    let node = null, count = 0;
    const look = () => {
        const all = document.querySelectorAll("[data-testid=draft-card] [data-row]");
        if (all.length && !node) { node = all[0]; node.focus(); }
        else if (all.length && document.activeElement !== node)
            watched.lost.push(document.activeElement?.outerHTML.slice(0, 200));
        if (count && all.length > count) watched.grew += 1;
        count = all.length;
        requestAnimationFrame(look);
    };
    look();
}"""
LABELS = '[data-row="acts"], [data-row="beats"]'


@dataclass(frozen=True)
class Shelf:
    """What there is to look at: a finished novel, and a session of hostile words."""

    novel_id: str
    hostile_id: str


def give(page: Page, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    command = {"command_type": kind, "payload": payload} | ({"session_id": session_id} if session_id else {})
    answer = page.request.post(COMMANDS, data=command)
    assert answer.ok, answer.text()
    return dict(answer.json())


def written(page: Page, contents: dict[GenesisStage, Content], *, confirm: bool, **start: str) -> str:
    session_id = str(give(page, "START_GENESIS", mode="free_form", **start)["session_id"])
    version = 0
    for stage, content in contents.items():
        if stage is not STAGE_ORDER[0]:
            give(page, "NAVIGATE_TO_STAGE", session_id, stage=stage.value)
        kind = "CONFIRM_STAGE" if confirm else "EDIT_CONTENT"
        version = give(page, kind, session_id, stage=stage.value, content=content)["version"]
    page.request.get(f"/api/v1/genesis/{session_id}/state/compact?min_version={version}")
    return session_id


@pytest.fixture(scope="module")
def shelf(browser: Browser, studio: Studio) -> Iterator[Shelf]:
    context = new_context(browser, studio)
    page = context.new_page()
    follow(page, login_url(studio))
    session_id = written(page, CONTENTS | ordinary(), confirm=True, title="Tides")
    novel_id = str(give(page, "FINISH_GENESIS", session_id)["result"]["novel_id"])
    seed = f"{LONG_WORD * 5} {RTL} {MARKUP}"
    hostile_id = written(page, hostile_words(), confirm=False, title=LONG_WORD[:120], seed=seed)
    yield Shelf(novel_id, hostile_id)
    context.close()


def figure(page: Page, stage: GenesisStage) -> Locator:
    return page.get_by_test_id(f"figure-{KIND[stage]}")


def open_stage(page: Page, session_id: str, stage: GenesisStage) -> Locator:
    page.goto(f"/sessions/{session_id}")
    page.get_by_test_id(f"stage-{stage.value}").click()
    expect(figure(page, stage)).to_be_visible()
    return figure(page, stage)


def test_the_plot_line_is_gone_through_with_the_arrow_keys_and_opens_its_texts(page: Page, shelf: Shelf) -> None:
    page.goto(f"/novels/{shelf.novel_id}")
    plot = figure(page, PLOT)
    plot.get_by_test_id("figure-toggle").focus()
    page.keyboard.press("Tab")
    beats = plot.locator('[data-row="beats"]')
    expect(plot.get_by_role("button", name=re.compile("Opening image"))).to_be_focused()
    page.keyboard.press("End")
    expect(plot.get_by_role("button", name=re.compile("Final image"))).to_be_focused()
    page.keyboard.press("Enter")
    details = plot.get_by_test_id("figure-details")
    expect(details).to_contain_text("Final image: the tide turns.")
    page.keyboard.press("ArrowDown")  # to the chapter that is nearest; what is open follows
    expect(plot.get_by_role("button", name=re.compile("Chapter 12"))).to_be_focused()
    expect(details).to_contain_text("Morning, told from the quay.")
    expect(details).to_contain_text("2,000 words")
    page.keyboard.press("ArrowDown")
    expect(details).to_contain_text("paid at 50%")
    page.keyboard.press("ArrowLeft")
    expect(details).to_contain_text("planted at 10%, paid at 89%")
    page.keyboard.press("Escape")
    expect(details).to_contain_text("Choose an act")
    beats.filter(has_text="Midpoint").click()
    details.get_by_role("button", name="Go to the whole text").click()
    field = page.locator('[data-item="/beats/8"]')
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    assert page.evaluate(OVERLAPS, LABELS) == []
    assert violations(page) == []


def test_the_map_goes_from_person_to_person_and_reads_both_directions(page: Page, shelf: Shelf) -> None:
    page.goto(f"/novels/{shelf.novel_id}")
    people = figure(page, PEOPLE)
    people.get_by_role("button", name="Ines Varga protagonist 5 relations").focus()
    page.keyboard.press("Enter")
    details = people.get_by_test_id("figure-details")
    expect(details).to_contain_text("Old friends from the lifeboat")
    expect(details).to_contain_text("She knows what he did in the storm")
    expect(details).to_contain_text("Is paid to")  # what he has with her
    people.get_by_role("button", name="Ines Varga protagonist 5 relations").focus()
    page.keyboard.press("Tab")
    expect(people.get_by_role("button", name="Tomas ally 2 relations")).to_be_focused()
    at = people.locator("[data-person]")
    seen = set()
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):  # he has but one to go to
        people.locator('[data-person="tomas"]').focus()
        page.keyboard.press(key)
        seen.add(str(page.evaluate("document.activeElement.dataset.person")))
    assert seen == {"tomas", "ines"}
    expect(details.locator("strong")).to_have_text(re.compile("Ines Varga|Tomas"))
    assert page.evaluate(OVERLAPS, "[data-person]") == []
    before = at.evaluate_all("all => all.map(one => one.style.cssText)")
    page.reload()
    expect(at.first).to_be_visible()
    assert at.evaluate_all("all => all.map(one => one.style.cssText)") == before
    assert violations(page) == []


def test_the_tree_is_folded_and_read_from_the_keyboard(page: Page, shelf: Shelf) -> None:
    page.goto(f"/novels/{shelf.novel_id}")
    places = figure(page, WORLD)
    item = places.get_by_role("treeitem")
    expect(item).to_have_count(7)
    item.first.focus()
    page.keyboard.press("ArrowLeft")
    expect(item).to_have_count(2)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("t")
    expect(places.get_by_role("treeitem", name="The old quay")).to_be_focused()
    page.keyboard.press("Enter")
    expect(places.get_by_test_id("figure-details")).to_contain_text("in Brackwater")
    expect(places.get_by_test_id("figure-details")).to_contain_text("Nobody lands here any more.")
    assert violations(page) == []


def test_each_picture_is_a_list_as_well_and_both_are_printed(page: Page, shelf: Shelf) -> None:
    page.goto(f"/novels/{shelf.novel_id}")
    for stage, row in ((PEOPLE, "3 Tomas"), (WORLD, "The lamp room"), (PLOT, "Act two")):
        found = figure(page, stage)
        found.get_by_test_id("figure-toggle").click()
        expect(found.get_by_role("row").filter(has=page.get_by_text(row))).to_be_visible()
        expect(found.locator("[data-person], [data-row], [role=treeitem]").first).to_be_hidden()
        found.get_by_test_id("figure-toggle").click()
    page.emulate_media(media="print", color_scheme="dark")
    for pressed in (page.locator(".mantine-Button-root, .mantine-ActionIcon-root"), page.get_by_text("Read more")):
        expect(pressed.locator("visible=true")).to_have_count(0)  # nothing can be pressed on paper
    for stage in KIND:
        found = figure(page, stage)
        expect(found.locator("[data-person], [data-row], [role=treeitem]").first).to_be_visible()
        expect(found.get_by_role("table")).to_be_visible()
        assert found.get_by_role("table").evaluate("table => table.getBoundingClientRect().height") > 40
        expect(found.get_by_test_id("figure-toggle")).to_be_hidden()
    page.set_viewport_size({"width": 640, "height": 900})  # about what paper is wide
    assert page.evaluate(OVERLAPS, LABELS) == []
    assert page.evaluate(OVERLAPS, "[data-person]") == []
    ink = page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(35, 33, 29)"  # dark on light, whatever the screen is


def test_a_plot_line_grows_with_the_text_and_loses_no_focus(page: Page) -> None:
    session_id = str(give(page, "START_GENESIS", mode="free_form", seed="A baker who can taste lies")["session_id"])
    page.goto(f"/sessions/{session_id}")
    page.get_by_test_id(f"stage-{PLOT.value}").click()
    expect(page.get_by_test_id(f"stage-{PLOT.value}")).to_have_attribute("aria-current", "step")
    page.evaluate(FOCUS_WHILE_GROWING)
    page.get_by_test_id("generate-button").first.click()
    growing = page.get_by_test_id("draft-card").first.locator('[data-row="beats"], [data-row="acts"]')
    expect(growing.first).to_be_visible(timeout=30_000)
    expect(page.get_by_test_id("proposal-card").first).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("proposal-card").first.locator('[data-row="chapters"]').first).to_be_visible()
    watched = page.evaluate("window.watched")
    assert watched["grew"] > 0
    assert watched["lost"] == []
    # the draft is gone, and the keyboard goes on where it stood
    page.wait_for_function("document.activeElement !== document.body")


@pytest.fixture
def phone(browser: Browser, studio: Studio) -> Iterator[Page]:
    context = new_context(browser, studio, width=320, height=640)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    follow(page, login_url(studio))
    yield page
    context.close()
    assert errors == []


def test_words_without_an_end_emoji_and_right_to_left_keep_to_a_narrow_page(phone: Page, shelf: Shelf) -> None:
    phone.goto("/")
    expect(phone.get_by_test_id("session-card").first).to_be_visible()
    assert phone.evaluate(BEYOND) == []
    phone.get_by_test_id("seed-input").fill(LONG_WORD * 600)  # 100,000 characters
    assert phone.evaluate(BEYOND) == []
    expect(phone.get_by_test_id("seed-input")).to_be_in_viewport()
    phone.get_by_test_id("seed-input").fill("")
    phone.goto(f"/sessions/{shelf.hostile_id}")
    for stage in hostile_words():
        phone.get_by_test_id(f"stage-{stage.value}").click()
        expect(phone.get_by_test_id(f"stage-{stage.value}")).to_have_attribute("aria-current", "step")
        expect(phone.get_by_test_id("proposal-card").first).to_be_visible()
        if stage in KIND:
            expect(figure(phone, stage)).to_be_visible()
            figure(phone, stage).locator("[data-person], [data-row=beats], [role=treeitem]").first.click()
            expect(figure(phone, stage).get_by_role("button", name="Go to the whole text")).to_be_visible()
        assert phone.evaluate(BEYOND) == [], stage
    assert phone.evaluate(OVERLAPS, LABELS) == []
    phone.get_by_test_id(f"stage-{STAGE_ORDER[0].value}").click()
    expect(phone.get_by_test_id("proposal-card").first).to_contain_text(MARKUP)
    phone.get_by_role("button", name="Edit", exact=True).first.click()
    expect(phone.locator('[data-path="central_conflict"]')).to_be_visible()
    assert phone.evaluate(BEYOND) == []
    for pane in ("History", "AI"):
        phone.get_by_text(pane, exact=True).click()
        assert phone.evaluate(BEYOND) == [], pane
    assert phone.evaluate("window.ran") is None  # markup and script are shown as text wherever a writer's words stand


def test_every_place_of_a_world_that_runs_in_circles_is_there_on_a_phone(phone: Page, shelf: Shelf) -> None:
    places = open_stage(phone, shelf.hostile_id, WORLD)
    expect(places.get_by_role("treeitem")).to_have_count(63)
    expect(places.get_by_role("treeitem", name="The inner yard")).to_contain_text("which is itself a part of it")
    expect(places.get_by_role("treeitem", name="An island")).to_contain_text("which is not in the list")
    assert places.locator("li > div").evaluate_all("rows => rows.every(row => row.offsetWidth > 120)")
    assert violations(phone) == []

"""A model in a real browser: what it was sent, what it did not bring, and the ways on when it fails."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.genesis.stages import STAGE_ORDER
from tests.e2e.test_contradictions import give
from tests.integration.test_parts_of_several import SeveralServer
from tests.support.axe import violations
from tests.support.model_answers import muse_answer
from tests.support.openai_server import Behaviour, OpenAIServer
from tests.support.pages import begin, follow, login_url, new_context
from tests.support.parts import CAST, before, broken, part_of
from tests.support.searching import ALIVE, CONFIRMED, NOW, THEN, YOUNGER, reading_answer
from tests.support.studio import Studio, running_studio

pytestmark = pytest.mark.browser

Serve = Callable[[dict[str, Any]], Behaviour]


class Changing(OpenAIServer):
    """A model's server that does what the test says now."""

    serve: Serve = staticmethod(lambda _: Behaviour(answer=muse_answer))

    def behaviour(self, body: dict[str, Any]) -> Behaviour:
        return self.serve(body)


@pytest.fixture(scope="module")
def model() -> Iterator[Changing]:
    server = Changing()
    with server:
        yield server


@pytest.fixture(scope="module")
def asking(model: Changing) -> Iterator[Studio]:
    """A studio whose writer is a model that reads little, and is asked for everything."""
    with running_studio(
        GENESIS_MODEL="openai:page-model", GENESIS_MODEL_BASE_URL=model.url(), GENESIS_MODEL_PROFILE="full"
    ) as running:
        yield running


@pytest.fixture
def page(browser: Browser, asking: Studio) -> Iterator[Page]:
    context = new_context(browser, asking)
    opened = context.new_page()
    follow(opened, login_url(asking))
    yield opened
    context.close()


def two_of_three(body: dict[str, Any]) -> str:
    """Two proposals, and nothing that could be the third; the second is much like the first."""
    answer = json.loads(muse_answer(body))
    items = answer.get("proposals", [answer])[:2]
    return json.dumps({"proposals": [items[0], items[0] | {"title": items[0]["title"] + " II"}]})


def prose(_: dict[str, Any]) -> Behaviour:
    return Behaviour(answer=lambda _: "I would rather tell you of the sea. " * 20, as_text=True, pause=0.01)


def fits(page: Page) -> None:
    """No sideways scrolling, from a desk down to the narrowest phone; the window is a desk's afterwards."""
    for width in (1440, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1440, "height": 900})


def test_what_was_sent_what_is_missing_and_the_ways_on(page: Page, model: Changing) -> None:
    model.serve = lambda _: Behaviour(answer=two_of_three)
    begin(page, "free", "A ferryman who may not cross the river himself")
    page.get_by_test_id("generate-button").first.click()
    expect(page.get_by_test_id("proposal-card")).to_have_count(2, timeout=60_000)

    # what the round did not bring, and what is wrong with what it brought, is still there after a reload
    page.reload()
    expect(page.get_by_test_id("round-notes")).to_contain_text("2 of 3 proposals came")
    expect(page.get_by_test_id("proposal-notes")).to_contain_text("almost the same")
    fits(page)

    page.get_by_test_id("sent-button").first.click()
    sent = page.get_by_test_id("sent")
    expect(sent).to_contain_text("page-model")
    expect(sent.get_by_role("listitem")).to_have_count(2)
    expect(sent).to_contain_text("Request 1: the answer had flaws that it was asked to mend")
    expect(sent).to_contain_text("Request 2: its answer was taken")
    sent.locator("summary").filter(has_text=re.compile(r"^spark ")).first.click()
    expect(sent.locator("pre:visible")).to_contain_text("A ferryman who may not cross the river himself")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 320, "height": 900})
    page.get_by_test_id("sent-button").first.click()
    expect(sent.get_by_role("listitem")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert sent.evaluate("node => node.scrollWidth <= node.clientWidth"), "nothing is cut at its side"
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1440, "height": 900})

    model.serve = lambda _: Behaviour(answer=muse_answer)
    page.get_by_test_id("ask-for-the-rest").click()
    expect(page.get_by_test_id("proposal-card")).to_have_count(3, timeout=60_000)
    expect(page.get_by_test_id("round-notes")).to_have_count(0)

    # a model that talks: its words are shown, then the cause in a sentence of its own, and the ways on
    model.serve = prose
    page.get_by_test_id("generate-button").first.click()
    expect(page.get_by_test_id("draft-raw")).to_contain_text("the sea", timeout=30_000)
    expect(page.get_by_test_id("attempt")).to_contain_text("of at most 3", timeout=30_000)
    expect(page.get_by_test_id("by-the-muse")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("alert")).to_contain_text("did not have the shape of this stage")
    expect(page.get_by_role("alert")).to_contain_text("3 requests were made")
    assert violations(page) == []
    fits(page)

    model.serve = lambda _: Behaviour(answer=muse_answer)
    before = len(model.requests)
    page.get_by_test_id("fewer-details").click()
    expect(page.get_by_test_id("proposal-card").nth(3)).to_be_visible(timeout=60_000)
    assert "comparable_titles" not in json.dumps(model.requests[before][2].get("response_format", {}))

    model.serve = prose
    page.get_by_test_id("generate-button").first.click()
    page.get_by_test_id("by-the-muse").click(timeout=60_000)
    expect(page.get_by_role("alert")).to_have_count(0, timeout=60_000)
    expect(page.get_by_test_id("pending-indicator")).to_have_count(0, timeout=60_000)
    page.get_by_test_id("sent-button").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("not an AI model")


def test_a_model_looks_for_contradictions_and_both_sentences_stand_beside_each_other(
    page: Page, model: Changing
) -> None:
    session_id = str(give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
    versions = [
        give(page, "CONFIRM_STAGE", session_id, stage=one, content=of)["version"] for one, of in CONFIRMED.items()
    ]
    page.request.get(f"/api/v1/genesis/{session_id}/state/compact?min_version={versions[-1]}")
    model.serve = lambda _: Behaviour(answer=reading_answer, pieces=6, pause=0.5)
    page.goto(f"/sessions/{session_id}")
    page.get_by_test_id("look-for-contradictions").click()
    page.get_by_test_id("search-button").click()
    expect(page.get_by_test_id("searching")).to_be_visible(timeout=30_000)
    page.keyboard.press("Escape")  # closes the list, and stops nothing
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_test_id("pending-indicator")).to_contain_text("Looking for contradictions")
    expect(page.get_by_test_id("contradictions")).to_contain_text("2 contradictions", timeout=60_000)

    page.get_by_test_id("contradictions").get_by_role("button").click()
    first = page.get_by_test_id("contradiction").first
    expect(first.get_by_test_id("both-sides").locator("blockquote")).to_have_text([NOW, THEN])
    expect(first).to_contain_text("Found by page-model")
    expect(page.get_by_test_id("last-search")).to_contain_text("One more finding was dropped")
    expect(page.get_by_role("dialog")).to_have_css("opacity", "1")
    assert violations(page) == []
    sent = page.get_by_test_id("sent")
    for beside, by_key in ((first, False), (page.get_by_test_id("last-search"), True)):
        beside.get_by_test_id("sent-button").click()
        expect(sent).to_contain_text("agreement-2")
        expect(sent).to_contain_text("Request 1: its answer was taken")
        if by_key:
            page.keyboard.press("Escape")
        else:
            page.get_by_role("dialog").last.get_by_role("button", name="Close", exact=True).click()
        expect(sent).to_have_count(0)
        expect(first).to_be_visible()  # the list below it stays open
    page.keyboard.press("Escape")
    expect(first).to_have_count(0)
    page.set_viewport_size({"width": 320, "height": 700})
    page.get_by_test_id("contradictions").get_by_role("button").click()
    expect(first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    first.get_by_test_id("accept-change").click()
    expect(page.get_by_test_id("contradiction")).to_have_count(1)
    page.get_by_test_id("leave-it").click()
    expect(page.get_by_test_id("contradiction")).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("left-ones")).to_be_visible()
    state = page.request.get(f"/api/v1/genesis/{session_id}/state").json()["confirmed_data"]
    assert state["PLOT_OUTLINE"]["chapters"][0]["summary"] == f"Rain. {YOUNGER} {ALIVE}"

    # the sentence that it proposed is told as the model's, and as accepted by the writer
    page.goto(f"/sessions/{session_id}?origins=1")
    page.get_by_test_id("stage-PLOT_OUTLINE").click()
    sentences = page.get_by_test_id("provenance").get_by_test_id("origin")
    expect(sentences.filter(has_text="Rain.").first).to_have_accessible_name("Rain. (own)")
    sentences.filter(has_text=YOUNGER).first.click()
    told = page.get_by_test_id("provenance-panel")
    step = told.get_by_test_id("origin-step").filter(has_text="Proposed by page-model against a contradiction")
    expect(step).to_contain_text("accepted by the writer")
    expect(told).to_have_css("opacity", "1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []


def test_each_incomplete_proposal_says_what_it_lacks_and_asks_for_that_alone(page: Page, model: Changing) -> None:
    parts = SeveralServer({"2/person:2": [broken()], "1/person:4": [broken()]})
    model.serve = parts.behaviour
    session_id = str(give(page, "START_GENESIS", mode="free_form", seed="a lamp")["session_id"])
    for stage in STAGE_ORDER[: STAGE_ORDER.index(CAST)]:
        give(page, "CONFIRM_STAGE", session_id, stage=stage, content=dict(before(CAST)[stage]))
    give(page, "GENERATE_INSPIRATION", session_id, stage=CAST, count=2, fewer_details=True)
    page.goto(f"/sessions/{session_id}?stage=CHARACTERS")
    lacking = page.get_by_test_id("lacking")
    expect(lacking).to_have_count(2, timeout=60_000)
    assert violations(page) == []
    fits(page)
    before_it = len(model.requests)
    model.serve = SeveralServer().behaviour
    second = page.get_by_test_id("proposal-card").filter(has=lacking).last
    second.get_by_test_id("ask-for-the-parts").click()
    expect(page.get_by_test_id("proposal-card")).to_have_count(1, timeout=60_000)  # the older ones are folded
    expect(lacking).to_have_count(0)
    assert len({part_of(body) for _, _, body in model.requests[before_it:]}) == 1, "that part alone"

"""The page of models: connect in a minute without a terminal, be told what is wrong, and read who wrote and why."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.model_answers import KEY
from tests.support.models import MODELS, fails, works
from tests.support.openai_server import OpenAIServer
from tests.support.pages import begin, ready
from tests.support.studio import Studio

LOADS = 240_000
"""Milliseconds: a process loads the AI libraries for a test, beside everything else that runs here."""


def ask(studio: Studio, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {studio.token()}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(studio.base_url + path, data, headers, method=method)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@pytest.fixture
def models_page(page: Page, studio: Studio) -> Iterator[Page]:
    """Opened from the account's menu; whatever is kept there goes afterwards, for the studio is everybody's."""
    page.goto("/")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Models").click()
    page.get_by_test_id("add-model").wait_for()
    yield page
    for item in ask(studio, "GET", MODELS)["items"]:
        ask(studio, "DELETE", f"{MODELS}/{item['id']}")


def fill(page: Page, server: OpenAIServer, name: str) -> None:
    page.get_by_test_id("add-model").click()
    form = page.get_by_test_id("model-form")
    form.get_by_role("combobox", name="From").click()
    page.get_by_role("option", name="Another server").click()
    form.get_by_role("textbox", name="Address").fill(server.url())
    form.get_by_role("textbox", name="Name in lists").fill(name)


def test_connecting_a_model_writing_with_it_and_hearing_why_another_wrote(models_page: Page, studio: Studio) -> None:
    page = models_page
    names = [f"model-{number:04}" for number in range(2_100)]
    with OpenAIServer(works(), models=names) as server, OpenAIServer(fails(401, "Incorrect API key")) as broken:
        expect(page.get_by_text("it is not an AI")).to_be_visible()
        fill(page, server, "At home")
        form = page.get_by_test_id("model-form")
        form.get_by_label("Key", exact=True).fill("sk — not a key")
        page.get_by_test_id("save-model").click()
        expect(form.get_by_text("A key has no spaces")).to_be_visible()
        expect(form.get_by_text("Say which model.")).to_be_visible()
        form.get_by_label("Key", exact=True).fill(KEY)
        page.get_by_test_id("list-models").click()
        expect(page.get_by_test_id("models-listed")).to_contain_text("The first 2,000 of 2,100 models")
        page.get_by_test_id("model-name").fill("model-19")
        page.get_by_role("option", name="model-1942").click()
        assert violations(page) == []
        page.emulate_media(color_scheme="light")
        page.get_by_test_id("save-model").click()
        kept = page.get_by_test_id("model").filter(has_text="At home")
        expect(kept.locator("[data-code=OK]")).to_be_visible(timeout=LOADS)
        expect(kept).to_contain_text("model-1942")
        expect(kept).to_contain_text("key …-see")
        expect(kept).to_contain_text("else unknown")
        assert KEY not in page.content()

        fill(page, broken, "In the office")
        page.get_by_test_id("model-name").fill("gpt-oss")
        page.get_by_role("checkbox", name="Use it first").check()
        page.get_by_test_id("save-model").click()
        office = page.get_by_test_id("model").filter(has_text="In the office")
        expect(office.locator("[data-code=KEY_REFUSED]")).to_contain_text("refused the key", timeout=LOADS)
        expect(page.get_by_test_id("model").first).to_have_attribute("data-name", "In the office")
        assert violations(page) == []
        page.emulate_media(color_scheme="light")

        page.goto("/")
        expect(page.get_by_test_id("written-by")).to_contain_text("Written by In the office.")
        begin(page, "guided", "a lighthouse keeper who collects lost voices")
        ready(page)
        expect(page.get_by_test_id("proposal-card")).to_have_count(3)
        page.get_by_text("AI", exact=True).click()
        expect(page.get_by_test_id("round-note")).to_contain_text("“In the office” was not used: its key was refused.")
        expect(page.get_by_text("If it cannot be used: At home")).to_be_visible()
        page.get_by_role("combobox", name="Writer of this session").click()
        page.get_by_role("option", name="At home").click()
        expect(page.get_by_text("If it cannot be used: In the office")).to_be_visible()
        assert len(server.requests) >= 2


def test_on_a_phone_in_chinese_nothing_is_cut_off(models_page: Page) -> None:
    page = models_page
    page.get_by_text("中文").click()
    page.set_viewport_size({"width": 320, "height": 640})
    expect(page.get_by_role("heading", name="模型", level=1)).to_be_visible()
    page.get_by_test_id("add-model").click()
    page.get_by_text("价格、上下文、详略、地址").click()
    page.get_by_test_id("save-model").click()
    expect(page.get_by_text("请填写模型。")).to_be_visible()
    expect(page.get_by_test_id("model-name")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert violations(page) == []
    page.emulate_media(color_scheme="light")
    page.get_by_text("EN", exact=True).click()


def test_what_another_window_did_to_the_model_is_said_and_what_was_typed_stays(
    models_page: Page, studio: Studio
) -> None:
    page = models_page
    with OpenAIServer(works()) as server:
        kept = {"name": "At home", "preset": "other", "model": "one", "base_url": server.url(), "api_key": KEY}
        at = f"{MODELS}/{ask(studio, 'POST', MODELS, kept)['id']}"
        page.reload()
        page.get_by_role("button", name="More for At home").click()
        assert violations(page) == []
        page.get_by_role("menuitem", name="Change").click()
        page.get_by_test_id("model-name").fill("two")
        ask(studio, "PATCH", at, {"name": "Renamed"})
        page.get_by_test_id("save-model").click()
        form = page.get_by_test_id("model-form")
        expect(form.get_by_role("alert")).to_contain_text("changed meanwhile")
        expect(page.get_by_test_id("model-name")).to_have_value("two")
        assert ask(studio, "GET", at)["model"] == "one"
        page.get_by_test_id("save-model").click()
        expect(form).to_be_hidden()
        assert (ask(studio, "GET", at)["name"], ask(studio, "GET", at)["model"]) == ("Renamed", "two")
        page.get_by_role("button", name="More for Renamed").click()
        page.get_by_role("menuitem", name="Change").click()
        page.get_by_test_id("model-name").fill("three")
        ask(studio, "DELETE", at)
        page.get_by_test_id("save-model").click()
        expect(form.get_by_role("alert")).to_contain_text("removed meanwhile")
        expect(page.get_by_test_id("model-name")).to_have_value("three")

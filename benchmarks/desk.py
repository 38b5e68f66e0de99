"""The desk with a book of 100,000 words in 40 chapters: searching it, opening a chapter, typing into it, in Chromium.

Searches are timed from request to answer over HTTP. A chapter opens from the click on its link until its text is drawn
and the page is idle. A key is timed from its event until the frame after it.
"""

import random
import shutil
import statistics
import sys
import time
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, sync_playwright

from benchmarks.books import CHAPTERS, SENTENCE
from benchmarks.floor import CannotRun, Row, figure, say, show
from tests.support.pages import ARGUMENTS, follow, login_url
from tests.support.studio import running_studio

WORDS = 100_000
PATIENT = 120_000
ASKED = {"a word": "Mara", "a word that stands nowhere": "Katharina", "two words": "nobody in"}
KEYS = "The tide went out and nobody saw it go. "

_OPENED = """([chapter, text]) => new Promise(done => {
  const began = performance.now();
  document.querySelector(`[data-testid=rail] a[href*="${chapter}"]`).click();
  const look = () => requestAnimationFrame(() => {
    const first = document.querySelector('[data-testid=manuscript] p');
    if (!first || first.textContent !== text) return look();
    requestIdleCallback(() => done(performance.now() - began));
  });
  look();
})"""
_WATCH = """() => {
  window.keys = [];
  document.addEventListener("keydown", () => {
    const began = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.keys.push(performance.now() - began)));
  }, true);
}"""
_WORK = """() => {
  window.work = [];
  let began = 0;
  document.addEventListener("keydown", () => { began = performance.now(); }, true);
  document.addEventListener("input", () => setTimeout(() => window.work.push(performance.now() - began)), true);
}"""


def _give(page: Page, which: str, command_type: str, payload: dict[str, Any], **outside: Any) -> dict[str, Any]:
    body = {"command_type": command_type, "payload": payload} | outside
    answer = page.request.post(f"/api/v1/{which}/commands", data=body)
    assert answer.ok, answer.text()
    given: dict[str, Any] = answer.json()
    return given


def _book(page: Page) -> tuple[str, list[tuple[str, str]]]:
    """Its id; the id of each chapter and its first paragraph."""
    chance, known = random.Random(1), SENTENCE.split()
    project_id = _give(page, "projects", "CREATE_PROJECT", {"title": "The Salt Clock", "language": "en"})["project_id"]
    chapters = []
    for number in range(1, CHAPTERS + 1):
        entry = {"kind": "chapter", "title": f"Chapter {number}"}
        added = _give(page, "projects", "ADD_ENTRY", entry, project_id=project_id)
        chapter_id = added["result"]["entry_id"]
        _give(page, "chapters", "OPEN_CHAPTER", {"project_id": project_id}, chapter_id=chapter_id)
        left, after, edits = WORDS // CHAPTERS, None, []
        while left > 0:
            length = min(left, chance.randint(20, 120))
            left -= length
            text = " ".join(chance.choice(known) for _ in range(length)) + "."
            edits.append({"op": "insert", "block_id": (block_id := str(uuid4())), "after": after, "text": text})
            after = block_id
        answer = _give(page, "chapters", "EDIT_CHAPTER", {"edits": edits}, chapter_id=chapter_id)
        page.request.get(f"/api/v1/projects/{project_id}/chapters/{chapter_id}?min_version={answer['version']}")
        chapters.append((chapter_id, str(edits[0]["text"])))
    return str(project_id), chapters


def _searched(page: Page, project_id: str, words: str, rounds: int) -> float:
    """Milliseconds, the median."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        answer = page.request.get(f"/api/v1/projects/{project_id}/search", params={"q": words})
        took.append((time.perf_counter() - began) * 1_000)
        assert answer.ok, answer.text()
    return statistics.median(took)


def _typed(page: Page) -> tuple[list[float], list[float]]:
    """Milliseconds until the frame after each key, and until the page has done all that the key asks of it."""
    page.evaluate(_WATCH)
    page.evaluate(_WORK)
    page.get_by_test_id("manuscript").locator("p").nth(10).click()
    for key in KEYS:
        page.keyboard.press(key)
        page.evaluate("new Promise(idle => requestIdleCallback(idle))")
    return [float(one) for one in page.evaluate("keys")], [float(one) for one in page.evaluate("work")]


def run(quick: bool = False) -> list[Row]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise CannotRun("no chromium, chromium-browser or google-chrome on the PATH")
    rounds = 5 if quick else 25
    rows: list[Row] = []
    with running_studio(complete=False) as studio, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_context(base_url=studio.base_url, viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(PATIENT)
        follow(page, login_url(studio))
        project_id, chapters = _book(page)
        say(f"{WORDS:,} words in {CHAPTERS} chapters")
        for name, words in ASKED.items():
            took = _searched(page, project_id, words, rounds)
            rows.append(figure(f"searching the book for {name}, median", took, "ms", bar="< 200"))
        page.goto(f"/projects/{project_id}/chapters/{chapters[0][0]}/desk")
        page.get_by_role("button", name="Chapters").click()
        page.get_by_test_id("rail").get_by_role("link").nth(CHAPTERS - 1).wait_for()
        opened = [float(page.evaluate(_OPENED, list(one))) for one in chapters[1 : rounds + 1]]
        rows.append(figure("opening a chapter, median", statistics.median(opened), "ms", bar="< 300"))
        rows.append(figure("opening a chapter, the slowest", max(opened), "ms"))
        frames, work = _typed(page)
        rows.append(figure("a key: what the page does for it, median", statistics.median(work), "ms", bar="< 16"))
        rows.append(figure("the slowest key of 40", max(work), "ms"))
        rows.append(figure("a key: until the frame after it, median", statistics.median(frames), "ms"))
        browser.close()
    return rows


if __name__ == "__main__":
    show(__doc__ or "", run("--quick" in sys.argv))

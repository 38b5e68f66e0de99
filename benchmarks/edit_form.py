"""The Edit form of a long outline on a phone: `python -m benchmarks.edit_form [rounds] [another build's ui/dist]`.

60 beats and 60 chapters in Chromium, 390 pixels wide, its processor throttled to a quarter. Measured in the page: from
the click on "Edit" until the form is drawn and the page is idle, from opening a chapter until its fields are drawn,
from a key until the letter is drawn, and the long tasks while typing. Another build takes turns with this one in one
run, over one studio, and the ratio of the medians is shown: only that says something on a busy machine.
"""

import mimetypes
import shutil
import statistics
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright
from pydantic import JsonValue

from benchmarks.floor import CannotRun, Row, figure, say, show
from domain.genesis.proposals import Content
from tests.support.outlines import prose
from tests.support.pages import ARGUMENTS, follow, login_url
from tests.support.studio import Studio, running_studio

STAGE = "PLOT_OUTLINE"
BEATS = CHAPTERS = 60
THROTTLED = 4
PATIENT = 300_000
"""Milliseconds: on a busy machine a throttled page stands still for minutes."""
KEYS = "The tide"

# Milliseconds until what `found` looks for is drawn and nothing is left to do; and of what lasts longer than 50 ms.
_WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver(list => window.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask" });
  window.drawn = (event, found) => new Promise(done => {
    document.addEventListener(event, () => {
      const began = performance.now();
      const look = () => requestAnimationFrame(() => {
        if (!document.querySelector(found)) return look();
        requestIdleCallback(() => done(performance.now() - began));
      });
      look();
    }, { capture: true, once: true });
  });
  window.keys = [];
  document.addEventListener("keydown", () => {
    const began = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.keys.push(performance.now() - began)));
  }, true);
}"""


def outline() -> Content:
    """60 beats and 60 chapters, every field of them filled as a model fills it."""
    beats: list[JsonValue] = [
        {
            "key": f"beat_{n}",
            "label": f"Beat {n}",
            "target_pct": n * 100 // BEATS,
            "summary": prose(300, n),
            "act": "One",
            "character_change": prose(120, n),
        }
        for n in range(1, BEATS + 1)
    ]
    told = ("purpose", "summary", "goal", "conflict", "turning_point", "outcome", "hook")
    chapters: list[JsonValue] = [
        {
            "n": n,
            "title": f"Chapter {n}",
            "part": "One",
            **{field: prose(180, 100 * n + place) for place, field in enumerate(told)},
            "value_shift": {"from": "hope", "to": "dread"},
            "target_words": 2_500,
            "sections": [prose(60, n), prose(60, n + 1)],
        }
        for n in range(1, CHAPTERS + 1)
    ]
    return {"structure": "save_the_cat", "beats": beats, "chapters": chapters}


def _give(page: Page, kind: str, session_id: str | None = None, **payload: Any) -> dict[str, Any]:
    command = {"command_type": kind, "payload": payload} | ({"session_id": session_id} if session_id else {})
    answer = page.request.post("/api/v1/genesis/commands", data=command)
    if not answer.ok:
        raise RuntimeError(answer.text())
    return dict(answer.json())


def _other_build(page: Page, folder: Path) -> None:
    """From now on the page's own files come from `folder`."""

    def fulfil(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/api/"):
            return route.fallback()
        file = folder / path.lstrip("/")
        file = file if file.is_file() else folder / "index.html"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return route.fulfill(body=file.read_bytes(), headers={"content-type": kind})

    page.route("**/*", fulfil)


def _phone(browser: Browser, studio: Studio, folder: Path | None) -> tuple[Page, CDPSession]:
    context = browser.new_context(
        base_url=studio.base_url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-GB"
    )
    page = context.new_page()
    follow(page, login_url(studio))
    if folder is not None:
        _other_build(page, folder)
    return page, context.new_cdp_session(page)


def _measure(page: Page, devtools: CDPSession, session_id: str) -> Mapping[str, float]:
    """Milliseconds of one visit, by name."""
    page.goto(f"/sessions/{session_id}")
    edit = page.get_by_test_id("proposal-card").first.get_by_role("button", name="Edit", exact=True)
    edit.wait_for(timeout=PATIENT)
    page.evaluate(_WATCH)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLED})
    page.evaluate("window.opened = drawn('click', '[data-path=\"chapters\"]'); 0")
    edit.click(timeout=PATIENT)
    took = {"opened": float(page.evaluate("opened"))}
    say(f"opened after {took['opened']:.0f} ms")
    row = page.locator('[data-path="chapters"] > details').nth(29)
    page.evaluate("window.opened = drawn('click', '[data-path=\"chapters.29.summary\"]'); 0")
    row.locator("summary").first.click(timeout=PATIENT)
    took["item"] = float(page.evaluate("opened"))
    field = page.locator('[data-path="chapters.29.summary"]')
    field.focus(timeout=PATIENT)
    page.evaluate("window.tasks.length = 0, window.keys.length = 0")
    for key in KEYS:
        page.keyboard.press(key)
        page.evaluate("new Promise(idle => requestIdleCallback(idle))")
    keys = [float(one) for one in page.evaluate("keys")]
    tasks = [float(one) for one in page.evaluate("tasks")]
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    took |= {"key": statistics.median(keys), "slowest": max(keys), "long": sum(tasks), "tasks": float(len(tasks))}
    page.locator("[data-edit-form], section[aria-label]").get_by_role("button", name="Cancel").first.click()
    return took


def run(rounds: int, other: Path | None) -> list[Row]:
    """Rows of the page as it is built here, and beside another build if there is one."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise CannotRun("no chromium, chromium-browser or google-chrome on the PATH")
    found: dict[str, list[Mapping[str, float]]] = {"this": [], "other": []}
    with running_studio(complete=False) as studio, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        pages = {"this": _phone(browser, studio, None)}
        if other is not None:
            pages["other"] = _phone(browser, studio, other)
        page = pages["this"][0]
        session_id = str(_give(page, "START_GENESIS", mode="free_form", title="Tides")["session_id"])
        _give(page, "NAVIGATE_TO_STAGE", session_id, stage=STAGE)
        version = _give(page, "EDIT_CONTENT", session_id, stage=STAGE, content=outline())["version"]
        page.request.get(f"/api/v1/genesis/{session_id}/state/compact?min_version={version}")
        for number in range(rounds):
            for name, (phone, devtools) in pages.items() if number % 2 else reversed(pages.items()):
                found[name].append(_measure(phone, devtools, session_id))
                say(f"round {number + 1} {name}: { {key: round(ms) for key, ms in found[name][-1].items()} }")
        browser.close()
    return [_row(title, unit, key, found) for key, title, unit in _ROWS]


_ROWS = (
    ("opened", "from the click on Edit to a form that is drawn and idle", "ms"),
    ("item", "from the click on a chapter to its fields", "ms"),
    ("key", "from a key to the letter, median", "ms"),
    ("slowest", "the slowest of 8 keys", "ms"),
    ("tasks", "tasks longer than 50 ms while 8 keys are typed", ""),
    ("long", "those together", "ms"),
)


def _row(title: str, unit: str, key: str, found: Mapping[str, list[Mapping[str, float]]]) -> Row:
    here = statistics.median(one[key] for one in found["this"])
    before = statistics.median(one[key] for one in found["other"]) if found["other"] else None
    return figure(title, here, unit, floor=before)


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if word.isdigit()]
    folders = [Path(word) for word in sys.argv[1:] if not word.isdigit()]
    show(
        "The Edit form of a long outline on a phone",
        run(int(asked[0]) if asked else 3, folders[0] if folders else None),
    )

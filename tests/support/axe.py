"""axe-core on a page as it stands, in light and in dark. Evaluated, as the page's policy allows no other script."""

from pathlib import Path

from playwright.sync_api import Page, expect

_SOURCE = Path(__file__).resolve().parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"

_SETTLED = """new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    .then(() => Promise.all(document.getAnimations()
        .filter(one => Number.isFinite(one.effect.getComputedTiming().endTime))
        .map(one => one.finished.catch(() => null))))
    .then(() => null)"""


def violations(page: Page) -> list[str]:
    """Serious and critical ones, each with where it is."""
    page.evaluate(f"{_SOURCE.read_text()}; 0")
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        page.evaluate(_SETTLED)  # a colour that is on its way is neither the one nor the other
        for violation in page.evaluate(_RUN)["violations"]:
            if violation["impact"] in ("serious", "critical"):
                places = "; ".join(str(node["target"]) for node in violation["nodes"][:5])
                found.append(f"{scheme}: {violation['id']} at {places}")
    return found

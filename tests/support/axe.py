"""axe-core on a page as it stands, in light and in dark. Evaluated, as the page's policy allows no other script."""

from pathlib import Path

from playwright.sync_api import Page, expect

_SOURCE = Path(__file__).resolve().parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
# what is found is asked for alone: axe-core describes every node that breaks no rule as well otherwise
_RUN = "axe.run(document, {runOnly: %s, resultTypes: ['violations']})"
_ALL = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']"
_COLOURS = "{type: 'rule', values: ['color-contrast', 'link-in-text-block']}"
"""Those that look at colours. The document is the same in the other scheme: all others would say the same again."""

# a sheet made by a script, as the page's policy allows no style that is written into it
_STILL = """(() => {
    const still = new CSSStyleSheet()
    still.replaceSync("*, ::before, ::after { transition: none !important; animation: none !important }")
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, still]
})()"""
_DRAWN = "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn(null))))"


def violations(page: Page) -> list[str]:
    """Serious and critical ones, each with where it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{_SOURCE.read_text()}; 0")
    page.evaluate(_STILL)  # a colour that is on its way is neither the one nor the other
    found = []
    for scheme, rules in (("light", _ALL), ("dark", _COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        page.evaluate(_DRAWN)
        for violation in page.evaluate(_RUN % rules)["violations"]:
            if violation["impact"] in ("serious", "critical"):
                places = "; ".join(str(node["target"]) for node in violation["nodes"][:5])
                found.append(f"{scheme}: {violation['id']} at {places}")
    return found

"""Links within docs/ lead to files that exist: a glossary whose words point nowhere explains nothing."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(page.relative_to(ROOT) for page in (*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_link_to_a_file_leads_to_one(page: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith(("#", "mailto:"))]
    assert [link for link in local if not (ROOT / page.parent / link).exists()] == []

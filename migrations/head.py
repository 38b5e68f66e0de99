"""The newest revision, read from the files themselves: importing Alembic takes longer than starting PostgreSQL."""

import re
from pathlib import Path

_LINE = re.compile(r"^(revision|down_revision)\b[^=]*=\s*[\"']([^\"']+)[\"']", re.MULTILINE)


def head() -> str:
    """The one revision that no other builds on. Raises ValueError when the history has not exactly one end."""
    found = _named()
    ends = found["revision"] - found["down_revision"]
    if len(ends) != 1:
        raise ValueError(f"the migrations have {len(ends)} newest revisions")
    return ends.pop()


def revisions() -> frozenset[str]:
    """Every revision that this build knows."""
    return frozenset(_named()["revision"])


def _named() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in (Path(__file__).parent / "versions").glob("*.py"):
        for name, value in _LINE.findall(path.read_text(encoding="utf-8")):
            found[name].add(value)
    return found

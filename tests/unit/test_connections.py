"""Every connection of the product says which versions of the read tables it reads.

Tests give their databases a default search path, so nothing else would show one that does not.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "application", "cli", "flows", "infrastructure", "projections")

# these ask for nothing but the write side, and have no time for more
WITHOUT = {
    "cli/people.py",
    "cli/run.py",
    "infrastructure/backup/restore.py",
    "infrastructure/embedded/forward.py",
    "infrastructure/embedded/postgres.py",
}


def _connects(path: Path) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "connect"]
    return [call for call in named if "onnection" in ast.unparse(call.func) or "psycopg" in ast.unparse(call.func)]


def test_connections_are_made_with_the_search_path_of_this_build() -> None:
    found, without = 0, set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for call in _connects(path):
                found += 1
                if not any(word in ast.unparse(call) for word in ("connection_options(", "**options")):
                    without.add(str(path.relative_to(ROOT)))
    assert found > 5
    assert without == WITHOUT

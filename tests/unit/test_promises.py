"""docs/promises.md names tests that exist: a promise whose test was renamed or lost is no promise."""

import ast
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = (_ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
_NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", _PAGE)))


@pytest.mark.parametrize("named", _NAMED)
def test_a_test_that_is_named_exists(named: str) -> None:
    file, _, name = named.partition("::")
    nodes = list(ast.walk(ast.parse((_ROOT / file).read_text(encoding="utf-8"))))
    functions = {
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }
    functions |= {  # state machines: TestAccount = AccountMachine.TestCase
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr == "TestCase"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert functions, f"{file} holds no test"
    assert not name or name in functions


def test_every_row_names_a_test() -> None:
    sections = _PAGE.split("## What is not promised")[0]
    rows = [line for line in sections.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert rows
    assert [row for row in rows if not re.search(r"`tests/[\w/]+\.py", row)] == []

"""Every import rule of pyproject.toml bites: a planted violation of it, and only of it, is reported by its name."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RULES = PROJECT["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in RULES["contracts"]}

# contract -> (module to plant, an import that only this rule, or a rule named after it, forbids)
PLANTED = {
    "layers": [
        ("domain/planted.py", "import application"),
        ("application/planted.py", "import infrastructure"),
        ("projections/planted.py", "import application.ports"),
        ("genesis_types/planted.py", "import domain"),
        ("infrastructure/planted.py", "import flows"),
        ("cli/planted.py", "import api"),
        ("application/planted.py", "import migrations.head"),
    ],
    "no-circles": [
        ("infrastructure/postgres/pool.py", "import infrastructure.event_store.store"),
        ("infrastructure/event_store/codec.py", "import infrastructure.event_store.store"),
        ("flows/wait/handles.py", "import flows.workflow.context"),
        ("api/streaming/presence.py", "import api.routes.stream"),
    ],
    "domain-is-pure": [("domain/planted.py", "import asyncio"), ("genesis_types/planted.py", "import httpx")],
    "application-is-technology-free": [
        ("application/planted.py", "import eventsourcing"),
        ("application/planted.py", "from psycopg_pool import AsyncConnectionPool"),
        ("application/planted.py", "import psycopg.errors"),
    ],
    "projections-know-postgresql-only": [
        ("projections/planted.py", "import sqlalchemy"),
        ("projections/planted.py", "import redis.asyncio"),
    ],
    "migrations-stand-alone": [
        ("migrations/planted.py", "import genesis_types.enums"),
        ("migrations/versions/0001_write_side.py", "import domain.genesis.stages"),
    ],
    "prefect-only-in-flows": [("cli/planted.py", "import prefect"), ("infrastructure/planted.py", "import prefect")],
    "api-imports-neither-prefect-nor-ai": [("api/planted.py", "import pydantic_ai")],
    "kafka-only-in-its-adapter": [("flows/planted.py", "import kafka")],
    "redis-only-in-adapters": [("api/planted.py", "import redis"), ("cli/planted.py", "import redis")],
    "opentelemetry-only-in-its-adapter": [
        ("flows/planted.py", "import opentelemetry.trace"),
        ("application/planted.py", "import opentelemetry"),
    ],
    "analytics-only-in-exports": [("cli/planted.py", "import duckdb"), ("api/planted.py", "import pyarrow.parquet")],
    "typesetting-only-in-its-process": [("api/planted.py", "import typst"), ("cli/planted.py", "import pypandoc")],
    "fastapi-only-in-api": [("flows/planted.py", "import fastapi"), ("cli/planted.py", "import starlette")],
    "readers-know-no-write-side": [
        ("api/streaming/hub.py", "import infrastructure.event_store.store"),
        ("api/routes/genesis.py", "import application.replay"),
        ("api/routes/record.py", "import application.handle_command"),
    ],
    "looking-back-loads-no-writer": [
        ("cli/moments.py", "import infrastructure.bootstrap"),
        ("infrastructure/event_store/stream_history.py", "import infrastructure.writers.muse.writer"),
    ],
    "read-side-knows-no-commands": [
        ("projections/planted.py", "import domain.genesis.commands"),
        ("projections/planted.py", "import domain.aggregates"),
    ],
}
"""Where imports of a rule are indirect too, test_an_indirect_import_is_found plants the chain."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and the rules alone, importable from one folder."""
    folder = tmp_path_factory.mktemp("house")
    for package in RULES["root_packages"]:
        source = ROOT / ("packages/shared-types" if package == "genesis_types" else "") / package
        shutil.copytree(source, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _lint(folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from importlinter.cli import lint_imports_command as main; sys.exit(main())",
        ],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _broken(output: str) -> set[str]:
    """Names of rules; after one that ignores some imports stands how many."""
    return set(re.findall(r"^\s*(.+?) BROKEN(?: \(.*\))?\s*$", output, re.MULTILINE))


def test_nothing_is_broken_as_it_stands(copy: Path) -> None:
    code, output = _lint(copy)
    assert code == 0, output
    assert _broken(output) == set()


def test_every_rule_has_a_violation_planted_for_it() -> None:
    assert set(PLANTED) == set(CONTRACTS)


@pytest.mark.parametrize(
    ("rule", "path", "line"), [(rule, path, line) for rule, cases in PLANTED.items() for path, line in cases]
)
def test_a_planted_violation_breaks_its_rule(copy: Path, rule: str, path: str, line: str) -> None:
    planted = copy / path
    before = planted.read_text() if planted.exists() else None
    planted.write_text((before or '"""Planted."""\n') + f"\n{line}\n")
    try:
        code, output = _lint(copy)
    finally:
        planted.unlink() if before is None else planted.write_text(before)
    assert code == 1, output
    assert CONTRACTS[rule]["name"] in _broken(output)


def test_an_indirect_import_is_found(copy: Path) -> None:
    """The API must not load Prefect by way of infrastructure either."""
    middle, end = copy / "infrastructure" / "planted.py", copy / "api" / "planted.py"
    middle.write_text('"""Planted."""\n\nimport pydantic_ai\n')
    end.write_text('"""Planted."""\n\nimport infrastructure.planted\n')
    try:
        _, output = _lint(copy)
    finally:
        middle.unlink()
        end.unlink()
    assert CONTRACTS["api-imports-neither-prefect-nor-ai"]["name"] in _broken(output)

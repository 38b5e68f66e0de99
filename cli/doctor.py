"""`genesis doctor`: looks at everything that can be wrong here, and says how to put each thing right."""

import asyncio
import json
import logging
import os
import platform
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import structlog
from psycopg import AsyncConnection
from rich.table import Table

from cli.machine import answers
from cli.printing import as_called, make_console
from infrastructure.bootstrap import make_secret_box, studio
from infrastructure.doctor.backups import look_at_backups
from infrastructure.doctor.database_checks import look_at_database
from infrastructure.doctor.findings import Finding, look_at_kafka, look_at_redis
from infrastructure.doctor.models import look_at_models
from infrastructure.doctor.reachability import PATIENCE, unreachable
from infrastructure.doctor.repairs import MENDS, Mend
from infrastructure.embedded.runtime import Runtime, connected, open_home
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import connection_options
from infrastructure.processes.sweeper import Sweeper
from infrastructure.settings import Settings

_ROOT = Path(__file__).resolve().parent.parent
_STARTS_WITHIN = 60.0
"""Seconds that a server may take on a busy machine; the supervisor starts one that ends again, and says so."""
_LITTLE_SPACE = 500 * 1024**2
_PROVIDER_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
_SLOW_OR_BROKEN = f"it takes connections and does not answer well within {PATIENCE:.0f} s"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(mend: str | None = None, *, as_json: bool = False) -> int:
    """Print the findings, or mend one of them. Returns 1 if something is wrong, else 0. Raises OperatorError."""
    settings = Settings()
    if mend is not None:
        return _mend(settings, mend)
    findings = list(_machine(settings))
    try:
        home = open_home(settings)
        running = Runtime.running(home)
        findings.append(_studio(running))
        if settings.database_url is None:
            findings.append(look_at_backups(settings, running=running is not None))
        with connected(settings) as known:
            working = running is not None or settings.database_url is not None
            findings += asyncio.run(_servers(known, running, working=working))
    except OperatorError as problem:
        findings.append(Finding("servers", False, problem.message, problem.remedy))
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))  # noqa: T201
    else:
        _show(findings)
    return 1 if any(finding.ok is False for finding in findings) else 0


def _mend(settings: Settings, name: str) -> int:
    if name not in (*MENDS, "commands"):
        raise OperatorError(
            f"There is nothing called {name} to mend.", f"One of: {', '.join(sorted((*MENDS, 'commands')))}.", code=2
        )
    with connected(settings) as known:
        print(asyncio.run(_sweep(known) if name == "commands" else _perform(known, MENDS[name])))  # noqa: T201
    return 0


async def _perform(settings: Settings, mend: Mend) -> str:
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    async with await AsyncConnection.connect(url, **connection_options(url, "genesis-doctor")) as connection:
        return await mend(connection)


async def _sweep(settings: Settings) -> str:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # we say what was done
    async with studio(settings, application_name="genesis-doctor", pool_size=2) as made:
        return f"{await Sweeper(made).sweep()} ended."


def _machine(settings: Settings) -> Iterator[Finding]:
    yield Finding("Python", True, platform.python_version())
    home = settings.home.expanduser()
    place = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    space = f"{free / 1024**3:.1f} GB free for {home}"
    yield Finding("disk", True, space) if free > _LITTLE_SPACE else Finding("disk", False, space, "Make some space.")
    built = (_ROOT / "ui" / "dist" / "index.html").exists()
    yield Finding("page", True, "built") if built else Finding("page", False, "not built", "Run `make setup`.")
    yield _model(settings)
    if find_spec("pytest") is not None:
        yield from _developers()


def _model(settings: Settings) -> Finding:
    if settings.model == "muse":
        return Finding("writer", True, "the muse: templates, offline, no AI")
    provider, _, model = settings.model.partition(":")
    if settings.model_base_url is None and (not model or provider not in _PROVIDER_KEYS):
        return Finding(
            "writer",
            False,
            f"{settings.model} is not a model that can be reached",
            "Set GENESIS_MODEL to muse, openai:NAME or anthropic:NAME, or set GENESIS_MODEL_BASE_URL, too.",
        )
    variable = _PROVIDER_KEYS.get(provider, "")
    if settings.model_api_key is None and settings.model_base_url is None and not os.environ.get(variable):
        return Finding("writer", False, f"{settings.model} has no key", "Set GENESIS_MODEL_API_KEY.")
    return Finding("writer", True, settings.model)


def _developers() -> Iterator[Finding]:
    """What only the tests need; a missing part is no fault."""
    browser = next((name for name in _BROWSERS if shutil.which(name)), None)
    yield Finding("tests: browser", True if browser else None, browser or "no Chromium: browser tests are skipped")
    kafka = bool(os.environ.get("GENESIS_TEST_KAFKA")) or (shutil.which("java") and shutil.which("mvn"))
    detail = "Java and Maven" if kafka else "neither a broker nor Java and Maven: Kafka tests are skipped"
    yield Finding("tests: Kafka", True if kafka else None, detail)


def _studio(running: Runtime | None) -> Finding:
    if running is None:
        return Finding("studio", None, "does not run on this folder; `make run` starts it")
    return Finding("studio", True, f"runs at {running.base_url}")


async def _servers(settings: Settings, running: Runtime | None, *, working: bool) -> list[Finding]:
    findings: list[Finding] = []
    if settings.database_url is not None:
        url = settings.database_url.get_secret_value()
        findings += await look_at_database(url, working=working, broker=settings.kafka_bootstrap is not None)
        findings += await _look_at_models(url)
    if settings.redis_url is not None:
        findings.append(await look_at_redis(settings.redis_url.get_secret_value()))
    if settings.kafka_bootstrap is not None:
        findings.append(await look_at_kafka(settings.kafka_bootstrap))
    if settings.prefect_api_url is not None:
        began = running.pids.get("prefect") if running is not None else None
        address = f"{settings.prefect_api_url}/health"
        findings.append(await _look_at_http("Prefect", address, "See logs/prefect.log.", began=began and began[1]))
    if running is not None:
        began = running.pids.get("api")
        address = f"{running.base_url}/live"
        findings.append(await _look_at_http("API", address, "See logs/api.log.", began=began and began[1]))
    return findings


async def _look_at_models(url: str) -> list[Finding]:
    """Nothing to say where the database cannot be asked: that has a finding of its own."""
    try:
        return [await asyncio.to_thread(look_at_models, url, make_secret_box(Settings()))]
    except psycopg.Error:
        return []


async def _look_at_http(name: str, url: str, remedy: str, *, began: float | None = None) -> Finding:
    """`began`: when the studio that runs here started it, as a POSIX time; until a little later it may be silent."""
    if await answers(url, timeout=PATIENCE):
        return Finding(name, True, "answers")
    if began is not None and time.time() - began < _STARTS_WITHIN:
        return Finding(name, None, "is still starting (this takes about ten seconds)")
    place = urlsplit(url)
    why = await unreachable(place.hostname or "", place.port or (443 if place.scheme == "https" else 80))
    return Finding(name, False, why or _SLOW_OR_BROKEN, remedy)


def _show(findings: list[Finding]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for finding in findings:
        mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[dim]·[/]"}[finding.ok]
        remedy = f"\n[yellow]{as_called(finding.remedy)}[/]" if finding.remedy else ""
        table.add_row(mark, finding.name, finding.detail + remedy)
    console = make_console()
    console.print(table)
    wrong = sum(finding.ok is False for finding in findings)
    console.print(f"\n[red]{wrong} to put right.[/]" if wrong else "\n[green]All is well.[/]")

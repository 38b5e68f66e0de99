"""`genesis analytics show|cases` as they are typed, what they refuse, and the example that analysts start from."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.exports import ANN, BOB, exported, write_sessions
from tests.support.postgres import Cluster
from tests.support.reading import projecting
from tests.support.users_cli import typed

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "insights.py"


async def _project(url: str) -> None:
    async with projecting(url) as projector:
        await projector.catch_up()


@pytest.fixture(scope="module")
def log(cluster: Cluster) -> Iterator[str]:
    """Two finished sessions of Ann's and one of Bob's, counted."""
    with cluster.database() as url:
        write_sessions(url, [ANN, BOB, ANN])
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO users (id, name, name_key) VALUES (%s, 'Bob', 'bob')", (BOB,))
        asyncio.run(_project(url))
        yield url


@pytest.fixture
def analytics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """One command of `genesis analytics`: (database, arguments, exit code) -> what it says."""

    def run(url: str, *arguments: str, code: int = 0) -> str:
        done = typed(url, tmp_path, monkeypatch, capsys, "analytics")(*arguments)
        assert done.returncode == code, done
        assert "Traceback" not in done.stderr
        return done.stderr if code == 2 else done.stdout + done.stderr

    return run


def test_figures_are_shown_as_tables_and_as_json(log: str, analytics: Callable[..., str]) -> None:
    said = analytics(log, "show")
    assert "3 sessions begun, 3 completed, 0 abandoned" in said
    assert "3 (few)" in said
    assert "unknown" in said, "half of the prices"
    everybody = json.loads(analytics(log, "show", "--json"))
    own = json.loads(analytics(log, "show", "--json", "--account", "bob"))
    assert [found["summary"]["figures"]["accepted"] for found in (everybody, own)] == [15, 5]
    assert everybody["summary"]["figures"]["cost"]["unknown"] > 0
    assert set(everybody) == {"summary", "stages", "models", "funnel", "causes"}
    none = json.loads(analytics(log, "show", "--json", "--to", "2020-01-01"))
    assert none["summary"]["figures"]["accepted"] == 0


def test_the_cases_of_a_number_are_listed_page_by_page(log: str, analytics: Callable[..., str]) -> None:
    first = json.loads(analytics(log, "cases", "acceptances", "--json", "--limit", "10"))
    rest = json.loads(analytics(log, "cases", "acceptances", "--json", "--cursor", first["next_cursor"]))
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (10, 5, None)
    said = analytics(log, "cases", "generations", "--unpriced", "--stage", "characters")
    assert "CHARACTERS" in said
    assert "cost" not in said
    for of, narrowing, some in (
        ("responses", ("--kind", "feedback"), True),
        ("responses", ("--kind", "edit"), False),
        ("acceptances", ("--rounds", "3"), True),
        ("acceptances", ("--rounds", "1"), False),
        ("sessions", ("--outcome", "COMPLETED"), True),
        ("sessions", ("--outcome", "ABANDONED"), False),
        ("generations", ("--prompt-version", "none such"), False),
        ("generations", ("--cause", "none such"), False),
    ):
        found = json.loads(analytics(log, "cases", of, "--json", *narrowing))
        assert bool(found["items"]) == some, (of, narrowing)


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (("show", "--from", "2026-02-01", "--to", "2026-01-01"), "before “to”"),
        (("show", "--zone", "Mars"), "no time zone of that name"),
        (("cases", "wishes"), "Nothing is counted as “wishes”"),
        (("cases", "stages", "--stage", "nowhere"), "There is no stage “nowhere”"),
        (("cases", "stages", "--cursor", "x"), "not a cursor"),
        (("cases", "sessions", "--outcome", "won"), "There is no outcome “won”"),
        (("cases", "responses", "--kind", "song"), "There is no response “song”"),
    ],
    ids=["backwards", "zone", "kind", "stage", "cursor", "outcome", "response"],
)
def test_what_cannot_be_counted_is_said_without_a_traceback(
    log: str, analytics: Callable[..., str], arguments: tuple[str, ...], about: str
) -> None:
    assert about in analytics(log, *arguments, code=2)


def test_figures_that_were_never_made_are_said_to_be_missing(database_url: str, analytics: Callable[..., str]) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE projection_checkpoints SET built_at = NULL WHERE projection = 'analytics'")
    said = analytics(database_url, "show", code=1)
    assert "being made for the first time" in said


def test_the_example_that_analysts_start_from_runs_on_an_export(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "events", file_format="parquet", with_text=True)
    done = subprocess.run(
        [sys.executable, "-P", str(SCRIPT), str(tmp_path / "events")],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    for said in ("CHARACTERS", "muse", "known_nano_usd", "edited_per_thousand"):
        assert said in done.stdout, done.stdout
    for ours in ("import projections", "from projections", "infrastructure"):
        assert ours not in SCRIPT.read_text()

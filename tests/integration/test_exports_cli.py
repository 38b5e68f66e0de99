"""`genesis export` and `genesis analytics` as they are typed, and the page's numbers found again in the files."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest

from tests.support.exports import ANN, BOB, EVENTS_OF_A_JOURNEY, proof, write_sessions
from tests.support.postgres import Cluster

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def log(cluster: Cluster) -> Iterator[str]:
    with cluster.database() as url:
        write_sessions(url, [ANN, BOB])
        with psycopg.connect(url) as connection:
            connection.execute(
                "INSERT INTO users (id, name, name_key, role) VALUES (%s, 'Ann', 'ann', 'owner'),"
                " (%s, 'Bob', 'bob', 'writer')",
                (ANN, BOB),
            )
        yield url


def genesis(url: str, home: Path, *arguments: str, code: int = 0, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GENESIS_")}
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env=kept | {"GENESIS_DATABASE_URL": url, "GENESIS_HOME": str(home), "PYTHONPATH": str(ROOT)} | environment,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr if code == 2 else done.stdout + done.stderr


def test_an_export_is_made_proved_and_refused_a_second_time(log: str, tmp_path: Path) -> None:
    said = genesis(log, tmp_path, "export", "events", "--format", "parquet", "--account", "bob")
    assert f"{EVENTS_OF_A_JOURNEY:,} rows in 1 file" in said
    folder = tmp_path / "genesis-events"
    assert json.loads((folder / "manifest.json").read_text())["digest"] in said
    assert "is what the log says" in genesis(log, tmp_path, "export", "verify", str(folder))
    assert (tmp_path / "export.key").stat().st_mode & 0o777 == 0o600
    assert "exists already" in genesis(log, tmp_path, "export", "events", code=2)
    (folder / "events-00000.parquet").write_bytes(b"PAR1 and no more")
    said = genesis(log, tmp_path, "export", "verify", str(folder / "events-00000.parquet"), code=1)
    assert "events-00000.parquet cannot be read" in said
    assert "is not what was exported" in said
    genesis(log, tmp_path, "export", "sessions", "mine", "--format", "csv", "--anonymise")
    genesis(log, tmp_path, "export", "ocel", "mining", "--since", "2026-01-01", "--before", "2099-01-01T00:00+02:00")
    assert proof(tmp_path / "mine")[0] == proof(tmp_path / "mining")[0] == 0
    other = genesis(log, tmp_path, "export", "verify", "mine", code=1, GENESIS_EXPORT_KEY="another key, long enough")
    assert "another key" in other


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("events", "--format", "docx"), "There is no format “docx”"),
        (("events", "--stage", "DREAM"), "There is no stage “DREAM”"),
        (("events", "--type", "Sung"), "There is no event of type “Sung”"),
        (("events", "--since", "2016-12-31T23:59:60Z"), "is no time"),
        (("events", "--since", "2026-03-02", "--before", "2026-03-01"), "has to be before"),
        (("events", "--with-text", "--anonymise"), "an anonymised export has none"),
        (("events", "--until", "9-9223372036854775808"), "no place in the log"),
        (("events", "--session", "mine"), "“mine” is not an id"),
        (("ocel", "--format", "csv"), "ocel can be had as json, sqlite"),
    ],
    ids=["format", "stage", "type", "leap second", "after to", "texts", "2^63", "session", "ocel"],
)
def test_what_cannot_be_asked_for_is_said_in_a_sentence(
    log: str, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in genesis(log, tmp_path, "export", *arguments, code=2)


def test_a_duckdb_file_has_views_that_agree_with_the_log(log: str, tmp_path: Path) -> None:
    said = genesis(log, tmp_path, "analytics", "duckdb", "genesis.duckdb")
    assert f"{2 * EVENTS_OF_A_JOURNEY:,} events" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.key", "genesis.duckdb"]
    with duckdb.connect(str(tmp_path / "genesis.duckdb"), read_only=True) as connection:

        def ask(query: str) -> list[tuple[object, ...]]:
            return connection.execute(query).fetchall()

        assert ask("SELECT status, count(*) FROM sessions_now GROUP BY ALL") == [("COMPLETED", 2)]
        assert ask("SELECT rounds, feedback, confirmations, count(*) FROM stage_rounds GROUP BY ALL") == [(3, 2, 1, 10)]
        assert ask("SELECT generations, generations_without_price FROM models") == [
            (30, ask("SELECT count(*) FROM events WHERE event_type = 'ProposalsRecorded' AND cost_usd IS NULL")[0][0])
        ]
        assert ask("SELECT count(*), count(*) FILTER (WHERE confirmed) FROM proposals") == [(2 * 17, 2 * 5)]
        assert ask("SELECT * FROM abandoned") == ask("SELECT * FROM failures") == []
    assert "exists already" in genesis(log, tmp_path, "analytics", "duckdb", "genesis.duckdb", code=2)


def test_without_the_extra_the_way_to_it_is_named(log: str, tmp_path: Path) -> None:
    for name in ("pyarrow", "duckdb"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise ImportError('not here')")
    path = f"{tmp_path}{os.pathsep}{ROOT}"
    said = genesis(log, tmp_path, "export", "events", "--format", "parquet", code=1, PYTHONPATH=path)
    assert "pyarrow, which is not installed here" in said
    assert "pip install" in said
    said = genesis(log, tmp_path, "analytics", "duckdb", "g.duckdb", code=1, PYTHONPATH=path)
    assert "duckdb, which is not installed here" in said
    assert "rows in 1 file" in genesis(log, tmp_path, "export", "events", "plain", PYTHONPATH=path)

"""Exports of a real log: what is in them, opened by pandas, polars and DuckDB as they are; selections; no texts."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import duckdb
import pandas
import polars
import psycopg
import pytest
from genesis_types.envelope import SOURCES

from infrastructure.exports.manifest import Manifest
from infrastructure.operator_error import OperatorError
from tests.support.exports import (
    ANN,
    BOB,
    EVENTS_OF_A_JOURNEY,
    FEEDBACK,
    add_event,
    every_event,
    exported,
    proof,
    write_sessions,
)
from tests.support.postgres import Cluster


@pytest.fixture(scope="module")
def log(cluster: Cluster) -> Iterator[str]:
    """Two sessions of Ann's and one of Bob's, finished; and one of Bob's that a newer build has written to."""
    with cluster.database() as url:
        write_sessions(url, [ANN, BOB, ANN])
        (newer,) = write_sessions(url, [BOB])
        add_event(url, newer, EVENTS_OF_A_JOURNEY + 1, "ChapterSung", {"verse": "secret words", "stage": "CHARACTERS"})
        yield url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"


def jsonl(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def own_of(url: str, account: UUID) -> set[str]:
    return {row[3] for row in every_event(url) if row[5].get("user_id") == str(account)}


def whole(manifest: Manifest, folder: Path) -> None:
    code, said = proof(folder)
    assert (code, said.partition(".")[0]) == (0, "Nothing was changed, left out or moved"), said
    assert sum(manifest.counts.values()) == sum(entry.rows for entry in manifest.files.values()) == manifest.rows


def test_json_lines_are_cloud_events_in_the_order_of_commits(log: str, folder: Path) -> None:
    manifest = exported(log, folder, with_text=True)
    events = jsonl(folder)
    assert [
        (event["position"], event["id"], event["type"], event["subject"], int(event["sequence"]), event["data"])
        for event in events
    ] == [(str(row[0]), *row[1:]) for row in every_event(log)]
    assert {event["source"] for event in events} == {"/genesis/sessions"}
    assert all(event["specversion"] == "1.0" and event["datacontenttype"] == "application/json" for event in events)
    assert SOURCES.startswith("^/genesis/")
    assert {event["accountid"] for event in events} == {str(ANN), str(BOB)}
    assert manifest.counts == dict(Counter(row[2] for row in every_event(log)))
    assert manifest.last_position == every_event(log)[-1][0]
    whole(manifest, folder)


def test_parquet_opens_as_it_is_in_pandas_polars_and_duckdb(log: str, folder: Path) -> None:
    manifest = exported(log, folder, file_format="parquet", with_text=True)
    (file,) = folder.glob("*.parquet")
    by_pandas, by_polars = pandas.read_parquet(file), polars.read_parquet(file)
    expected = every_event(log)
    assert by_pandas["position"].tolist() == by_polars["position"].to_list() == [row[0] for row in expected]
    assert [json.loads(text) for text in by_polars["payload"]] == [row[5] for row in expected]
    assert str(by_pandas["occurred_at"].dtype) == "datetime64[us, UTC]"
    assert by_polars.schema["occurred_at"] == polars.Datetime("us", "UTC")
    assert by_polars.schema["cost_usd"] == polars.Float64
    cost = sum(row[5].get("cost_usd") or 0 for row in expected)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT count(*), sum(cost_usd), count(DISTINCT account_id), sum(input_tokens) FROM '{file}'"
        ).fetchone()
    assert found is not None
    assert found[0] == len(expected)
    assert found[1] == pytest.approx(cost)
    assert found[2] == 2
    assert found[3] == 900 * sum(row[2] == "ProposalsRecorded" for row in expected)
    assert by_polars["account_id"].null_count() == 0
    whole(manifest, folder)


def test_csv_is_a_flat_table_for_each_family(log: str, folder: Path) -> None:
    manifest = exported(log, folder, file_format="csv", with_text=True)
    names = {path.stem for path in folder.glob("*.csv")}
    assert names == {"events_lifecycle", "events_generations", "events_decisions", "events_others"}
    with (folder / "events_decisions.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    given = [row for row in rows if row["event_type"] == "FeedbackGiven"]
    assert len(given) == 10 * 4
    assert {row["text"] for row in given} == {f"'{FEEDBACK}"}, "neutralised, and else as it was typed"
    assert {row["text_chars"] for row in given} == {str(len(FEEDBACK))}
    assert {len(row["text_hash"]) for row in given} == {32}
    by_pandas = pandas.read_csv(folder / "events_generations.csv")
    by_polars = polars.read_csv(folder / "events_generations.csv")
    assert len(by_pandas) == len(by_polars) == 30 * 4
    assert by_polars["cost_usd"].drop_nulls().unique().to_list() == [0.00125]
    assert (folder / "events_decisions.csv").read_bytes().startswith(b"position,")
    whole(manifest, folder)


@pytest.mark.parametrize("file_format", ["jsonl", "csv", "parquet"])
def test_without_being_asked_for_no_text_is_in_an_export(log: str, folder: Path, file_format: Any) -> None:
    manifest = exported(log, folder, file_format=file_format)
    whole(manifest, folder)
    if file_format == "parquet":
        text = polars.read_parquet(folder / "*.parquet").write_csv()
    else:
        text = "".join(path.read_text() for path in folder.iterdir() if path.suffix in (".jsonl", ".csv"))
    for written in ("HYPERLINK", "secret words", "lighthouse", "Marrow Quay"):
        assert written not in text
    assert "StageConfirmed" in text
    assert manifest.texts == "lengths and hashes"


def test_without_texts_an_export_still_says_how_long_they_are_and_which_are_the_same(log: str, folder: Path) -> None:
    exported(log, folder)
    texts = [event["data"]["text"] for event in jsonl(folder) if event["type"] == "FeedbackGiven"]
    assert {text["chars"] for text in texts} == {len(FEEDBACK)}
    assert len({text["hash"] for text in texts}) == 1
    started = next(event["data"] for event in jsonl(folder) if event["type"] == "GenesisStarted")
    assert started["mode"] == "guided"
    assert started["seed"]["chars"] > 0


def test_an_anonymised_export_has_no_id_of_the_log_and_the_same_pseudonyms_every_time(log: str, tmp_path: Path) -> None:
    first = exported(log, tmp_path / "one", anonymise=True, accounts=(ANN,))
    exported(log, tmp_path / "two", file_format="csv", anonymise=True)
    text = "".join(path.read_text() for path in (tmp_path / "one").iterdir())
    for position, event_id, _, stream, _, payload in every_event(log):
        assert position
        for secret in (event_id, stream, payload.get("user_id"), payload.get("proposal_id")):
            assert secret is None or secret not in text
    subjects = {event["subject"] for event in jsonl(tmp_path / "one")}
    with (tmp_path / "two" / "events_lifecycle.csv").open(newline="") as stream_:
        again = {row["stream_id"] for row in csv.DictReader(stream_)}
    assert len(subjects) == 2
    assert subjects < again
    assert {UUID(subject).version for subject in subjects} == {8}
    whole(first, tmp_path / "one")


def test_selections_take_what_they_say(log: str, tmp_path: Path) -> None:
    events = every_event(log)
    anns = own_of(log, ANN)
    (one, *_) = sorted(anns)

    def ids(name: str, **selection: Any) -> list[str]:
        exported(log, tmp_path / name, **selection)
        return [event["id"] for event in jsonl(tmp_path / name)]

    assert ids("session", sessions=(UUID(one),)) == [row[1] for row in events if row[3] == one]
    assert ids("account", accounts=(ANN,)) == [row[1] for row in events if row[3] in anns]
    assert ids("type", types=("StageConfirmed", "StageEntered")) == [
        row[1] for row in events if row[2] in ("StageConfirmed", "StageEntered")
    ]
    assert ids("stage", stages=("CHARACTERS",), accounts=(BOB,)) == [
        row[1] for row in events if row[5].get("stage") == "CHARACTERS" and row[3] not in anns
    ]
    with psycopg.connect(log) as connection:
        found = connection.execute("SELECT min(created_at), max(created_at) FROM domain_events").fetchone()
    assert found is not None
    assert ids("before", before=found[0]) == []
    assert ids("since", since=found[0], before=found[1] + timedelta(seconds=1)) == [row[1] for row in events]
    assert ids("nobody", accounts=(uuid4(),)) == []


def test_an_empty_export_of_each_kind_is_whole(log: str, tmp_path: Path) -> None:
    for file_format in ("jsonl", "csv", "parquet"):
        manifest = exported(log, tmp_path / file_format, file_format=file_format, accounts=(uuid4(),))
        assert manifest.rows == 0
        assert proof(tmp_path / file_format)[0] == 0
    assert polars.read_parquet(tmp_path / "parquet" / "*.parquet").height == 0


def test_a_history_has_every_state_from_when_to_when(log: str, folder: Path) -> None:
    manifest = exported(log, folder, "sessions", "parquet", with_text=True)
    assert manifest.unreadable == 1, "one session has an event of a newer build"
    assert manifest.rows == 4 * EVENTS_OF_A_JOURNEY
    events = every_event(log)
    states = polars.read_parquet(folder / "*.parquet").sort("session_id", "version")
    for (_,), history in states.group_by("session_id"):
        assert history["version"].to_list() == list(range(1, EVENTS_OF_A_JOURNEY + 1))
        assert history["valid_to"].to_list()[:-1] == history["valid_from"].to_list()[1:]
        assert history["valid_to"].to_list()[-1] is None
        assert history["status"].to_list()[-1] == "COMPLETED"
        last = history.row(-1, named=True)
        assert last["proposals"] == sum(
            len(row[5]["proposals"]) for row in events if row[2] == "ProposalsRecorded" and row[3] == last["session_id"]
        )
        assert last["feedback"] == 10
        assert last["cost_usd"] + 0.00125 * last["calls_without_price"] == pytest.approx(15 * 0.00125)
        assert set(json.loads(last["confirmed"])) == {
            "CONCEPT_SELECTION",
            "STORY_CONCEPTION",
            "CHARACTERS",
            "WORLDVIEW",
            "PLOT_OUTLINE",
        }
    assert proof(folder)[0] == 0


def test_a_fixed_end_gives_the_same_bytes_whatever_happens_afterwards(database_url: str, tmp_path: Path) -> None:
    write_sessions(database_url, [ANN])
    first = exported(database_url, tmp_path / "one", file_format="parquet")
    write_sessions(database_url, [ANN, BOB])
    again = exported(database_url, tmp_path / "two", file_format="parquet", until=first.until)
    assert again.files == first.files
    assert exported(database_url, tmp_path / "three").rows == 3 * EVENTS_OF_A_JOURNEY


def test_what_is_not_committed_yet_ends_an_export_before_it(database_url: str, tmp_path: Path) -> None:
    write_sessions(database_url, [ANN])
    with psycopg.connect(database_url) as open_one:
        open_one.execute("SELECT pg_current_xact_id()")  # an older transaction that may still write
        write_sessions(database_url, [BOB], settled=False)
        assert exported(database_url, tmp_path / "one").rows == EVENTS_OF_A_JOURNEY
    write_sessions(database_url, [])
    assert exported(database_url, tmp_path / "two").rows == 2 * EVENTS_OF_A_JOURNEY


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"until": "999999999-1"}, "The log ends at"),
        ({"until": "9" * 20 + "-1"}, "no place in the log"),
        ({"until": f"1-{2**63}"}, "no place in the log"),
        ({"until": "yesterday"}, "no place in the log"),
        ({"with_text": True, "anonymise": True}, "an anonymised export has none"),
        ({"holds": "sessions", "types": ("StageEntered",)}, "cannot be had by type"),
        ({"file_format": "sqlite"}, "events can be had as jsonl, csv, parquet"),
        (
            {"since": datetime(2026, 3, 2, tzinfo=UTC), "before": datetime(2026, 3, 1, tzinfo=UTC)},
            "has to be before",
        ),
    ],
    ids=["after the end", "too large", "2^63", "no place", "texts", "types of sessions", "format", "from after to"],
)
def test_what_cannot_be_exported_is_refused_and_leaves_nothing(
    log: str, tmp_path: Path, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(OperatorError, match=said):
        exported(log, tmp_path / "out", **asked)
    assert not (tmp_path / "out").exists()


def test_a_hole_in_positions_and_odd_events_are_exported_as_they_lie(database_url: str, folder: Path) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SELECT nextval(pg_get_serial_sequence('domain_events', 'id')) FROM generate_series(1, 50)")
    odd = {
        "stage": 7,
        "occurred_at": "not a time",
        "usage": "none",
        "cost_usd": "free",
        "turn": 2**70,
        "model": "two\nlines\u0001",
        "proposals": {"a": 1},
        "big": 123456789012345678901234567890,
    }
    add_event(database_url, uuid4(), 1, "Odd\u2028Event", odd, aggregate_type="else")
    add_event(database_url, uuid4(), 1, "StageEntered", {})
    for file_format in ("jsonl", "csv", "parquet"):
        for with_text in (True, False):
            to = folder / f"{file_format}-{with_text}"
            assert exported(database_url, to, file_format=file_format, with_text=with_text).rows == 2
            assert proof(to)[0] == 0
    found = json.loads((folder / "jsonl-True" / "events.jsonl").read_text().split("\n")[0])
    assert found["data"] == odd
    assert found["position"] == "51"
    assert found["source"] == "/genesis/unknown"

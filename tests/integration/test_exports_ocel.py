"""Object-centric event logs: valid OCEL 2.0 as SQLite and as JSON, and pm4py finds a process in them."""

import json
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars
import pytest

from tests.support.exports import ANN, BOB, EVENTS_OF_A_JOURNEY, add_event, every_event, exported, write_sessions
from tests.support.postgres import Cluster

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pm4py = pytest.importorskip("pm4py", reason="pm4py has wheels for Linux only")
    ocel20_rel_validation = pytest.importorskip("pm4py.objects.ocel.validation.ocel20_rel_validation")


@pytest.fixture(scope="module")
def log(cluster: Cluster) -> Iterator[str]:
    with cluster.database() as url:
        (_, bobs) = write_sessions(url, [ANN, BOB])
        add_event(url, bobs, EVENTS_OF_A_JOURNEY + 1, "Sung/Aloud", {"stage": "CHARACTERS", "turn": 4})
        yield url


def read(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (pm4py.read_ocel2_sqlite if path.suffix == ".sqlite" else pm4py.read_ocel2_json)(str(path))


def test_the_sqlite_form_has_real_keys_and_fulfils_every_constraint_of_the_standard(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out", "ocel", "sqlite")
    path = tmp_path / "out" / "ocel.sqlite"
    fulfilled, broken = ocel20_rel_validation.apply(str(path))
    assert broken == []
    assert len(fulfilled) == 24
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM event").fetchone() == (2 * EVENTS_OF_A_JOURNEY + 1,)
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO event_object VALUES ('no event', 'no object', 'x')")
    connection.close()


def test_both_forms_say_the_same_and_pm4py_discovers_the_process(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "sqlite", "ocel", "sqlite")
    exported(log, tmp_path / "json", "ocel", "json")
    found = [read(tmp_path / "sqlite" / "ocel.sqlite"), read(tmp_path / "json" / "ocel.json")]
    facts = []
    for one in found:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            flat = pm4py.ocel_flattening(one, "session")
            follows, begin, end = pm4py.discover_dfg(flat)
        assert begin == {"GenesisStarted": 2}
        assert end == {"GenesisCompleted": 1, "Sung/Aloud": 1}
        assert follows["GenerationRequested", "ProposalsRecorded"] == 2 * 15
        counts = (len(one.events), len(one.objects), len(one.relations), len(one.o2o))
        facts.append((counts, sorted(one.objects["ocel:type"].value_counts().items())))
    assert facts[0] == facts[1]
    assert {row[2] for row in every_event(log)} == set(found[0].events["ocel:activity"])


def test_the_json_form_has_what_the_standard_asks_for(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out", "ocel", "json")
    document = json.loads((tmp_path / "out" / "ocel.json").read_text())
    assert set(document) == {"objectTypes", "eventTypes", "objects", "events"}
    types = {one["name"]: {a["name"]: a["type"] for a in one["attributes"]} for one in document["eventTypes"]}
    objects = {one["id"]: one["type"] for one in document["objects"]}
    assert set(objects.values()) <= {one["name"] for one in document["objectTypes"]}
    python = {"string": str, "integer": int, "float": float}
    for event in document["events"]:
        assert event["relationships"]
        for attribute in event["attributes"]:
            assert isinstance(attribute["value"], python[types[event["type"]][attribute["name"]]])
        assert all(related["objectId"] in objects for related in event["relationships"])
    for one in document["objects"]:
        assert all(related["objectId"] in objects for related in one["relationships"])
    session = next(one for one in document["objects"] if one["type"] == "session")
    stages = [said["value"] for said in session["attributes"] if said["name"] == "current_stage"]
    assert stages == ["CONCEPT_SELECTION", "STORY_CONCEPTION", "CHARACTERS", "WORLDVIEW", "PLOT_OUTLINE"]
    assert [said["value"] for said in session["attributes"] if said["name"] == "status"] == ["IN_PROGRESS", "COMPLETED"]


def test_an_event_log_and_the_tables_can_be_joined_and_no_text_is_in_it(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "events", file_format="parquet")
    exported(log, tmp_path / "ocel", "ocel", "sqlite")
    events = polars.read_parquet(tmp_path / "events" / "*.parquet")
    connection = sqlite3.connect(tmp_path / "ocel" / "ocel.sqlite")
    assert {row[0] for row in connection.execute("SELECT ocel_id FROM event")} == set(events["event_id"])
    assert "HYPERLINK" not in "\n".join(connection.iterdump())
    connection.close()

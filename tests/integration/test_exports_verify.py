"""The proof of an export: what was changed, left out or moved is named, by verify.py alone and against the log."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pyarrow import parquet

from infrastructure.exports.key import ExportKey
from infrastructure.exports.manifest import digest_of
from infrastructure.exports.verification import against_log, complaints, of_export
from infrastructure.operator_error import OperatorError
from tests.support.exports import ANN, BOB, KEY, add_event, exported, proof, write_sessions
from tests.support.postgres import Cluster


@pytest.fixture(scope="module")
def log(cluster: Cluster) -> Iterator[str]:
    with cluster.database() as url:
        write_sessions(url, [ANN, BOB])
        yield url


def verified(url: str, path: Path, key: ExportKey = KEY) -> list[str]:
    folder, manifest = of_export(path)
    return list(complaints(folder, manifest)) or asyncio.run(against_log(url, folder, manifest, key))


def lines(change: Callable[[list[bytes]], None]) -> Callable[[Path], None]:
    def edit(path: Path) -> None:
        found = path.read_bytes().splitlines(keepends=True)
        change(found)
        path.write_bytes(b"".join(found))

    return edit


def swap(found: list[bytes]) -> None:
    found[4], found[5] = found[5], found[4]


def reword(found: list[bytes]) -> None:
    found[4] = found[4].replace(b'"sequence":"', b'"sequence":"9')


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lines(swap), "row 5 is not what was written"),
        (lines(reword), "row 5 is not what was written"),
        (lines(lambda found: found.pop(4)), "row 5 is not what was written"),
        (lines(lambda found: found.pop()), "has 101 rows of 102"),
        (lines(lambda found: found.append(found[-1])), "row 103 is not what was written"),
        (Path.unlink, "is missing"),
    ],
    ids=["moved", "changed", "left out", "cut off", "added", "missing"],
)
def test_json_lines_that_were_touched_are_named(log: str, tmp_path: Path, edit: Any, said: str) -> None:
    exported(log, tmp_path / "out")
    edit(tmp_path / "out" / "events.jsonl")
    code, output = proof(tmp_path / "out")
    assert code == 1
    assert f"events.jsonl {'' if said == 'is missing' else 'was changed: '}"[:-1] in output
    assert said in output
    assert said in verified(log, tmp_path / "out")[0]


def test_a_csv_record_that_was_touched_is_named(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out", file_format="csv", with_text=True)
    path = tmp_path / "out" / "events_decisions.csv"
    path.write_bytes(path.read_bytes().replace(b"HYPERLINK", b"HIPERLINK", 1))
    code, output = proof(tmp_path / "out")
    assert code == 1
    assert "events_decisions.csv was changed: row 1 is not" in output


def test_parquet_with_a_row_that_was_changed_or_left_out_is_named(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out", file_format="parquet")
    path = tmp_path / "out" / "events-00000.parquet"
    table = parquet.read_table(path)
    parquet.write_table(table.slice(0, 7), path)
    assert "has 7 rows of 102" in proof(tmp_path / "out")[1]
    turned = table.set_column(table.schema.get_field_index("turn"), "turn", table["position"])
    parquet.write_table(turned, path)
    assert "row 1 is not what was written" in proof(tmp_path / "out")[1]


@pytest.mark.parametrize("cut", [0, 3, 100, -20], ids=["empty", "head", "short", "tail"])
def test_a_corrupt_parquet_is_said_in_a_sentence(log: str, tmp_path: Path, cut: int) -> None:
    exported(log, tmp_path / "out", file_format="parquet")
    path = tmp_path / "out" / "events-00000.parquet"
    path.write_bytes(path.read_bytes()[:cut])
    code, output = proof(tmp_path / "out")
    assert code == 1
    assert "events-00000.parquet was changed: it cannot be read" in output
    assert "cannot be read" in verified(log, path)[0]


def test_a_file_that_is_not_of_the_export_and_a_manifest_that_was_changed_are_named(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out")
    (tmp_path / "out" / "more.jsonl").write_text("{}\n")
    assert "more.jsonl is not of this export" in proof(tmp_path / "out")[1]
    (tmp_path / "out" / "more.jsonl").unlink()
    path = tmp_path / "out" / "manifest.json"
    path.write_text(path.read_text().replace('"rows": 102', '"rows": 101'))
    assert "manifest.json was changed" in proof(tmp_path / "out")[1]
    with pytest.raises(OperatorError, match="was changed"):
        verified(log, tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "There is no manifest"),
        ("", "is no manifest"),
        ("[]", "is no manifest"),
        ('{"format": 1}', "is no manifest"),
        ('{"format": 99}', "has format 99"),
        ('{"format": 1, "files": {"../../etc/passwd": {}}}', "is no manifest"),
    ],
    ids=["none", "empty", "list", "little", "newer", "paths"],
)
def test_what_is_no_export_is_said(log: str, tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(OperatorError, match=said):
        verified(log, tmp_path)


def test_a_path_that_is_not_there_or_not_of_the_export_is_said(log: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="There is no"):
        verified(log, tmp_path / "nowhere")
    exported(log, tmp_path / "out")
    (tmp_path / "out" / "mine.parquet").write_bytes(b"PAR1")
    with pytest.raises(OperatorError, match="its manifest does not name it"):
        verified(log, tmp_path / "out" / "mine.parquet")


def forged(folder: Path, edit: Callable[[list[bytes]], None]) -> None:
    """Change JSON Lines and everything that proves them: only the log can tell."""
    path, manifest_path = folder / "events.jsonl", folder / "manifest.json"
    rows = path.read_bytes().splitlines()
    edit(rows)
    end, made = "0" * 64, []
    for row in rows:
        text = row.rpartition(b',"chain":"')[0]
        end = sha256(end.encode() + text).hexdigest()
        made.append(text + f',"chain":"{end}"}}\n'.encode())
    path.write_bytes(b"".join(made))
    manifest = json.loads(manifest_path.read_text())
    entry = manifest["files"]["events.jsonl"]
    entry |= {
        "chain": end,
        "rows": len(made),
        "sha256": sha256(b"".join(made)).hexdigest(),
        "size": len(b"".join(made)),
    }
    manifest["rows"] = len(made)
    manifest["digest"] = digest_of(manifest)
    manifest_path.write_text(json.dumps(manifest))


def test_a_forgery_that_proves_itself_is_found_by_the_log(log: str, tmp_path: Path) -> None:
    for edit, said in ((swap, "row 5 differs"), (reword, "row 5 differs"), (lambda rows: rows.pop(), "the log 102")):
        exported(log, tmp_path / "out")
        forged(tmp_path / "out", edit)
        assert proof(tmp_path / "out")[0] == 0
        assert said in verified(log, tmp_path / "out")[0]
        shutil.rmtree(tmp_path / "out")


@pytest.mark.parametrize(
    ("holds", "file_format", "selection"),
    [
        ("events", "parquet", {}),
        ("events", "csv", {"with_text": True}),
        ("events", "jsonl", {"anonymise": True, "accounts": (BOB,)}),
        ("sessions", "parquet", {}),
        ("sessions", "csv", {"anonymise": True}),
        ("ocel", "sqlite", {}),
        ("ocel", "json", {"anonymise": True}),
    ],
    ids=["parquet", "csv with text", "anonymised", "sessions", "sessions anonymised", "sqlite", "json"],
)
def test_what_was_exported_is_what_the_log_says(
    log: str, tmp_path: Path, holds: Any, file_format: Any, selection: dict[str, Any]
) -> None:
    exported(log, tmp_path / "out", holds, file_format, **selection)
    assert verified(log, tmp_path / "out") == []


def test_a_changed_event_log_of_sqlite_is_named(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out", "ocel", "sqlite")
    with sqlite3.connect(tmp_path / "out" / "ocel.sqlite") as connection:
        connection.execute("DELETE FROM event_object WHERE rowid = 1")
    connection.close()
    assert "ocel.sqlite was changed" in proof(tmp_path / "out")[1]


def test_another_log_another_key_and_a_log_that_ends_before_are_told_apart(
    log: str, cluster: Cluster, tmp_path: Path
) -> None:
    exported(log, tmp_path / "out")
    with pytest.raises(OperatorError, match="another key"):
        verified(log, tmp_path / "out", ExportKey.of(b"not the key that it was made with"))
    with cluster.database() as other:
        assert "ends before the end of the export" in verified(other, tmp_path / "out")[0]
        for _ in range(200):
            add_event(other, uuid4(), 1, "StageEntered", {"stage": "CHARACTERS"})
        assert "is not what the log says" in verified(other, tmp_path / "out")[0]

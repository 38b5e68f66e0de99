"""The proof of an export: what was changed, left out or moved is named, by verify.py alone and against the log."""

import asyncio
import json
import re
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


def retype(found: list[bytes]) -> None:
    found[4] = found[4].replace(b'"type":"', b'"type":"X')


def repay(found: list[bytes]) -> None:
    found[4] = re.sub(b'("occurred_at": ?)"2', rb'\1"3', found[4])


def named(path: Path, row: int) -> str:
    event = json.loads(path.read_bytes().splitlines()[row])
    return f"stream {event['subject']} version {event['sequence']}"


@pytest.mark.parametrize("with_text", [True, False], ids=["with texts", "without texts"])
@pytest.mark.parametrize(
    ("edit", "row", "said"),
    [
        (lines(swap), 4, "{} was moved"),
        (lines(retype), 4, "{} was changed or moved"),
        (lines(reword), 6, "{}: the version before it is missing"),
        (lines(lambda found: found.pop(4)), 6, "{}: the version before it is missing"),
        (lines(lambda found: found.pop()), -1, "has 101 of 102 rows: it has to end with {}"),
        (lines(lambda found: found.append(found[-1])), -1, "{} was moved"),
        (lambda path: path.write_bytes(path.read_bytes()[:-40]), -2, "cannot be read after {}"),
        (Path.unlink, 0, "cannot be read after the beginning (FileNotFoundError)"),
    ],
    ids=["moved", "changed", "another version", "left out", "cut off", "added", "truncated", "missing"],
)
def test_json_lines_that_were_touched_are_named(
    log: str, tmp_path: Path, *, edit: Any, row: int, said: str, with_text: bool
) -> None:
    exported(log, tmp_path / "out", with_text=with_text)
    path = tmp_path / "out" / "events.jsonl"
    said = said.format(named(path, row))
    edit(path)
    code, output = proof(tmp_path / "out")
    assert code == 1
    assert "events.jsonl was changed" in output or "FileNotFoundError" in output
    assert said in output
    assert any(said in one for one in verified(log, tmp_path / "out"))


def test_a_changed_payload_is_named_where_texts_are_in_and_said_of_the_file_where_not(log: str, tmp_path: Path) -> None:
    for with_text in (True, False):
        exported(log, tmp_path / "out", with_text=with_text)
        path = tmp_path / "out" / "events.jsonl"
        said = named(path, 4)
        lines(repay)(path)
        code, output = proof(tmp_path / "out")
        assert code == 1
        assert (f"the payload of {said} was changed" in output) == with_text
        assert "events.jsonl was changed" in output
        shutil.rmtree(tmp_path / "out")


def test_a_csv_record_that_was_touched_is_named(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out", file_format="csv", with_text=True)
    path = tmp_path / "out" / "events_decisions.csv"
    text = path.read_bytes()
    at = text.index(b"FeedbackGiven")
    path.write_bytes(text[:at] + b"FeedbackTaken" + text[at + len(b"FeedbackGiven") :])
    code, output = proof(tmp_path / "out")
    assert code == 1
    assert "events_decisions.csv was changed" in output
    assert re.search("events_decisions.csv: stream [0-9a-f-]{36} version [0-9]+ was changed or moved", output)


def test_parquet_with_a_row_that_was_changed_or_left_out_is_named(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out", file_format="parquet")
    path = tmp_path / "out" / "events-00000.parquet"
    table = parquet.read_table(path)
    streams, versions = table["stream_id"].to_pylist(), table["stream_version"].to_pylist()
    parquet.write_table(table.slice(0, 7), path)
    assert f"has 7 of 102 rows: it has to end with stream {streams[-1]} version {versions[-1]}" in proof(path.parent)[1]
    turned = table.set_column(table.schema.get_field_index("schema_version"), "schema_version", table["position"])
    parquet.write_table(turned, path)
    assert f"stream {streams[3]} version {versions[3]} was changed or moved" in proof(path.parent)[1]


@pytest.mark.parametrize("file_format", ["jsonl", "csv", "parquet"])
def test_what_a_proof_shows_is_said(log: str, tmp_path: Path, file_format: Any) -> None:
    for number, (selection, shown) in enumerate(
        (
            ({"with_text": True}, "every payload's commitment, every stream's chain"),
            ({}, "in it the commitments to payloads. Texts are left out"),
            ({"types": ("StageEntered",)}, "Only some events are in here"),
            ({"anonymise": True}, "Ids are pseudonyms"),
        )
    ):
        folder = tmp_path / str(number)
        exported(log, folder, file_format=file_format, **selection)
        code, output = proof(folder)
        assert (code, output.partition(".")[0]) == (0, "Nothing was changed, left out or moved"), output
        assert shown in output


def test_a_version_that_an_anonymised_export_lacks_is_named(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out", anonymise=True)
    path = tmp_path / "out" / "events.jsonl"
    said = named(path, 6)
    lines(lambda found: found.pop(4))(path)
    assert f"{said}: the version before it is missing" in proof(tmp_path / "out")[1]


def test_unsalted_events_have_no_hash_that_their_words_could_be_guessed_from(cluster: Cluster, tmp_path: Path) -> None:
    with cluster.database() as url:
        stream = uuid4()
        add_event(url, stream, 1, "StageEntered", {"stage": "CHARACTERS"}, salted=False)
        for name, with_text in (("short", False), ("long", True)):
            exported(url, tmp_path / name, with_text=with_text)
            event = json.loads((tmp_path / name / "events.jsonl").read_text())
            assert (event["payloadhash"] is not None, event["chain"] is not None) == (with_text, with_text)
            assert proof(tmp_path / name)[0] == 0


@pytest.mark.parametrize("cut", [0, 3, 100, -20], ids=["empty", "head", "short", "tail"])
def test_a_corrupt_parquet_is_said_in_a_sentence(log: str, tmp_path: Path, cut: int) -> None:
    exported(log, tmp_path / "out", file_format="parquet")
    path = tmp_path / "out" / "events-00000.parquet"
    path.write_bytes(path.read_bytes()[:cut])
    code, output = proof(tmp_path / "out")
    assert code == 1
    assert "events-00000.parquet was changed\nevents-00000.parquet cannot be read after the beginning" in output
    assert "cannot be read" in verified(log, path)[1]


def test_a_file_that_is_not_of_the_export_and_a_manifest_that_was_changed_are_named(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out")
    (tmp_path / "out" / "more.jsonl").write_text("{}\n")
    assert verified(log, tmp_path / "out") == ["more.jsonl is not of this export"]
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
        ('{"format": 1}', "was written by an earlier build"),
        ('{"format": 2}', "is no manifest"),
        ('{"format": 99}', "has format 99"),
        ('{"format": 2, "files": {"../../etc/passwd": {}}}', "is no manifest"),
    ],
    ids=["none", "empty", "list", "older", "little", "newer", "paths"],
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
    lines(edit)(path)
    data = path.read_bytes()
    rows, last = len(data.splitlines()), named(path, -1)
    manifest = json.loads(manifest_path.read_text())
    manifest["files"]["events.jsonl"] |= {"rows": rows, "last": last}
    manifest["files"]["events.jsonl"] |= {"sha256": sha256(data).hexdigest(), "size": len(data)}
    manifest["rows"] = rows
    manifest["digest"] = digest_of(manifest)
    manifest_path.write_text(json.dumps(manifest))


def unproven(found: list[bytes]) -> None:
    """Take the log's chain out, and change an event."""
    found[:] = [re.sub(b'"chain":"[0-9a-f]+"', b'"chain":null', row) for row in found]
    retype(found)


def test_a_forgery_that_proves_itself_is_found_by_the_log(log: str, tmp_path: Path) -> None:
    for edit, said in ((unproven, "row 1 differs (stream "), (lambda rows: rows.pop(), "the log 102")):
        exported(log, tmp_path / "out")
        forged(tmp_path / "out", edit)
        assert proof(tmp_path / "out")[0] == 0
        assert said in verified(log, tmp_path / "out")[0]
        shutil.rmtree(tmp_path / "out")


def test_a_forger_who_leaves_the_chain_is_found_by_it(log: str, tmp_path: Path) -> None:
    exported(log, tmp_path / "out")
    forged(tmp_path / "out", retype)
    assert "was changed or moved" in proof(tmp_path / "out")[1]


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

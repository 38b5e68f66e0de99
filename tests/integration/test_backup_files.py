"""No half backup, no half restore, and nothing is believed of a file: kills, damage, full disks, hostile archives."""

import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from infrastructure.backup.dump import back_up
from infrastructure.backup.manifest import member
from infrastructure.backup.reading import opened_backup
from infrastructure.operator_error import OperatorError
from tests.support.backups import empty_database, every_row, put_back
from tests.support.dying_backup import ROOT, killed
from tests.support.postgres import Cluster

_PERSON = "INSERT INTO users (id, name, name_key, password_hash) VALUES (gen_random_uuid(), %s, %s, 'kept')"


def somebody(url: str, name: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(_PERSON.encode(), (name, name.lower()))


@pytest.fixture
def file(database_url: str, tmp_path: Path) -> Path:
    """A backup with one person in it."""
    somebody(database_url, "Ann")
    back_up(database_url, tmp_path / "studio.zip")
    return tmp_path / "studio.zip"


def read(path: Path) -> None:
    with opened_backup(path) as backup:
        for _ in backup.verify():
            pass


@pytest.mark.parametrize("step", ["a table is written", "the manifest is written"])
def test_a_killed_backup_leaves_no_file_and_nothing_in_the_way(database_url: str, tmp_path: Path, step: str) -> None:
    killed("backup", step, database_url, tmp_path / "studio.zip")
    assert not (tmp_path / "studio.zip").exists()
    (left,) = tmp_path.iterdir()
    assert left.name.endswith(".part")
    back_up(database_url, tmp_path / "studio.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["studio.zip"]
    read(tmp_path / "studio.zip")


@pytest.mark.parametrize(
    ("step", "there"),
    [
        ("a table is loaded", "Bob"),
        ("one database is renamed", "Bob"),
        ("the switch is done", "Ann"),
    ],
)
def test_a_killed_restore_leaves_the_old_studio_or_the_new_one(
    cluster: Cluster, file: Path, step: str, there: str
) -> None:
    with cluster.database() as other:
        somebody(other, "Bob")
        try:
            killed("restore", step, other, file)
            (person,) = every_row(other)["users"]
            assert f'"name": "{there}"' in person
            put_back(file, other, replace=True)
            (person,) = every_row(other)["users"]
            assert '"name": "Ann"' in person
            with psycopg.connect(cluster.admin_url) as server:
                query = b"SELECT datname FROM pg_database WHERE datname ~ '_(restoring|replaced)$'"
                assert server.execute(query).fetchall() == []
        finally:
            name = other.partition("?")[0].rpartition("/")[2]
            cluster.drop(f"{name}_restoring")
            cluster.drop(f"{name}_replaced")


def test_whatever_is_cut_or_changed_is_refused(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    broken = tmp_path / "broken.zip"
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        broken.write_bytes(whole[:length])
        with pytest.raises(OperatorError, match="cannot be used as a backup"):
            read(broken)
    with zipfile.ZipFile(file) as archive:
        starts = [info.header_offset + 30 + len(info.filename) + 20 for info in archive.infolist() if info.file_size]
    for start in starts:  # within what each entry packs
        broken.write_bytes(whole[: start + 2] + bytes([whole[start + 2] ^ 0x10]) + whole[start + 3 :])
        with pytest.raises(OperatorError, match="cannot be used as a backup"):
            read(broken)


def forged(file: Path, change: Callable[[dict[str, bytes]], None], to: Path) -> Path:
    """The backup with other entries; its hashes are made to fit, as somebody would who means harm."""
    with zipfile.ZipFile(file) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    change(entries)
    manifest = json.loads(entries["manifest.json"])
    for name, table in manifest.get("tables", {}).items():
        if (text := entries.get(member(name))) is not None:
            table |= {"size": len(text), "rows": text.count(b"\n"), "sha256": sha256(text).hexdigest()}
    entries["manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return to


def _manifest(**changes: object) -> Callable[[dict[str, bytes]], None]:
    def change(entries: dict[str, bytes]) -> None:
        entries["manifest.json"] = json.dumps(json.loads(entries["manifest.json"]) | changes).encode()

    return change


def _table(name: str, text: bytes, **changes: object) -> Callable[[dict[str, bytes]], None]:
    def change(entries: dict[str, bytes]) -> None:
        manifest = json.loads(entries["manifest.json"])
        known = manifest["tables"].get(name, {"columns": ["id"], "rows": 0, "size": 0, "sha256": "0" * 64})
        manifest["tables"][name] = known | changes
        entries["manifest.json"] = json.dumps(manifest).encode()
        entries[member(name)] = text

    return change


def _outside(entries: dict[str, bytes]) -> None:
    entries["../../outside"] = b"planted"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_manifest(format=99), "format 99"),
        (_manifest(revision="9999"), "a schema that this build does not know"),
        (_manifest(revision="--help"), "manifest cannot be read"),
        (_manifest(tables={}), "not what its manifest says"),
        (_outside, "not what its manifest says"),
        (_table("pg_authid", b"1\n"), "has not the tables of its revision"),
        (_table("../users", b"1\n"), "manifest cannot be read"),
        (_table("users", b"", columns=["id", "name) FROM PROGRAM 'id"]), "manifest cannot be read"),
        (_table("users", b"no row of this table\n"), "rows that the database does not take"),
        (_table("users", b"\0" * 30_000_000), "rows that the database does not take"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # the same in every worker of the tests
)
def test_a_hostile_file_is_refused_and_nothing_is_left(
    cluster: Cluster, file: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], says: str
) -> None:
    path = forged(file, change, tmp_path / "forged.zip")
    with empty_database(cluster) as elsewhere:
        with pytest.raises(OperatorError, match=says):
            put_back(path, elsewhere)
        assert every_row(elsewhere) == {}
        with psycopg.connect(cluster.admin_url) as server:
            assert server.execute("SELECT FROM pg_database WHERE datname LIKE '%restoring'").fetchall() == []
    assert not (tmp_path.parent / "outside").exists()


def test_a_small_file_whose_entries_share_their_bytes_is_refused(file: Path, tmp_path: Path) -> None:
    """https://www.bamsoftware.com/hacks/zipbomb/ — each claims the same bytes, and all of them fill a disk."""
    path = forged(file, _table("users", bytes(range(32, 127)) * 100_000), tmp_path / "bomb.zip")
    text = bytearray(path.read_bytes())
    entries = []
    at = text.index(b"PK\x01\x02")
    while text[at : at + 4] == b"PK\x01\x02":
        entries.append(at)
        at += 46 + sum(int.from_bytes(text[at + n : at + n + 2], "little") for n in (28, 30, 32))
    users = next(at for at in entries if text[at + 46 :].startswith(member("users").encode()))
    for at in entries:
        if text[at + 46 :].startswith(b"manifest.json"):
            continue
        text[at + 20 : at + 24] = text[users + 20 : users + 24]  # the packed size
        text[at + 42 : at + 46] = text[users + 42 : users + 46]  # and the place
    path.write_bytes(text)
    with pytest.raises(OperatorError, match="its entries overlap"):
        read(path)


def test_pages_of_one_letter_can_be_backed_up_and_restored(cluster: Cluster, database_url: str, tmp_path: Path) -> None:
    """They pack a thousand to one, which is what a file made to fill a disk does as well."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """INSERT INTO async_tasks (id, session_id, user_id, task_type, status, draft)
               SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'GENERATE', 'COMPLETED',
                   jsonb_build_object('text', repeat('a', 3000000)) FROM generate_series(1, 5)"""
        )
    path = tmp_path / "letters.zip"
    size = back_up(database_url, path).size
    assert size > 500 * path.stat().st_size
    with empty_database(cluster) as elsewhere:
        put_back(path, elsewhere)
        assert every_row(elsewhere) == every_row(database_url)


def test_a_file_that_cannot_grow_leaves_nothing_and_says_so(database_url: str, tmp_path: Path) -> None:
    """As on a full disk: the system refuses to write on, in the middle."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO users (id, name, name_key) SELECT gen_random_uuid(), v, v FROM (SELECT"
            " gen_random_uuid()::text AS v FROM generate_series(1, 2000)) AS t"
        )
    code = (
        "import sys; from pathlib import Path; from infrastructure.backup.dump import back_up;"
        "from infrastructure.operator_error import OperatorError\n"
        "try: back_up(sys.argv[1], Path(sys.argv[2]))\n"
        "except OperatorError as problem: print(problem.message)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, database_url, str(tmp_path / "studio.zip")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert "cannot be written" in done.stdout, done
    assert list(tmp_path.iterdir()) == []


def test_a_backup_is_never_written_over(database_url: str, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(OperatorError, match="exists already"):
        back_up(database_url, file)
    assert file.read_bytes() == before

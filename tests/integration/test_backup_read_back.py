"""What was written is read back before anything older, or the database itself, goes for it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli import backup as command
from infrastructure.backup.manifest import FORMAT, Kind, Manifest
from infrastructure.backup.rotation import standing
from infrastructure.backup.writing import add_manifest, new_file
from infrastructure.operator_error import OperatorError


def test_a_backup_that_cannot_be_read_back_ends_no_older_one_and_does_not_stay(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    for days in range(2, 41):
        made_at = datetime.now(UTC) - timedelta(days=days)
        manifest = Manifest(
            format=FORMAT, kind="automatic", product="1", revision="1", postgres=180000, made_at=made_at, tables={}
        )
        with new_file(folder / f"genesis-{days}.zip") as archive:
            add_manifest(archive, manifest)
    before = sorted(folder.iterdir())
    write = command.back_up

    def spoilt(url: str, path: Path, *, kind: Kind, progress: command.Tell) -> Manifest:
        """As a disk does that loses what it was given."""
        manifest = write(url, path, kind=kind, progress=progress)
        text = bytearray(path.read_bytes())
        at = text.index(b"PK\x01\x02") // 2
        text[at : at + 16] = bytes(16)
        path.write_bytes(text)
        return manifest

    monkeypatch.setenv("GENESIS_HOME", str(tmp_path))
    monkeypatch.setenv("GENESIS_DATABASE_URL", database_url)
    monkeypatch.setattr(command.os, "nice", lambda _: 0)  # it would be this test process's own, for good
    monkeypatch.setattr(command, "back_up", spoilt)
    with pytest.raises(OperatorError, match="cannot be used as a backup"):
        command.automatic()
    assert sorted(folder.iterdir()) == before
    assert "cannot be used as a backup" in str(standing(tmp_path, folder).failure)

    monkeypatch.setattr(command, "back_up", write)
    command.automatic()
    assert len(list(folder.iterdir())) < len(before), "with a good one the rotation goes on"
    assert standing(tmp_path, folder).failure is None

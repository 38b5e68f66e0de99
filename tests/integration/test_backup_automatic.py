"""Automatic backups: one a day, seven days and four weeks of them, a failure that the doctor tells and nobody else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infrastructure.backup.manifest import FORMAT, Kind, Manifest
from infrastructure.backup.rotation import automatic, check_space, is_due, note_failure, rotate, standing
from infrastructure.backup.writing import add_manifest, new_file
from infrastructure.doctor.backups import look_at_backups
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings
from tests.support.api import served
from tests.support.reading import eventually
from tests.support.studio import running_studio

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def made(folder: Path, age: timedelta, kind: Kind = "automatic") -> Path:
    """A backup of nothing, by the time in its manifest; its name and its file's time tell nothing."""
    path = folder / f"genesis-{len(list(folder.iterdir()))}.zip"
    at = NOW - age
    with new_file(path) as archive:
        add_manifest(
            archive,
            Manifest(format=FORMAT, kind=kind, product="1", revision="1", postgres=180000, made_at=at, tables={}),
        )
    return path


def test_seven_days_and_four_weeks_are_kept_and_what_was_asked_for(tmp_path: Path) -> None:
    asked = [made(tmp_path, timedelta(days=300), kind) for kind in ("asked", "before")]
    for hours in range(0, 24 * 60, 12):  # twice a day, for sixty days
        made(tmp_path, timedelta(hours=hours))
    (tmp_path / "genesis-broken.zip").write_text("no zip")
    rotate(tmp_path)
    ages = [(NOW - kept.made_at) / timedelta(days=1) for kept in automatic(tmp_path)]
    # today and six days before it; then Sundays' last ones: 22nd, 15th and 8th of November, at 21:00
    assert ages == [0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 12.5, 19.5]
    assert all(path.exists() for path in asked)
    assert (tmp_path / "genesis-broken.zip").exists(), "what cannot be read is not ours to remove"
    assert rotate(tmp_path) == []


@pytest.mark.parametrize(
    ("ages", "due"),
    [([], True), ([23], False), ([25], True), ([-48], True), ([-48, 1], False)],
    ids=["none", "today", "yesterday", "in the future", "in the future, and today"],
)
def test_one_is_due_a_day_after_the_last(tmp_path: Path, ages: list[int], due: bool) -> None:
    for age in ages:
        made(tmp_path, timedelta(hours=age))
    assert is_due(tmp_path, NOW) is due


def test_a_disk_that_is_nearly_full_keeps_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path, timedelta(days=1))
    check_space(tmp_path)
    monkeypatch.setattr("infrastructure.backup.rotation._LEFT_FREE", 10**18)
    with pytest.raises(OperatorError, match="nearly full"):
        check_space(tmp_path)
    assert path.exists()


def test_the_doctor_tells_their_age_and_a_failure(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, backup_folder=tmp_path / "kept", backups="daily")
    (tmp_path / "kept").mkdir()
    assert look_at_backups(settings, running=True, now=NOW).ok is None
    made(tmp_path / "kept", timedelta(days=3))
    late = look_at_backups(settings, running=True, now=NOW)
    assert (late.ok, "3 days" in late.detail, str(tmp_path / "kept") in late.detail) == (False, True, True)
    assert look_at_backups(settings, running=False, now=NOW).ok is None
    made(tmp_path / "kept", timedelta(hours=5))
    assert look_at_backups(settings, running=True, now=NOW).ok is True
    note_failure(tmp_path, "The disk is nearly full.")
    failed = look_at_backups(settings, running=True, now=NOW)
    assert (failed.ok, "The disk is nearly full. the newest is 5 hours old" in failed.detail) == (False, True)
    note_failure(tmp_path, None)
    assert look_at_backups(settings, running=True, now=NOW).ok is True
    off = settings.model_copy(update={"backups": "off"})
    assert look_at_backups(off, running=True, now=NOW).ok is None


async def test_the_owner_sees_them_and_nobody_else(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    size = made(tmp_path / "backups", timedelta(hours=5)).stat().st_size
    note_failure(tmp_path, "The disk is nearly full.")
    async with served(database_url, None, home=tmp_path, embedded=True) as api:
        assert (await api.http.get("/api/v1/account/backups")).json() == {
            "automatic": True,
            "folder": str(tmp_path / "backups"),
            "count": 1,
            "newest_at": "2026-11-28T04:00:00Z",
            "newest_bytes": size,
            "failure": "The disk is nearly full.",
        }
        async with await api.client(await api.stranger()) as writer:
            assert (await writer.get("/api/v1/account/backups")).status_code == 404
    async with served(database_url, None, home=tmp_path) as api:  # not started by `genesis run`: nobody makes any
        assert (await api.http.get("/api/v1/account/backups")).json()["automatic"] is False


async def test_a_studio_that_starts_backs_up_and_a_failure_does_not_stop_it() -> None:
    with running_studio(GENESIS_BACKUPS="daily") as studio:
        folder = studio.home / "backups"

        async def made_one() -> bool:
            return standing(studio.home, folder).newest is not None

        async def failed() -> bool:
            return standing(studio.home, folder).failure is not None

        await eventually(made_one, 60)
        answer = studio.genesis("backup", "--verify", str(automatic(folder)[0].path))
        assert answer.returncode == 0, answer.stderr
        studio.stop()
        for path in (folder).iterdir():
            path.unlink()
        (folder).rmdir()
        (folder).write_text("in the way")
        studio.start().wait_complete()
        await eventually(failed, 60)
        assert "cannot be used" in str(standing(studio.home, folder).failure)
        assert studio.answers()

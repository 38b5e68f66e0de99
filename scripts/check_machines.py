"""Starts the studio as other people's machines would: set up anew, used for a moment, and stopped, once per case.

Under root an ordinary account without sudo is made for it. What cannot be tried here is said in a sentence.
"""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = "genesis-visitor"
ODD = 'Meine Bücher & "Zitate" von o\'Brien, 50%'
_LEFT_OUT = (".git", ".venv", "node_modules", "dist", ".setup.lock", "__pycache__", ".*_cache", ".hypothesis")
_OF_THIS_MACHINE = ("GENESIS_", "PREFECT_", "XDG_", "UV_CACHE", "TZ", "LANG", "LC_", "PYTHON", "VIRTUAL_ENV", "MAKE")
_SETUP_WITHIN = 900
_USABLE_WITHIN = 240
_STOPS_WITHIN = 30


class Wrong(Exception):
    """Something that has to work did not; the text says what was seen."""


class Skipped(Exception):
    """It cannot be tried here; the text says why."""


@dataclass(frozen=True)
class Visitor:
    """Who starts the studio: an account, a home, a checkout of their own, and what their machine is like."""

    checkout: Path
    home: Path
    ids: tuple[int, int] | None
    umask: int = 0o022
    environment: Mapping[str, str] = field(default_factory=dict)

    def surroundings(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_THIS_MACHINE)}
        return kept | {"HOME": str(self.home), "GENESIS_OPEN_BROWSER": "0", **self.environment}

    def start(self, *command: str) -> subprocess.Popen[str]:
        ids = {} if self.ids is None else {"user": self.ids[0], "group": self.ids[1], "extra_groups": []}
        return subprocess.Popen(
            command,
            cwd=self.checkout,
            env=self.surroundings(),
            umask=self.umask,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            **ids,  # type: ignore[call-overload]
        )

    def run(self, *command: str, within: float = 120) -> tuple[int, str]:
        """(exit code, what it said)."""
        with self.start(*command) as process:
            try:
                said, _ = process.communicate(timeout=within)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                said, _ = process.communicate()
                raise Wrong(f"{' '.join(command)} did not end within {within:.0f} s:\n{said}") from None
        return process.returncode, said


# --- what each case does ---------------------------------------------------------------------------------------------


def set_up(visitor: Visitor) -> None:
    code, said = visitor.run("make", "setup", within=_SETUP_WITHIN)
    if code:
        raise Wrong(said)


def use(visitor: Visitor, *command: str, until: str = "/login?token=") -> str:
    """Start, wait for `until`, sign in, give a command and see what it did, stop. Returns what was said."""
    process = visitor.start(*(command or (".venv/bin/genesis", "run")))
    said: list[str] = []
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    try:
        deadline = time.monotonic() + _USABLE_WITHIN
        while until not in "".join(said):
            with suppress(TypeError):  # nothing to read just now
                said.append(process.stdout.read() or "")
            if process.poll() is not None:
                raise Wrong(f"it ended with exit code {process.returncode}:\n{''.join(said)}")
            if time.monotonic() > deadline:
                raise Wrong(f"not there within {_USABLE_WITHIN} s:\n{''.join(said)}")
            time.sleep(0.1)
        address = next(word for word in "".join(said).split() if "/login?token=" in word)
        code, token = visitor.run(".venv/bin/genesis", "token")
        if code:
            raise Wrong(token)
        begin_a_session(address.partition("/login")[0], token.strip().splitlines()[-1])
        os.killpg(process.pid, signal.SIGINT)
        process.wait(_STOPS_WITHIN)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOPS_WITHIN)
        process.stdout.close()
    return "".join(said)


def begin_a_session(base_url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(path: str, body: Mapping[str, object] | None = None) -> dict[str, object]:
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(urllib.request.Request(base_url + path, data, headers), timeout=30) as answer:
            found: dict[str, object] = json.load(answer)
            return found

    begin = {"command_type": "START_GENESIS", "payload": {"mode": "free_form", "seed": "Ein Licht im Nebel"}}
    session_id = ask("/api/v1/genesis/commands", begin)["session_id"]
    state = ask(f"/api/v1/genesis/{session_id}/state?min_version=1")
    began = datetime.fromisoformat(str(state["started_at"]))
    if began.tzinfo is None or abs(datetime.now(UTC) - began) > timedelta(minutes=5):
        raise Wrong(f"a session that began now is said to have begun at {began}")


def ordinary(visitor: Visitor) -> None:
    set_up(visitor)
    use(visitor, "make", "run", until="Everything runs")


def read_only(visitor: Visitor) -> None:
    if visitor.ids is None and os.geteuid() == 0:
        raise Skipped("no folder is read-only to root")
    with locked(visitor.checkout):
        code, said = visitor.run("make", "setup")
        if code or "·" in said:
            raise Wrong(f"there was nothing to do, and yet:\n{said}")
        use(visitor, "make", "run")


def far_away(visitor: Visitor) -> None:
    with socket.socket() as taken:  # somebody else's, on the port that the studio would take
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = use(replaced(visitor, GENESIS_PORT=port, GENESIS_EMBEDDED_REDIS="none"))
    if f"Port {port} is taken" not in said:
        raise Wrong(said)


def full_disk(visitor: Visitor) -> None:
    with small_disk(visitor) as place:
        code, said = replaced(visitor, GENESIS_HOME=str(place)).run(".venv/bin/genesis", "run", within=_USABLE_WITHIN)
    if code != 1 or "Traceback" in said or not ("No space left" in said or "disk is full" in said):
        raise Wrong(f"exit code {code}:\n{said}")


CASES: tuple[tuple[str, Callable[[Visitor], None], int, Mapping[str, str]], ...] = (
    (f"an ordinary account, umask 077, LANG=C, in “{ODD}”", ordinary, 0o077, {"LANG": "C", "LC_ALL": "C"}),
    ("a read-only checkout that was set up before, far in the east", read_only, 0o022, {"TZ": "Pacific/Kiritimati"}),
    ("no Redis, the port taken by another, far in the west", far_away, 0o022, {"TZ": "Etc/GMT+12"}),
    ("a full disk", full_disk, 0o022, {}),
)


# --- places ----------------------------------------------------------------------------------------------------------


def replaced(visitor: Visitor, **environment: str) -> Visitor:
    return Visitor(visitor.checkout, visitor.home, visitor.ids, visitor.umask, {**visitor.environment, **environment})


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """`folder` and all below it, without the right to write."""
    below = [folder, *(path for path in folder.rglob("*") if not path.is_symlink())]
    modes = {path: path.stat().st_mode for path in below}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@contextmanager
def small_disk(visitor: Visitor) -> Iterator[Path]:
    if os.geteuid() != 0:
        raise Skipped("a small file system can be mounted by root only")
    place = visitor.home / "small disk"
    place.mkdir()
    uid, gid = visitor.ids or (os.geteuid(), os.getegid())
    options = f"size=24m,mode=0700,uid={uid},gid={gid}"
    command = ["mount", "-t", "tmpfs", "-o", options, "genesis-full", place]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise Skipped(f"a small file system cannot be mounted here: {done.stderr.decode(errors='replace').strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], capture_output=True, check=False)


def ordinary_account() -> tuple[int, int] | None:
    """(uid, gid) of an account without rights; None: we are one ourselves."""
    if os.geteuid() != 0:
        return None
    with suppress(OSError):
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/sh", ACCOUNT]
        subprocess.run(command, capture_output=True, check=False)
    for name in (ACCOUNT, "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise Skipped("there is no ordinary account here, and none can be made")


@contextmanager
def visiting() -> Iterator[Visitor]:
    """A checkout and a home in folders with odd names, owned by an ordinary account."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gm-", ignore_cleanup_errors=True)))
        checkout, home = place / ODD, place / "Zuhause (Jürgen O'Neill)"
        shutil.copytree(ROOT, checkout, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        home.mkdir()
        ids = ordinary_account()
        place.chmod(0o755)
        if ids is not None:
            for path in (checkout, home, *checkout.rglob("*")):
                os.chown(path, *ids, follow_symlinks=False)
        yield Visitor(checkout, home, ids)


def main() -> int:
    failed, skipped = [], []
    with visiting() as visitor:
        for name, case, umask, environment in CASES:
            began = time.monotonic()
            try:
                case(Visitor(visitor.checkout, visitor.home, visitor.ids, umask, environment))
            except Skipped as reason:
                skipped.append(name)
                print(f"- {name}: skipped, {reason}", flush=True)
            except (Wrong, OSError, subprocess.SubprocessError) as error:
                failed.append(name)
                print(f"✗ {name} ({time.monotonic() - began:.0f} s)\n{error}", flush=True)
            else:
                print(f"✓ {name} ({time.monotonic() - began:.0f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

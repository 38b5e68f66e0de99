"""The embedded PostgreSQL: a real server from a wheel, on a unix socket that only its owner can reach."""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from infrastructure.embedded import children
from infrastructure.embedded.children import Command
from infrastructure.embedded.places import (
    SystemUser,
    postgres_account,
    postgres_binaries,
    postgres_data,
    socket_folder,
)
from infrastructure.operator_error import OperatorError

DATABASE = "genesis"
NEWEST = 18
CARRIED = (16, NEWEST)
"""Majors whose servers are in the wheel."""
_SOCKET = ".s.PGSQL.5432"
_STARTS_WITHIN = 60.0  # recovery after a crash may take a while
_STOPS_WITHIN = 10.0

# Durability is left as PostgreSQL ships it (fsync, synchronous_commit and full_page_writes on).
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",  # compiling costs more than the short queries here take
    "password_encryption": "scram-sha-256",
    # an open write transaction holds every reader of the log back (docs/architecture.md), so none may be forgotten
    "idle_in_transaction_session_timeout": "60s",
    # "log" ranks above errors: even an error's first line can quote a value. We log its SQLSTATE at the client's end
    "log_min_messages": "log",
    "log_min_error_statement": "panic",  # statements carry the writer's text
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",  # without DETAIL, which quotes values
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_naptime": "30s",
    "track_io_timing": "off",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """One embedded server of one data folder. Start it with `command`; `url` is known before it runs."""

    home: Path
    data: Path
    binaries: Path
    sockets: Path
    account: SystemUser | None

    @classmethod
    def of(cls, home: Path, major: int = NEWEST) -> "Postgres":
        """Decide the places of the server that belongs to `home`. Makes folders, starts nothing.

        Raises OperatorError for data of a major that is not carried.
        """
        account = postgres_account()
        data = postgres_data(home, account)
        switch_data(data)
        major = major_of(data) or major  # an existing cluster stays with the major that made it
        if major not in CARRIED:
            raise _not_carried(home, data, major)
        return cls.at(home, data, major, account)

    @classmethod
    def at(cls, home: Path, data: Path, major: int, account: SystemUser | None) -> "Postgres":
        sockets = socket_folder(home, data, _SOCKET, account)
        return cls(home, data, postgres_binaries(account, major), sockets, account)

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://postgres@/{database}?host={quote(os.fsencode(self.sockets), safe='')}"

    def is_new(self) -> bool:
        return not (self.data / "PG_VERSION").exists()

    def prepare(self) -> bool:
        """Make the cluster if there is none, and clear away a server that outlived its studio. True: made anew."""
        if not self.is_new():
            self._clear_stale()
            return False
        fresh = self.data.with_name(self.data.name + ".new")  # an interrupted initdb leaves no half cluster behind
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        if self.account is not None:
            os.chown(fresh, self.account.uid, self.account.gid)
        self._initdb(fresh)
        with suppress(FileNotFoundError):
            self.data.rmdir()
        fresh.rename(self.data)
        return True

    def _initdb(self, folder: Path) -> None:
        user = {} if self.account is None else {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if "18" in str(self.binaries) else []
        done = subprocess.run(
            [
                str(self.binaries / "initdb"),
                "--pgdata",
                str(folder),
                "--username=postgres",
                "--auth=trust",  # the socket lies in a folder that only the owner can enter
                "--encoding=UTF8",
                "--locale=C",
                *locale,
                "--no-instructions",
            ],
            check=False,
            capture_output=True,
            cwd="/",
            **user,  # type: ignore[call-overload]
        )
        if done.returncode != 0:
            raise OperatorError(
                "The embedded PostgreSQL could not make its data folder: "
                + _reason(done.stderr.decode(errors="replace").strip().splitlines()),
                f"Look at free space and permissions of {folder.parent}.",
            )

    def _clear_stale(self) -> None:
        """After SIGKILL a server, or only its lock files, may be left. PostgreSQL trusts those as long as their pid
        exists, be it reused by now, or a zombie that nobody reaps (in containers without an init)."""
        if (process := self._left_running()) is not None:
            with suppress(psutil.Error):
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(_STOPS_WITHIN)
                except psutil.TimeoutExpired:
                    process.send_signal(signal.SIGQUIT)
                    process.wait(_STOPS_WITHIN)
        for path in (self.data / "postmaster.pid", self.sockets / f"{_SOCKET}.lock", self.sockets / _SOCKET):
            path.unlink(missing_ok=True)

    def _left_running(self) -> psutil.Process | None:
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split("\n", 1)[0]))
            if Path(process.cwd()) == self.data.resolve() and "postgres" in process.name():
                return process
        except (psutil.Error, OSError, ValueError):
            pass
        return None

    def command(self) -> Command:
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return Command(
            "postgres",
            [str(self.binaries / "postgres"), "-D", str(self.data), "-k", _quoted(self.sockets), *settings],
            stop_signal=signal.SIGINT,  # "fast shutdown": ends sessions, writes a checkpoint
            account=self.account,
        )

    def is_ready(self) -> bool:
        """It takes connections and the studio's database is there (made at the first time)."""
        if not (self.sockets / _SOCKET).exists():
            return False
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=2) as connection:
                found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if found is None:
                    connection.execute(f"CREATE DATABASE {DATABASE}".encode())
        except psycopg.OperationalError:
            return False
        return True

    def start(self, log: Path) -> subprocess.Popen[bytes]:
        """Prepare, start and wait until it is ready (main thread only). Raises OperatorError."""
        self.prepare()
        process = children.start(self.command(), log)
        if not children.wait_until(self.is_ready, process, _STARTS_WITHIN):
            children.stop(process, signal.SIGINT, _STOPS_WITHIN)
            raise self.failed(log)
        return process

    def failed(self, log: Path) -> OperatorError:
        lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
        reason = lines[-1].split("] ", 1)[-1] if lines else "it said nothing"
        return OperatorError(f"The embedded PostgreSQL does not start: {reason}", f"Its log is {log}.")


def major_of(data: Path) -> int | None:
    """The major that made the cluster in `data`; None if there is none."""
    try:
        return int((data / "PG_VERSION").read_text())
    except (OSError, ValueError):
        return None


def is_older(home: Path) -> int | None:
    """The major of the PostgreSQL that made the home's data, if there is a newer one for it."""
    major = major_of(postgres_data(home, postgres_account()))
    return major if major is not None and major < NEWEST else None


def successor(data: Path) -> Path:
    """Where a complete cluster lies that is about to take the place of the one in `data`."""
    return data.with_name(f"{data.name}.forwarded")


def switch_data(data: Path) -> None:
    """Put the successor in the place of `data`, which is kept aside; a switch that was interrupted is ended."""
    with suppress(OSError):  # another command was quicker
        if successor(data).exists():
            set_aside(data)
            successor(data).rename(data)


def set_aside(data: Path) -> Path | None:
    """Keep the cluster in `data` under the name of its major; where, or None if there is none."""
    if (major := major_of(data)) is None:
        return None
    kept = data.with_name(f"{data.name}-{major}")
    number = 1
    while kept.exists():
        number += 1
        kept = data.with_name(f"{data.name}-{major}-{number}")
    data.rename(kept)
    return kept


def _not_carried(home: Path, data: Path, major: int) -> OperatorError:
    what = f"The data folder {data} was made by PostgreSQL {major}; this build has {NEWEST} and {CARRIED[0]}."
    if major > NEWEST:
        return OperatorError(what, "Use the newer build that made it.")
    newest = max((home / "backups").glob("genesis-*.zip"), key=lambda path: path.stat().st_mtime, default="FILE")
    return OperatorError(
        what, f"`genesis restore --replace {shlex.quote(str(newest))}` starts anew from a backup and keeps it aside."
    )


def _reason(lines: Sequence[str]) -> str:
    """The line that says why; what is said last is only what initdb does about it."""
    for word in ("No space left", "Permission denied", "could not", "error:", "FATAL"):
        for line in lines:
            if word in line:
                return line
    return lines[-1] if lines else "no reason given"


def _quoted(folder: Path) -> str:
    """As an entry of unix_socket_directories, which is a list: commas and spaces at the ends would part it."""
    return '"{}"'.format(str(folder).replace('"', '""'))

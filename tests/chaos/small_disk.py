"""A disk that can be full: a small tmpfs holds a tablespace with the log and the outbox; a file takes the rest."""

import os
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.chaos.servers import PostgresServer

_SIZE = "256m"
_TABLES = ("domain_events", "event_outbox", "command_inbox")


class Impossible(Exception):
    """It cannot be done here; the text says why."""


def possible() -> str:
    """Empty, or why there can be no small disk here."""
    if os.geteuid() != 0:
        return "a tmpfs can be mounted by root only"
    with tempfile.TemporaryDirectory(prefix="gs-disk-") as place:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "genesis-chaos", place], capture_output=True, check=False
        )
        if done.returncode == 0:
            subprocess.run(["umount", place], capture_output=True, check=False)
        return "" if done.returncode == 0 else "a tmpfs cannot be mounted here"


class SmallDisk:
    """Raises Impossible. The server's own log and other data stay where they are: only these tables suffer."""

    def __init__(self, postgres: PostgresServer) -> None:
        if os.geteuid() != 0 or postgres.account is None:
            raise Impossible("a tmpfs can be mounted by root only")
        self._postgres = postgres
        self._place = Path(tempfile.mkdtemp(prefix="gs-disk-"))
        options = f"size={_SIZE},mode=0700,uid={postgres.account.uid},gid={postgres.account.gid}"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "genesis-chaos", str(self._place)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            self._place.rmdir()
            raise Impossible(f"a tmpfs could not be mounted: {done.stderr.strip()}")
        self._ballast = self._place / "ballast"

    def move_in(self) -> None:
        """Put the tables on it, while they are empty."""
        with psycopg.connect(self._postgres.direct, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{self._place}'".encode())
            for table in _TABLES:
                connection.execute(f"ALTER TABLE {table} SET TABLESPACE small".encode())
                rows = connection.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", (table,))
                for (index,) in rows.fetchall():
                    connection.execute(f"ALTER INDEX {index} SET TABLESPACE small".encode())

    def fill(self) -> int:
        """Take all that is left; how many bytes that were."""
        taken = 0
        with self._ballast.open("wb", buffering=0) as stream:
            for size in (1 << 20, 1 << 12):
                try:
                    while True:
                        taken += stream.write(b"\0" * size)
                except OSError:
                    continue
        return taken

    def free(self) -> None:
        self._ballast.unlink(missing_ok=True)

    def unmount(self) -> None:
        subprocess.run(["umount", "-l", str(self._place)], capture_output=True, check=False)
        if not self._place.is_mount():
            self._place.rmdir()

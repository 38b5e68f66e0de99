"""What `genesis run` asks of its surroundings: a port, a browser, whether a server answers, what its parent does."""

import asyncio
import errno
import os
import signal
import socket
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path

import psutil

from infrastructure.operator_error import OperatorError

_PORTS_TRIED = 50


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next free one after it; 0 means any. Raises OperatorError."""
    for port in [0] if wanted == 0 else range(wanted, min(wanted + _PORTS_TRIED, 65536)):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError as error:
                raise OperatorError(
                    f"Port {port} is reserved for the system.", "Set GENESIS_PORT to a number above 1023."
                ) from error
            except socket.gaierror as error:
                raise OperatorError(f"The address {host} is not known.", "Set GENESIS_HOST to 127.0.0.1.") from error
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise OperatorError(
                        f"{host} is not an address of this machine.", "Set GENESIS_HOST to 127.0.0.1."
                    ) from error
                continue
            return int(probe.getsockname()[1])
    raise OperatorError(
        f"No free port was found from {wanted} to {wanted + _PORTS_TRIED - 1}.", "Set GENESIS_PORT to a free one."
    )


def base_url(host: str, port: int) -> str:
    """The address for a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


async def answers(url: str, timeout: float = 2.0) -> bool:  # noqa: ASYNC109  (one probe has one limit)
    """Whether a GET of `url` (http://host:port/path) gives a 2xx."""
    address, _, path = url.removeprefix("http://").partition("/")
    host, _, port = address.rpartition(":")
    try:
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
            try:
                writer.write(f"GET /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
                return b" 2" in (await reader.readline())[:12]
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return False


def open_in_browser(url: str) -> bool:
    """Open `url` if there is a screen to open it on."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    with suppress(webbrowser.Error, OSError):
        return webbrowser.open(url)
    return False


class Make:
    """The `make` that may have started us. On a signal sent to it alone, it neither dies nor tells us: it waits.

    So we look: SIGINT is no longer caught by it, or it is gone. (GNU make, commands.c, fatal_error_signal.)
    """

    def __init__(self) -> None:
        self._parent: psutil.Process | None = None
        with suppress(psutil.Error):
            parent = psutil.Process().parent()
            if parent is not None and parent.name() in {"make", "gmake"}:
                self._parent = parent
        self._caught = self._catches_sigint()  # not so when started in the background of a script

    def wants_us_to_stop(self) -> bool:
        if self._parent is None:
            return False
        if os.getppid() != self._parent.pid:
            return True
        return self._caught and not self._catches_sigint()

    def _catches_sigint(self) -> bool:
        if self._parent is None:
            return False
        try:
            status = Path(f"/proc/{self._parent.pid}/status").read_text()
        except OSError:
            return False
        caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")), "0")
        return bool(int(caught, 16) & 1 << (signal.SIGINT - 1))

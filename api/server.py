"""The API as a long-lived process: uvicorn, until it is told to stop. Streams end first: nothing waits for them."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.http.forwarded import Forwarded
from api.http.request_limits import Receiving
from infrastructure.operator_error import OperatorError
from infrastructure.settings import Settings, networks

GRACE_SECONDS = 3


class Server(uvicorn.Server):
    """Signals belong to whoever runs the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def configuration(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """No access log: it would hold one-time tokens. `port` 0 takes a free one."""
    return uvicorn.Config(
        Forwarded(app, networks(app.state.settings.trusted_proxies)),
        host=host,
        port=port,
        http=Receiving,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # Forwarded does it, and reads no environment of uvicorn's own
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
    )


def _refuse_a_taken_port(settings: Settings) -> None:
    """uvicorn would say so in a traceback. Raises OperatorError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise OperatorError(
                f"{settings.host} port {settings.port} cannot be used: {error.strerror or error}.",
                "Set GENESIS_PORT to a free port, or end what listens there.",
            ) from error


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Serve on settings.host and settings.port until `stop` is set. Raises OperatorError or RuntimeError."""
    _refuse_a_taken_port(settings)
    app = create_app(settings)
    server = Server(configuration(app, settings.host, settings.port))
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if readers := getattr(app.state, "readers", None):
        readers.streams.close()
    server.should_exit = True
    await serving
    if not server.started:
        raise RuntimeError("The API could not start.")

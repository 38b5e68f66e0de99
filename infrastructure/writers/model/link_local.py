"""Keeps models' requests away from addresses that only the machine's own network knows, whatever name leads to them.

Clouds hand out a machine's secrets there. An address that says so is refused when it is entered; a name is looked at
each time a connection is made: before, by what it stands for, and after, by what was reached, as a name server may
answer otherwise the second time. Nothing is sent until both are known.
"""

import asyncio
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import httpx2

from infrastructure.entered_values import is_link_local

_BEGINS, _ENDS = "connect_tcp.started", "connect_tcp.complete"


class LinkLocalRefused(httpx2.ConnectError):
    """The name of a model's server stands for an address that only the machine's own network knows."""


async def watch_connection(request: httpx2.Request) -> None:
    """Have the connection of `request` looked at, if it needs one. Raises nothing; the connection LinkLocalRefused."""
    request.extensions = {**request.extensions, "trace": _Look(request.url.raw_host.decode("ascii"))}


class _Look:
    """Follows how one connection is made, by https://www.encode.io/httpcore/extensions/#trace."""

    def __init__(self, host: str) -> None:
        self._host = host.strip("[]")
        self._direct = False
        self._has_others = False

    def __call__(self, event: str, info: dict[str, Any]) -> Coroutine[Any, Any, None]:
        return self._heard(event, info)

    async def _heard(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(_BEGINS):
            # of a proxy, which the operator has named, it is not the model's address
            self._direct = str(info["host"]).strip("[]") == self._host
            if self._direct:
                await self._look_up(int(info["port"]))
        elif event.endswith(_ENDS) and self._direct:
            await self._look_at(info["return_value"])

    async def _look_up(self, port: int) -> None:
        with suppress(OSError, UnicodeError):  # whoever connects will say so
            found = await asyncio.get_running_loop().getaddrinfo(self._host, port, type=socket.SOCK_STREAM)
            addresses = [str(address[0]) for *_, address in found]
            # a machine at home answers to its name with its link-local address too, beside the one it is reached by
            self._has_others = not all(is_link_local(address) for address in addresses)
            if addresses and not self._has_others:
                raise LinkLocalRefused("link-local")

    async def _look_at(self, stream: Any) -> None:
        reached = stream.get_extra_info("server_addr")
        address = str(reached[0]) if reached else ""
        if not is_link_local(address) or (self._has_others and address.lower().startswith("fe80:")):
            return
        await stream.aclose()
        raise LinkLocalRefused("link-local")

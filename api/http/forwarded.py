"""Forwarded requests: takes the client's address and scheme from a trusted proxy's headers, and from nobody else's.

Each proxy appends the address that it was asked from, so of a chain the right-most address that is not a trusted proxy
is the client; what stands left of it the client may have written itself. X-Forwarded-Host is not read at all: many
proxies pass on what they do not know, and a page of another site could name any host with it.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#security_and_privacy_concerns
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

from infrastructure.settings import Network

Address = IPv4Address | IPv6Address
Header = tuple[bytes, bytes]

_FOR, _PROTO = b"x-forwarded-for", b"x-forwarded-proto"
_SCHEMES = (b"http", b"https")
_LONGEST_ADDRESS = 64


class Forwarded:
    """Around the application: what it sees as `client` and `scheme` is the client's, and not the last proxy's."""

    def __init__(self, app: ASGIApp, proxies: Iterable[Network]) -> None:
        self._app = app
        self._proxies = tuple(proxies)
        self._trusted = lru_cache(1024)(self._is_trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = scope.get("client")
        if scope["type"] == "http" and peer is not None and self._trusted(peer[0]):
            self._apply(scope, peer[0], scope["headers"])
        await self._app(scope, receive, send)

    def _apply(self, scope: Scope, peer: str, headers: Iterable[Header]) -> None:
        hops: list[bytes] = []
        scheme = b""
        for name, value in headers:
            if name == _FOR:
                hops += value.split(b",")
            elif name == _PROTO:
                scheme = scheme or value.partition(b",")[0].strip().lower()
        if scheme in _SCHEMES:
            scope["scheme"] = scheme.decode()
        for hop in reversed(hops):
            address = _address(hop)
            if address is None:
                break  # a proxy that does not say from where: the last one that did is as near as can be told
            peer = str(address)
            if not self._trusted(peer):
                break
        if hops:
            scope["client"] = (peer, 0)

    def _is_trusted(self, host: str) -> bool:
        address = _address(host.encode("utf-8", "replace"))
        return address is not None and any(address in network for network in self._proxies)


def _address(text: bytes) -> Address | None:
    """An address with or without a port, as proxies write it; None for what is none."""
    host = text.strip().decode("latin-1")
    if len(host) > _LONGEST_ADDRESS:
        return None
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    # how a socket that listens for both families names an IPv4 client
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address

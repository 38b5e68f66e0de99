"""Forwarded headers: of a chain the right-most address that is no trusted proxy's, and nothing from anybody else."""

from typing import Any

import pytest
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from api.http.forwarded import Forwarded
from infrastructure.settings import Settings, networks

PROXIES = "127.0.0.1, ::1, 10.0.0.0/24, 2001:db8::/32"


async def _seen(peer: str | None, *headers: tuple[str, str], proxies: str = PROXIES) -> tuple[str | None, str]:
    """(client, scheme) as the application sees them."""
    found: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        found.append(scope)

    scope: dict[str, Any] = {
        "type": "http",
        "client": (peer, 1234) if peer is not None else None,
        "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
    }

    async def nothing(*_: object) -> Any:
        return {}

    await Forwarded(app, networks(proxies))(scope, nothing, nothing)
    client = found[0]["client"]
    return client[0] if client is not None else None, found[0]["scheme"]


@pytest.mark.parametrize(
    ("peer", "chain", "client"),
    [
        ("10.0.0.7", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.7", "6.6.6.6, 203.0.113.9", "203.0.113.9"),  # what is left of it the client may have written
        ("10.0.0.7", "6.6.6.6, 203.0.113.9, 10.0.0.8, 127.0.0.1", "203.0.113.9"),
        ("10.0.0.7", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.7", "[2001:470::9]:4711", "2001:470::9"),
        ("10.0.0.7", "2001:470::9", "2001:470::9"),
        ("2001:db8::1", "203.0.113.9", "203.0.113.9"),
        ("::ffff:10.0.0.7", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.7", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.7", "10.0.0.8", "10.0.0.8"),
        ("10.0.0.7", "6.6.6.6, unknown, 10.0.0.8", "10.0.0.8"),
        ("10.0.0.7", "somebody", "10.0.0.7"),
        ("10.0.0.7", "x" * 5_000, "10.0.0.7"),
        ("10.0.0.7", "", "10.0.0.7"),
        ("10.0.1.7", "203.0.113.9", "10.0.1.7"),
        ("127.0.0.2", "203.0.113.9", "127.0.0.2"),
        ("localhost", "203.0.113.9", "localhost"),
        (None, "203.0.113.9", None),
    ],
)
async def test_the_client_is_the_right_most_address_that_is_no_proxy_s(
    peer: str | None, chain: str, client: str | None
) -> None:
    assert (await _seen(peer, ("X-Forwarded-For", chain)))[0] == client


async def test_several_lines_of_the_header_are_one_chain() -> None:
    lines = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "203.0.113.9, 10.0.0.8")]
    assert (await _seen("10.0.0.7", *lines))[0] == "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "said", "scheme"),
    [
        ("10.0.0.7", "https", "https"),
        ("10.0.0.7", "HTTPS, http", "https"),
        ("10.0.0.7", "javascript", "http"),
        ("10.0.0.7", "", "http"),
        ("10.0.1.7", "https", "http"),
    ],
)
async def test_the_scheme_is_a_trusted_proxy_s_to_say(peer: str, said: str, scheme: str) -> None:
    assert (await _seen(peer, ("X-Forwarded-Proto", said)))[1] == scheme


@pytest.mark.parametrize("proxies", ["*", "0.0.0.0/0", "::/0", "proxy", "10.0.0.1/8", "10.0.0.1;10.0.0.2"])
def test_what_names_no_proxy_is_refused_at_the_start(proxies: str) -> None:
    with pytest.raises(ValidationError, match="must be addresses or networks"):
        Settings(trusted_proxies=proxies)


async def test_only_this_machine_is_trusted_unless_told_otherwise() -> None:
    trusted = Settings().trusted_proxies
    assert (await _seen("127.0.0.1", ("X-Forwarded-For", "203.0.113.9"), proxies=trusted))[0] == "203.0.113.9"
    assert (await _seen("172.18.0.1", ("X-Forwarded-For", "203.0.113.9"), proxies=trusted))[0] == "172.18.0.1"

"""Names that lead to link-local addresses: nothing is sent there, whatever a name server says and however often."""

import socket
from collections.abc import Callable
from typing import Any

import pytest

from infrastructure.entered_values import is_link_local
from infrastructure.writers.connections.catalogue import models_of
from infrastructure.writers.connections.presets import BY_NAME
from infrastructure.writers.connections.testing import message_of
from infrastructure.writers.model import link_local
from infrastructure.writers.model.targets import Target
from infrastructure.writers.model.trial import try_out
from tests.support.models import works
from tests.support.openai_server import OpenAIServer

NAME = "model.example"
METADATA = "169.254.169.254"
AS_A_NUMBER = "2852039166"
"""The same address as resolvers read a bare number; it looks like a name."""

Answers = Callable[..., None]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Makes the resolver answer for NAME with these addresses: one list each time it is asked, the last one again."""
    resolve = socket.getaddrinfo

    def given(*lists: list[str]) -> None:
        left = list(lists)

        def answered(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
            if host not in (NAME, NAME.encode()):
                return resolve(host, port, *rest, **more)
            found = left.pop(0) if len(left) > 1 else left[0]
            return [
                (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port, *(0, 0)[: 2 * (":" in address)]))
                for address in found
                for family in (socket.AF_INET6 if ":" in address else socket.AF_INET,)
            ]

        monkeypatch.setattr(socket, "getaddrinfo", answered)

    return given


def at(host: str, port: int = 80) -> Target:
    return Target("own-server", "qwen3:8b", f"http://{host}:{port}/v1")


@pytest.mark.parametrize("address", [METADATA, f"::ffff:{METADATA}", "fd00:ec2::254", "fe80::a9fe:a9fe"])
async def test_a_name_that_stands_for_a_link_local_address_is_not_called(answers: Answers, address: str) -> None:
    answers([address])
    found = await try_out(at(NAME))
    assert (found.code, found.requests, found.first) == ("ADDRESS_LINK_LOCAL", 1, None)
    listed = await models_of(BY_NAME["other"], f"http://{NAME}/v1", "sk-a-key")
    assert (listed.code, listed.models) == ("ADDRESS_LINK_LOCAL", ())


async def test_an_address_that_is_written_as_a_number_is_not_called() -> None:
    assert (await try_out(at(AS_A_NUMBER))).code == "ADDRESS_LINK_LOCAL"


async def test_a_name_that_stands_for_another_address_the_second_time_is_sent_nothing(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OpenAIServer(works()) as server:
        # no machine of a test has a link-local server: its loopback plays one
        monkeypatch.setattr(link_local, "is_link_local", lambda host: host == "127.0.0.1" or is_link_local(host))
        answers(["192.0.2.1"], ["127.0.0.1"])
        found = await try_out(at(NAME, server.port))
        assert (found.code, found.requests) == ("ADDRESS_LINK_LOCAL", 1)
        assert server.requests == []


async def test_loopback_and_a_machine_that_has_a_link_local_address_beside_another_are_called(answers: Answers) -> None:
    with OpenAIServer(works()) as server:
        answers(["127.0.0.1"])
        assert (await try_out(at(NAME, server.port))).code == "OK"
        answers(["fe80::1", "127.0.0.1"])
        assert (await try_out(at(NAME, server.port))).code == "OK"
        assert (await try_out(at("localhost", server.port))).code == "OK"


def test_it_is_said_in_plain_words() -> None:
    message = message_of("ADDRESS_LINK_LOCAL")
    assert "nothing was sent" in message
    assert message.endswith("Check its address.")

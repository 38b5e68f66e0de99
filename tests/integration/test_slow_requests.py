"""Requests that trickle, lie about their size or never end: cut off, said, and nobody else notices."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from api.dependencies import MAX_BODY
from api.http import request_limits
from tests.support.api import COMMANDS, Served, served
from tests.support.streaming import kinds, opened_stream, path, until_state

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def api(database_url: str, redis_url: str) -> AsyncIterator[Served]:
    async with served(database_url, redis_url) as running:
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_limits, "HEAD_SECONDS", 0.6)
    monkeypatch.setattr(request_limits, "BODY_SECONDS", 0.6)


async def connect(api: Served) -> Connection:
    host, port = api.base_url.removeprefix("http://").split(":")
    return await asyncio.open_connection(host, int(port))


async def all_that_comes(connection: Connection) -> bytes:
    """Until the server closes."""
    reader, writer = connection
    async with asyncio.timeout(20):
        try:
            found = await reader.read()
        except ConnectionError:
            found = b""
    writer.close()
    return found


def head(api: Served, *lines: str) -> bytes:
    token = api.http.headers["authorization"]
    first = (f"POST {COMMANDS} HTTP/1.1", "Host: localhost", f"Authorization: {token}")
    return "".join(f"{line}\r\n" for line in (*first, *lines, "")).encode()


async def trickle(connection: Connection, *, byte: bytes = b" ") -> bytes:
    """A byte every now and then, for as long as the server takes them."""

    async def drip() -> None:
        while True:
            connection[1].write(byte)
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    try:
        return await all_that_comes(connection)
    finally:
        dripping.cancel()


def was_cut_off(answer: bytes) -> bool:
    """It is told, unless what it still sent when the connection was closed made its system throw the answer away."""
    return not answer or answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"GET /li",
        b"GET /live HTTP/1.1\r\nHost: localhost\r\nX-Slow: a",
    ],
)
@pytest.mark.usefixtures("impatient")
async def test_headers_that_never_end_are_cut_off(api: Served, sent: bytes) -> None:
    connection = await connect(api)
    connection[1].write(sent)
    byte = b"\r\n" if sent == b"\r\n" else b"a"
    if not sent:
        answer = await all_that_comes(connection)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b'"code":"TOO_SLOW"' in answer
    else:
        assert was_cut_off(await trickle(connection, byte=byte))


@pytest.mark.parametrize("framing", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
@pytest.mark.usefixtures("impatient")
async def test_a_body_that_trickles_is_cut_off_and_is_nobodys_fault(
    api: Served, framing: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = await api.written()
    with capture_logs() as logged:
        connection = await connect(api)
        connection[1].write(head(api, framing))
        answer = await trickle(connection, byte=b" " if "Length" in framing else b"1\r\n \r\n")
    assert was_cut_off(answer)
    assert not [entry for entry in logged if entry["log_level"] in ("error", "critical")]
    assert not caplog.records
    assert await api.written() == before


@pytest.mark.usefixtures("impatient")
async def test_a_body_shorter_than_it_said_is_cut_off_and_a_longer_one_is_no_second_command(api: Served) -> None:
    body = b'{"command_type": "START_GENESIS", "payload": {"mode": "free_form"}}'
    short = await connect(api)
    short[1].write(head(api, f"Content-Length: {len(body) + 1}") + body)
    assert (await all_that_comes(short)).startswith(b"HTTP/1.1 408 ")
    assert await api.written() == (0, 0, 0)
    long = await connect(api)
    long[1].write(head(api, f"Content-Length: {len(body)}") + body + b"and more")
    answers = await all_that_comes(long)
    assert await api.written() <= (1, 1, 1)
    assert b" 500 " not in answers


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: -5",
        "Content-Length: 10\r\nContent-Length: 11",
        "Content-Length: 10\r\nTransfer-Encoding: chunked",
        "Content-Length: \u0661\u0660",
        "Content-Length: 99999999999999999999999",
        "Transfer-Encoding: chunked\r\nX: a\0b",
    ],
)
async def test_a_length_that_is_none_is_refused(api: Served, framing: str) -> None:
    connection = await connect(api)
    connection[1].write(head(api, framing) + b"0123456789")
    assert (await all_that_comes(connection)).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 "))


@pytest.mark.parametrize("names", [(), ("localhost", "localhost"), ("localhost", "elsewhere.example")])
async def test_of_two_names_or_none_no_one_is_believed(api: Served, names: tuple[str, ...]) -> None:
    connection = await connect(api)
    hosts = "".join(f"Host: {name}\r\n" for name in names)
    connection[1].write(f"GET /live HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
    answer = await all_that_comes(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"field":"Host"' in answer


@pytest.mark.parametrize(
    "sent",
    [
        b"MAKE_TEA /live HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /live HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 1\r\n folded\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["a method that is none", "NUL", "no ASCII", "folded", "HTTP/2", "TLS"],
)
async def test_what_is_no_http_is_refused_as_everything_else_is(api: Served, sent: bytes) -> None:
    connection = await connect(api)
    connection[1].write(sent)
    answer = await all_that_comes(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    said = answer.lower()
    for expected in (
        b"application/problem+json",
        b"x-frame-options: deny",
        b"content-security-policy",
        b"x-request-id",
    ):
        assert expected in said


async def test_chunks_beyond_the_limit_are_refused_as_soon_as_it_is_passed(api: Served) -> None:
    reader, writer = await connect(api)
    writer.write(head(api, "Transfer-Encoding: chunked"))
    piece = b" " * 65_536
    for _ in range(MAX_BODY // len(piece) + 1):
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    await writer.drain()
    async with asyncio.timeout(20):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")  # its end has not been sent
    writer.close()


async def test_a_length_beyond_the_limit_is_refused_before_the_body(api: Served) -> None:
    reader, writer = await connect(api)
    writer.write(head(api, f"Content-Length: {MAX_BODY + 1}"))
    async with asyncio.timeout(20):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_headers_without_end_are_refused_at_64_kilobytes(api: Served) -> None:
    connection = await connect(api)
    connection[1].write(b"GET /live HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * (request_limits.LARGEST_HEAD + 1))
    answer = await all_that_comes(connection)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"code":"HEADERS_TOO_LARGE"' in answer


async def test_a_hundred_half_open_connections_stop_nobody(api: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    monkeypatch.setattr(request_limits, "HEAD_SECONDS", 3.0)
    monkeypatch.setattr(request_limits, "BODY_SECONDS", 3.0)
    half_open = [await connect(api) for _ in range(100)]
    for number, (_, writer) in enumerate(half_open):
        writer.write(b"GET /" if number % 2 else head(api, "Content-Length: 100"))
    async with opened_stream(api.http, path(session_id)) as stream:
        await until_state(stream, 1)
        await api.command("NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
        assert kinds(await until_state(stream, 2)) == [("timeline", "2"), ("state", None)]
        cut = await asyncio.gather(*(all_that_comes(connection) for connection in half_open))
    assert all(answer.startswith(b"HTTP/1.1 408 ") for answer in cut)
    await api.state(session_id, 2)


@pytest.mark.usefixtures("impatient")
async def test_an_answer_that_is_under_way_is_not_cut_by_the_clock(api: Served) -> None:
    """A stream lasts longer than a request may take to arrive."""
    session_id = await api.start()
    async with opened_stream(api.http, path(session_id), min_version=1) as stream:
        await until_state(stream, 1)
        slow = await connect(api)
        assert (await all_that_comes(slow)).startswith(b"HTTP/1.1 408 ")  # so the time has passed
        await api.command("NAVIGATE_TO_STAGE", session_id, stage="CHARACTERS")
        await until_state(stream, 2)


# --- Last-Event-ID ---------------------------------------------------------------------------------------------------

PLANTED = "planted-line"


@pytest.mark.parametrize(
    "value",
    [
        f"1\r\n{PLANTED}: yes",
        f"1\n{PLANTED}",
        "1\0",
        "1" * 10_000,
        "\u0663",
        "\u00b2",
        "+1",
        " ",
        "1_0",
        f"\x1b[31m{PLANTED}",
        "\ud7ff\u202e1",
    ],
)
@pytest.mark.parametrize("place", ["query", "header"])
async def test_an_id_made_to_break_something_is_reset_or_refused_and_not_logged(
    api: Served, place: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    session_id = await api.start()
    await api.state(session_id, 1)
    if place == "query":
        async with opened_stream(api.http, path(session_id), last_event_id=value) as stream:
            assert kinds(await until_state(stream, 1))[0][0] == "reset"
    else:
        first = await _by_header(api, session_id, value)
        assert first.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 400 "))
    shown: Any = capsys.readouterr()
    assert PLANTED not in shown.out + shown.err


async def _by_header(api: Served, session_id: str, value: str) -> bytes:
    """The first line of the answer to a request that no proper client would send."""
    reader, writer = await connect(api)
    token = api.http.headers["authorization"]
    lines = f"GET {path(session_id)} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\nLast-Event-ID: "
    writer.write(lines.encode() + value.encode() + b"\r\n\r\n")
    async with asyncio.timeout(20):
        first = await reader.readline()
    writer.close()
    return first

"""An answer's head and body leave together, and nothing that was written is held back for long."""

import asyncio

from api.http.write_coalescing import AT_ONCE, Joining


class Recorded(asyncio.Transport):
    """What was sent, call by call; None: closed."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes | None] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.sent.append(None)

    def abort(self) -> None:
        self.sent.append(None)


def joining() -> tuple[Joining, Recorded]:
    recorded = Recorded()
    return Joining(recorded, asyncio.get_running_loop()), recorded


async def test_what_is_written_in_one_turn_of_the_loop_is_sent_at_once() -> None:
    transport, recorded = joining()
    transport.write(b"head ")
    transport.write(b"body")
    assert recorded.sent == []

    await asyncio.sleep(0)
    transport.write(b"next")
    await asyncio.sleep(0)

    assert recorded.sent == [b"head body", b"next"]


async def test_what_was_written_goes_out_before_the_end() -> None:
    transport, recorded = joining()
    transport.write(b"last words")
    transport.close()
    await asyncio.sleep(0)

    assert recorded.sent == [b"last words", None]


async def test_a_long_answer_is_not_held_back() -> None:
    transport, recorded = joining()
    transport.write(b"head")
    transport.write(b"x" * AT_ONCE)

    assert [len(part or b"") for part in recorded.sent] == [4 + AT_ONCE]


async def test_nothing_is_sent_after_an_abort() -> None:
    transport, recorded = joining()
    transport.write(b"half")
    transport.abort()
    await asyncio.sleep(0)

    assert recorded.sent == [None]

"""How frames of server-sent events look: of a stream of its own, and of one that carries several sessions.

Only `timeline` frames have an id: the newest of every other kind replaces all before it.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from collections.abc import Iterator
from typing import Protocol
from uuid import UUID

from pydantic import BaseModel

from api.schemas.responses import ProgressFrame
from projections.engine.changes import Drafted

_PIECE = 16 * 1024


class Framing(Protocol):
    """Makes one frame of an event's name, its JSON and, of a `timeline`, the version."""

    def __call__(self, event: str, data: bytes, event_id: int | None = None, /) -> bytes: ...


def frame(event: str, data: bytes, event_id: int | None = None, /) -> bytes:
    """One frame. JSON has no line breaks of its own, so one data line is enough."""
    named = b"" if event_id is None else b"id: %d\n" % event_id
    return b"%sevent: %s\ndata: %s\n\n" % (named, event.encode(), data)


def wrapped(session_id: UUID | None) -> Framing:
    """Frames that say inside whose they are, with the version beside it. None: of no session in particular.

    They have no `id:`: a connection that carries several sessions has no single place to go on from.
    """
    whose = b"null" if session_id is None else b'"%s"' % str(session_id).encode()

    def made(event: str, data: bytes, event_id: int | None = None, /) -> bytes:
        version = b"null" if event_id is None else b"%d" % event_id
        return frame(event, b'{"session_id":%s,"id":%s,"data":%s}' % (whose, version, data))

    return made


def framed(framing: Framing, event: str, model: BaseModel, event_id: int | None = None) -> bytes:
    return framing(event, model.model_dump_json().encode(), event_id)


def progress_of(change: Drafted) -> ProgressFrame:
    return ProgressFrame(
        session_id=change.session_id,
        correlation_id=change.correlation_id,
        phase=change.phase,
        percent=change.percent,
        message=change.message,
    )


def joined(parts: list[bytes]) -> Iterator[bytes]:
    """The frames in few pieces, each small enough that a slow reader is seen to take it."""
    together: list[bytes] = []
    size = 0
    for part in parts:
        if size + len(part) > _PIECE and together:
            yield b"".join(together)
            together, size = [], 0
        together.append(part)
        size += len(part)
    if together:
        yield b"".join(together)

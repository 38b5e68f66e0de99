"""Remembers the last folded state of the streams that were used most recently, bounded by count and by bytes."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

STREAMS = 512
BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cached:
    """A state and the bytes of the payloads that it was folded from, which is about what it takes."""

    state: Any
    size: int


class StateCache:
    """States may be behind the log; the append's guard finds out. They are immutable, so all share them."""

    def __init__(self, streams: int = STREAMS, size: int = BYTES) -> None:
        self._most_streams = streams
        self._most_bytes = size
        self._known: OrderedDict[UUID, Cached] = OrderedDict()
        self._bytes = 0

    def get(self, stream_id: UUID) -> Cached | None:
        found = self._known.get(stream_id)
        if found is not None:
            self._known.move_to_end(stream_id)
        return found

    def put(self, stream_id: UUID, state: Any, size: int) -> None:
        """Keep `state` unless a later one is known. One that is larger than the whole cache is not kept."""
        known = self._known.get(stream_id)
        if known is not None and known.state.version >= state.version:
            self._known.move_to_end(stream_id)
            return
        self.forget(stream_id)
        self._known[stream_id] = Cached(state, size)
        self._bytes += size
        while self._known and (len(self._known) > self._most_streams or self._bytes > self._most_bytes):
            _, dropped = self._known.popitem(last=False)
            self._bytes -= dropped.size

    def forget(self, stream_id: UUID) -> None:
        known = self._known.pop(stream_id, None)
        if known is not None:
            self._bytes -= known.size

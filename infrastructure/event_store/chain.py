"""Makes the hash chain of a stream: the bytes of each event's link, and its hash over them and the one before it.

chain = SHA-256(PREFIX + the chain of the event before, or 32 zero bytes + link). A link is the event's columns id,
created_at, aggregate_version, event_version, event_id, aggregate_id, payload_hash, aggregate_type, event_type, metadata
(as text), correlation_id and causation_id, as PostgreSQL's binary COPY writes them: for each four bytes of length (-1
for NULL), then the value. In SQL: event_link and event_chain (migrations/sql/0018). Why so: docs/decisions/0025.
"""

from collections.abc import Sequence
from struct import Struct
from uuid import UUID

PREFIX = b"genesis-event-chain-1\x00"
FIRST = bytes(32)
"""What the first event of a stream follows."""

LINK = (
    "id, created_at, aggregate_version, event_version, event_id, aggregate_id, payload_hash, aggregate_type,"
    " event_type, metadata::text, correlation_id, causation_id"
)
"""The columns of a link, for a binary COPY."""

_NUMBERS = Struct(">iiiii16s")
_LENGTH = Struct(">i")
_UUID = _LENGTH.pack(16)


def rest_of_link(
    versions: tuple[int, int], event_id: UUID, texts: Sequence[str], correlation_id: UUID, causation_id: UUID
) -> bytes:
    """A link but for the position and the time, which the server gives. `versions`: the stream's and the schema's;
    `texts`: from aggregate_id to metadata.
    """
    version, event_version = versions
    parts = [_NUMBERS.pack(4, version, 4, event_version, 16, event_id.bytes)]
    for text in texts:
        raw = text.encode()
        parts += (_LENGTH.pack(len(raw)), raw)
    parts += (_UUID, correlation_id.bytes, _UUID, causation_id.bytes)
    return b"".join(parts)

"""What comes from a bus before anybody has judged it, and what makes it one of our messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from genesis_types.envelope import ForeignMessage, Message, parse

from infrastructure.event_store.codec import CODEC, EventCodec, read_json

MALFORMED = "MALFORMED"
UNKNOWN_TYPE = "UNKNOWN_TYPE"
NEWER_VERSION = "NEWER_VERSION"
NOT_IN_THE_LOG = "NOT_IN_THE_LOG"
FORGED = "FORGED"
AFTER_AN_UPGRADE = (UNKNOWN_TYPE, NEWER_VERSION)
"""Codes of what a newer build may be able to read."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the bus gave it. `source` says where it lies there, e.g. `genesis.events[2]@1045`.

    `unreadable`: why the bus could give no more than that.
    """

    source: str
    key: bytes | None
    headers: Sequence[tuple[str, bytes]]
    value: bytes
    unreadable: str = ""


class Records(Protocol):
    """One group's view of a bus: at least once, in order per key. Raises messaging.errors.BusUnreachable."""

    async def fetch(self, timeout: float) -> list[Record]:  # noqa: ASYNC109  (waiting is what it does)
        """The next records; empty after `timeout` seconds."""

    async def commit(self) -> None:
        """All that was fetched is done: a restart goes on after it."""


class Unfit(Exception):
    """Not a message that can be taken: `code` for programs, the text for a person, without a word of what it holds."""

    def __init__(self, code: str, reason: str, event_id: UUID | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.event_id = event_id


def read(record: Record, codec: EventCodec = CODEC) -> Message:
    """The message that `record` says it is; whether the log agrees is another question. Raises Unfit."""
    if record.unreadable:
        raise Unfit(MALFORMED, record.unreadable)
    ours = [(name, value) for name, value in record.headers if name.startswith("ce_")]
    headers: dict[str, str] = {}
    for name, value in ours:
        if name in headers:
            raise Unfit(MALFORMED, "a ce_ header comes twice")
        try:
            headers[name] = value.decode()
        except UnicodeDecodeError:
            raise Unfit(MALFORMED, "a ce_ header is not UTF-8") from None
    event_id = _uuid(headers.get("ce_id"))
    try:
        message = parse(headers, read_json(record.value))
    except ForeignMessage as error:
        raise Unfit(MALFORMED, str(error), event_id) from None
    except ValueError:
        raise Unfit(MALFORMED, "the value is no JSON in UTF-8", event_id) from None
    if record.key != str(message.session_id).encode():
        raise Unfit(FORGED, "the key is not ce_subject, so its order is not kept", event_id)
    newest = codec.newest(message.event_type)
    if newest is None:
        raise Unfit(UNKNOWN_TYPE, "this build does not know events of its ce_type", event_id)
    if message.schema_version > newest:
        raise Unfit(
            NEWER_VERSION, f"it is in version {message.schema_version}, and this build reads up to {newest}", event_id
        )
    return message


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None

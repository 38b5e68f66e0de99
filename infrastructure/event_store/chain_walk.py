"""Checks events one after the other as a binary COPY gives them: payload against commitment, chain against chain."""

from binascii import hexlify
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct
from uuid import UUID

import orjson

from infrastructure.event_store.chain import FIRST, LINK, PREFIX
from infrastructure.event_store.codec import canonical, commitment, read_json

COLUMNS = f"chain, payload_salt, payload::text, {LINK}"
"""What a walk takes of domain_events, in the order of id."""

EDITED = "is not what was written, or does not follow the event before it"
PAYLOAD = "holds another payload than was written"

_ERASED = b"{}"
"""What is left of a payload whose salt and texts were erased; its commitment stays."""
_HEADER = 19
_NOTHING = (0, FIRST)
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
_INNER_PAD, _OUTER_PAD = b"\x36" * 48, b"\x5c" * 48
"""Of HMAC-SHA-256, for a key of 16 bytes."""
_LARGEST_HELD = 1_000
_LENGTH = Struct(">i")
_USUAL = Struct(">4xq12x4xi4xi4x16si36si64s")
"""A link up to payload_hash, with a stream's id of 36 characters and a hash of 64."""
_FACTS = Struct(">4xq12x4xi4xi4x16s")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a stream at `version`; without `event_id` and `position` no row is there to name."""

    stream_id: str
    version: int
    event_id: UUID | None
    position: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Loose:
    """An event whose predecessor was not walked over: its chain is checked when that one's is known."""

    stream: bytes
    version: int
    event_id: bytes
    position: int
    chain: bytes
    link: bytes


class Walk:
    """`apart`: the rows are single ones, not streams as they lie. `faults` holds the first thousand of `wrong`."""

    def __init__(self, *, apart: bool = False) -> None:
        self.events = self.erased = self.wrong = 0
        self.faults: list[Fault] = []
        self.heads: dict[bytes, tuple[int, bytes]] = {}
        self.loose: list[Loose] = []
        self._apart = apart

    def over(self, rows: Iterable[bytes | bytearray | memoryview]) -> Iterator[int]:
        """Check `rows`, the messages of the COPY; how many events there were, now and then.

        One loop without a call for what is as it should be: it runs for each event of the log.
        """
        heads, unpack, usual, dumps, loads = self.heads, _USUAL.unpack_from, _USUAL.size, orjson.dumps, orjson.loads
        skip = _HEADER
        for message in rows:
            row = bytes(message)[skip:]
            skip = 0
            if len(row) <= 2:  # the end of the COPY
                continue
            # two bytes of column count, then each column with four of length
            chain = row[6:38]
            if row[38]:
                salt, place = None, 42
            else:
                salt, place = row[42:58], 58
            start = place + 4
            end = start + int.from_bytes(row[place:start], "big")
            link = row[end:]
            position, version, _, event_id, length, stream, hash_length, payload_hash = unpack(
                link if len(link) >= usual else link.ljust(usual)
            )
            if length != 36 or hash_length != 64:
                stream, payload_hash = _texts(link)
            self.events += 1
            try:
                text = dumps(loads(row[start:end]), option=orjson.OPT_SORT_KEYS)
            except (ValueError, TypeError):  # nested too deep, a number too large
                text = b""
            if salt is not None:  # HMAC of RFC 2104, for less than hmac.digest takes
                inner = sha256(salt.translate(_INNER) + _INNER_PAD + text).digest()
                found = sha256(salt.translate(_OUTER) + _OUTER_PAD + inner)
            else:
                found = sha256(text)
            if hexlify(found.digest()) != payload_hash and not self._committed(row[start:end], salt, payload_hash):
                self._add(stream, version, event_id, position, PAYLOAD)
            known = heads.get(stream)
            if self._apart or (known is None and version > 1):
                self.loose.append(Loose(stream, version, event_id, position, chain, link))
            else:
                before, previous = known or _NOTHING
                if version != before + 1:
                    self._add(stream, version, event_id, position, _misplaced(before, version))
                elif sha256(PREFIX + previous + link).digest() != chain:
                    self._add(stream, version, event_id, position, EDITED)
            if known is None or version > known[0]:
                heads[stream] = version, chain
            if self.events % 5_000 == 0:
                yield self.events
        yield self.events

    def _committed(self, payload: bytes, salt: bytes | None, payload_hash: bytes) -> bool:
        """For numbers that have more than one spelling, and for what was erased."""
        try:
            if commitment(canonical(read_json(payload)), salt) == payload_hash.decode("utf-8", "replace"):
                return True
        except (ValueError, TypeError, RecursionError):  # it was never written by the studio
            return False
        if salt is None and payload == _ERASED:
            self.erased += 1
            return True
        return False

    def settle(self, loose: Loose, before: int, previous: bytes) -> None:
        """Check an event left loose. `before`: the last version before it that is there, or 0, with its chain."""
        if before != loose.version - 1:
            self._add(loose.stream, loose.version, loose.event_id, loose.position, _misplaced(before, loose.version))
        elif sha256(PREFIX + previous + loose.link).digest() != loose.chain:
            self._add(loose.stream, loose.version, loose.event_id, loose.position, EDITED)

    def digest(self) -> str:
        """One hash of where every stream that was walked over ends: its id, its version, its chain."""
        found = sha256()
        for stream in sorted(self.heads):
            version, chain = self.heads[stream]
            found.update(_LENGTH.pack(len(stream)) + stream + _LENGTH.pack(version) + chain)
        return found.hexdigest()

    def add(self, fault: Fault) -> None:
        self.wrong += 1
        if len(self.faults) < _LARGEST_HELD:
            self.faults.append(fault)

    def _add(self, stream: bytes, version: int, event_id: bytes, position: int, what: str) -> None:
        self.add(Fault(stream.decode("utf-8", "replace"), version, UUID(bytes=event_id), position, what))


def _texts(link: bytes) -> tuple[bytes, bytes]:
    """aggregate_id and payload_hash, of any length."""
    place = _FACTS.size
    found = []
    for _ in range(2):
        length = int.from_bytes(link[place : place + 4], "big")
        found.append(link[place + 4 : place + 4 + length])
        place += 4 + length
    return found[0], found[1]


def _misplaced(before: int, version: int) -> str:
    if version <= before:
        return f"lies behind version {before} of its stream"
    if before == version - 2:
        return f"follows nothing: version {version - 1} is missing"
    return f"follows nothing: versions {before + 1} to {version - 1} are missing"

"""Encodes events as stored JSON and decodes them: a registry of names, upcasters for old versions, no to newer ones."""

import hmac
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson

from domain.aggregate import DomainEvent, Upcaster, as_it_is
from domain.aggregates import AGGREGATES

Payload = dict[str, Any]


class UnreadableEvent(Exception):
    """An event that this build cannot read: unknown, or written by a newer build."""


@dataclass(frozen=True, slots=True)
class EncodedEvent:
    """What is stored of one event: `payload` as canonical JSON text, and a commitment to it (see `commitment`).

    `occurred_at` as the payload has it; None when it has none.
    """

    event_type: str
    event_version: int
    payload: str
    payload_hash: str
    payload_salt: bytes
    occurred_at: str | None


# What orjson and jsonb write in two ways: an exponent, a negative zero (in a text it costs only the slower way). What
# has to follow an exponent keeps most ids out, and one pattern that begins with a digit is searched for fast.
_EXPONENT = re.compile(rb"[0-9]e[-+]?[0-9]{1,3}(?:[,}\]]|\Z)")
_NEGATIVE_ZERO = b"-0.0"
_LONG_NUMBER = re.compile(rb"[0-9]{19}")


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: the same bytes before and after a stay in a jsonb column.

    Raises TypeError for what is no JSON, or is nested too deep to be stored.
    """
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits, perhaps
        text = _NEGATIVE_ZERO
    if _NEGATIVE_ZERO not in text and _EXPONENT.search(text) is None:
        return text
    try:
        return orjson.dumps(_spelt_as_in_jsonb(value), option=orjson.OPT_SORT_KEYS)
    except RecursionError:
        raise TypeError("nested too deep") from None


def _spelt_as_in_jsonb(value: Any) -> Any:
    """Numbers as PostgreSQL's numeric prints them: no exponent, no negative zero, any number of digits."""
    match value:
        case dict():
            return {key: _spelt_as_in_jsonb(item) for key, item in value.items()}
        case list() | tuple():
            return [_spelt_as_in_jsonb(item) for item in value]
        case float() if value == 0:
            return 0.0
        case float() if "e" in (spelt := repr(value)):
            return orjson.Fragment(format(Decimal(spelt), "f"))
        case int() if not -(2**63) <= value < 2**64:
            return orjson.Fragment(str(value))
        case _:
            return value


def read_json(text: str | bytes) -> Any:
    """Stored JSON, with integers of any length kept as they are (orjson makes floats of those beyond 64 bits)."""
    raw = text.encode() if isinstance(text, str) else text
    return json.loads(raw) if _LONG_NUMBER.search(raw) else orjson.loads(raw)


def commitment(payload: bytes, salt: bytes | None) -> str:
    """HMAC-SHA-256 of a canonical payload under its event's own salt, in hex: with the salt erased, nothing of a short
    payload can be guessed from it. Without a salt (events from before there were salts): plain SHA-256.
    """
    return sha256(payload).hexdigest() if salt is None else hmac.digest(salt, payload, "sha256").hex()


def encoded(event_type: str, event_version: int, payload: Payload) -> EncodedEvent:
    text, occurred_at, salt = canonical(payload), payload.get("occurred_at"), os.urandom(16)
    return EncodedEvent(
        event_type,
        event_version,
        text.decode(),
        commitment(text, salt),
        salt,
        occurred_at if isinstance(occurred_at, str) else None,
    )


class EventCodec:
    """Encodes and decodes the events of a registry `name -> class`."""

    def __init__(
        self,
        registry: Mapping[str, type[DomainEvent]] = AGGREGATES.events,
        upcasters: Mapping[tuple[str, int], Upcaster] = AGGREGATES.upcasters,
    ) -> None:
        self._registry = dict(registry)
        self._upcasters = dict(upcasters)
        for name, cls in self._registry.items():
            missing = [v for v in range(1, cls.schema_version) if (name, v) not in self._upcasters]
            if missing:
                raise TypeError(f"{name} has no upcaster from version {missing[0]}")
        self._read_as_newest = {
            (name, version)
            for name, cls in self._registry.items()
            for version in range(1, cls.schema_version + 1)
            if all(self._upcasters[name, one] is as_it_is for one in range(version, cls.schema_version))
        }

    def newest(self, event_type: str) -> int | None:
        """The newest version of `event_type` that this build reads; None when it does not know the type."""
        cls = self._registry.get(event_type)
        return None if cls is None else cls.schema_version

    def types(self) -> Mapping[str, type[DomainEvent]]:
        """Every type that this build knows -> its class."""
        return dict(self._registry)

    def versions(self) -> Mapping[str, int]:
        """Every type that this build knows -> the newest version that it reads."""
        return {name: cls.schema_version for name, cls in self._registry.items()}

    def upcasts(self) -> frozenset[tuple[str, int]]:
        """The types and versions whose payloads have to be brought into today's shape before they can be read."""
        older = {(name, version) for name, newest in self.versions().items() for version in range(1, newest)}
        return frozenset(older - self._read_as_newest)

    def encode(self, event: DomainEvent) -> EncodedEvent:
        name = type(event).__name__
        if self._registry.get(name) is not type(event):
            raise TypeError(f"{name} is not a registered event")
        return encoded(name, type(event).schema_version, event.model_dump(mode="json"))

    def decode(self, event_type: str, event_version: int, payload: str | bytes) -> DomainEvent:
        """The event in today's shape; `payload` is JSON text.

        Raises UnreadableEvent when this build does not know the type or the version, pydantic.ValidationError when
        the payload does not have the shape of its version.
        """
        cls = self._registry.get(event_type)
        if cls is None:
            raise UnreadableEvent(
                f"The log holds an event of type {event_type}, which this build does not know. "
                "It was written by a newer build: upgrade this one."
            )
        current = cls.schema_version
        if (event_type, event_version) in self._read_as_newest:
            return cls.model_validate_json(payload)
        if event_version > current:
            raise UnreadableEvent(
                f"The log holds {event_type} in version {event_version}; this build reads up to version {current}. "
                "It was written by a newer build: upgrade this one."
            )
        return cls.model_validate(self.upcast(event_type, event_version, read_json(payload)))

    def upcast(self, event_type: str, event_version: int, payload: Payload) -> Payload:
        """A payload of an older version in the shape of today. Raises whatever its upcasters do."""
        for version in range(event_version, self._registry[event_type].schema_version):
            payload = self._upcasters[event_type, version](payload)
        return payload


CODEC = EventCodec()

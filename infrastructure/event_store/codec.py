"""Events to stored JSON and back: a registry of names, upcasters for old versions, a clear no to newer ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

import orjson

from domain.genesis.events import EVENT_TYPES, Event, GenesisEvent

Payload = dict[str, Any]
Upcaster = Callable[[Payload], Payload]

# (event type, version it reads) -> the payload one version later. A chain leads to the class's `schema_version`.
UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    # a failure says what it cost: of older ones nobody knows
    ("GenerationFailed", 1): lambda payload: {"usage": {}, "cost_usd": None, "price_source": None} | payload,
}


class UnreadableEvent(Exception):
    """An event that this build cannot read: unknown, or written by a newer build."""


@dataclass(frozen=True, slots=True)
class EncodedEvent:
    """What is stored of one event; `payload` is canonical JSON text, `payload_hash` its SHA-256 in hex.

    `occurred_at` as the payload has it; None when it has none.
    """

    event_type: str
    event_version: int
    payload: str
    payload_hash: str
    occurred_at: str | None


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: the same bytes before and after a stay in a jsonb column."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def encoded(event_type: str, event_version: int, payload: Payload) -> EncodedEvent:
    text, occurred_at = canonical(payload), payload.get("occurred_at")
    return EncodedEvent(
        event_type,
        event_version,
        text.decode(),
        sha256(text).hexdigest(),
        occurred_at if isinstance(occurred_at, str) else None,
    )


class EventCodec:
    """Encodes and decodes the events of a registry `name -> class`."""

    def __init__(
        self,
        registry: Mapping[str, type[GenesisEvent]] = EVENT_TYPES,
        upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
    ) -> None:
        self._registry = dict(registry)
        self._upcasters = dict(upcasters)
        for name, cls in self._registry.items():
            missing = [v for v in range(1, cls.schema_version) if (name, v) not in self._upcasters]
            if missing:
                raise TypeError(f"{name} has no upcaster from version {missing[0]}")

    def newest(self, event_type: str) -> int | None:
        """The newest version of `event_type` that this build reads; None when it does not know the type."""
        cls = self._registry.get(event_type)
        return None if cls is None else cls.schema_version

    def versions(self) -> Mapping[str, int]:
        """Every type that this build knows -> the newest version that it reads."""
        return {name: cls.schema_version for name, cls in self._registry.items()}

    def encode(self, event: GenesisEvent) -> EncodedEvent:
        name = type(event).__name__
        if self._registry.get(name) is not type(event):
            raise TypeError(f"{name} is not a registered event")
        return encoded(name, type(event).schema_version, event.model_dump(mode="json"))

    def decode(self, event_type: str, event_version: int, payload: str | bytes) -> Event:
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
        if event_version == current:
            return cast(Event, cls.model_validate_json(payload))
        if event_version > current:
            raise UnreadableEvent(
                f"The log holds {event_type} in version {event_version}; this build reads up to version {current}. "
                "It was written by a newer build: upgrade this one."
            )
        data: Payload = orjson.loads(payload)
        for version in range(event_version, current):
            data = self._upcasters[event_type, version](data)
        return cast(Event, cls.model_validate(data))


CODEC = EventCodec()

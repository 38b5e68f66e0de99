"""Logs of many sessions, written at once: whole journeys or parts of them, mixed as they would be."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import AsyncConnection

from benchmarks.catching_up import journey
from infrastructure.event_store.codec import CODEC
from tests.support.reading import tables

History = list[tuple[str, int, str]]
"""(type, schema version, payload) of each event of a session."""

_COLUMNS = "event_id, event_type, event_version, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash"


def write_histories(url: str, histories: list[History], seed: int, kinds: Sequence[str] | None = None) -> list[UUID]:
    """One stream for each history, their events mixed in the log; a transaction for some dozen of them.

    kinds: the aggregate type of each; sessions if nothing is said.
    """
    chance = random.Random(seed)
    sessions = [uuid4() for _ in histories]
    places = [number for number, history in enumerate(histories) for _ in history]
    chance.shuffle(places)
    versions = dict.fromkeys(range(len(histories)), 0)
    with psycopg.connect(url, autocommit=True) as connection:
        while places:
            size = chance.randint(1, 60)
            now, places = places[:size], places[size:]
            with (
                connection.transaction(),
                connection.cursor().copy(f"COPY domain_events ({_COLUMNS}) FROM STDIN") as copy,
            ):
                for number in now:
                    event_type, event_version, payload = histories[number][versions[number]]
                    versions[number] += 1
                    kind = kinds[number] if kinds else "genesis_session"
                    own = payload.replace(_NOVEL, str(sessions[number])[:-1] + "0")
                    row = (uuid4(), event_type, event_version, kind, str(sessions[number]))
                    copy.write_row((*row, versions[number], own, ""))
    return sessions


_STORY = journey()
_NOVEL = str(_STORY.state.novel_id)
JOURNEY = [(one.event_type, one.event_version, one.payload) for one in map(CODEC.encode, _STORY.events)]


def some_histories(chance: random.Random, count: int) -> list[History]:
    """Journeys that end anywhere; some have a failure in its old shape."""
    failed = (
        '{"occurred_at": "2026-03-01T09:00:00Z", "correlation_id": "5e551000-0000-4000-8000-000000000009",'
        ' "stage": "CONCEPT_SELECTION", "code": "X", "message": "tab\\there, a \\\\ and\\nlines \\u00e9"}'
    )
    histories = []
    for number in range(count):
        history = JOURNEY[: chance.randint(1, len(JOURNEY))]
        if number % 4 == 0:
            history = [*history[:3], ("GenerationFailed", 1, failed)]
        histories.append(history)
    return histories


async def everything(url: str) -> dict[str, Any]:
    found: dict[str, Any] = dict(await tables(url))
    async with await AsyncConnection.connect(url) as connection:
        for name, query in (
            ("heads", "SELECT projection, version, stream_id, owner, stream_version, position FROM stream_heads"),
            ("parked", "SELECT projection, version, aggregate_id, position, tx_id::text, newer FROM projection_parked"),
            ("places", "SELECT projection, version, tx_id::text, position, applied FROM projection_checkpoints"),
        ):
            found[name] = sorted(map(repr, await (await connection.execute(query.encode())).fetchall()))
    return found

"""What is hashed is what the column gives back, and a hash tells nothing of a payload whose salt is gone."""

import hashlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infrastructure.event_store.codec import canonical, commitment, encoded, read_json
from tests.support.postgres import Cluster

# every character but the two kinds that no jsonb holds: NUL, and half of a pair
TEXT = st.text(st.characters(blacklist_characters="\x00", blacklist_categories=("Cs",)), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def connection(cluster: Cluster) -> Iterator[psycopg.Connection[Any]]:
    with cluster.database() as url, psycopg.connect(url, autocommit=True) as connection:
        yield connection


@given(payload=st.dictionaries(TEXT, JSON, max_size=5))
@example(payload={"x": -0.0})
@example(payload={"x": [1e16, 1e22, 1e-7, 5e-324, 1.7976931348623157e308, 2**63, -(2**63) - 1, 2**64, 10**40, 1.50]})
@example(payload={"1e5": "-0.0", "e": "3e8"})
@settings(max_examples=300)
def test_the_hash_is_of_what_the_column_gives_back(
    connection: psycopg.Connection[Any], payload: dict[str, Any]
) -> None:
    stored = encoded("Any", 1, payload)
    row = connection.execute("SELECT %s::jsonb::text", (stored.payload,)).fetchone()
    assert row is not None
    assert canonical(read_json(row[0])) == stored.payload.encode()
    assert commitment(canonical(read_json(row[0])), stored.payload_salt) == stored.payload_hash


def test_a_short_payload_cannot_be_guessed_from_its_hash() -> None:
    """The same payload has another hash each time, and without the salt none of the guesses can be tried."""
    one, two = (encoded("Any", 1, {"text": "no"}) for _ in range(2))
    assert one.payload == two.payload
    assert one.payload_hash != two.payload_hash
    assert len(one.payload_salt) == 16
    assert hashlib.sha256(one.payload.encode()).hexdigest() not in (one.payload_hash, two.payload_hash)


def test_hashes_from_before_there_were_salts_are_read_as_what_they_are() -> None:
    payload = canonical({"text": "no"})
    assert commitment(payload, None) == hashlib.sha256(payload).hexdigest()

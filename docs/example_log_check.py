"""Checks the hash chain of every stream of a studio's log with nothing of the studio's: example_log_check.py URL"""

import sys
from hashlib import sha256
from struct import pack
from typing import Any

import psycopg

COLUMNS = """chain, id, (extract(epoch FROM created_at - '2000-01-01Z'::timestamptz) * 1000000)::bigint,
    aggregate_version, event_version, event_id, aggregate_id, payload_hash, aggregate_type, event_type, metadata::text,
    correlation_id, causation_id"""
WIDTHS = {1: ">q", 2: ">q", 3: ">i", 4: ">i"}


def field(number: int, value: Any) -> bytes:
    """A value as PostgreSQL's binary COPY writes it: four bytes of length, -1 for NULL, then the value."""
    if value is None:
        return pack(">i", -1)
    text = value.encode() if isinstance(value, str) else getattr(value, "bytes", b"")
    raw = pack(WIDTHS[number], value) if number in WIDTHS else text
    return pack(">i", len(raw)) + raw


def main(url: str) -> int:
    heads, wrong = dict[str, tuple[int, bytes]](), 0
    with psycopg.connect(url) as connection:
        for row in connection.execute(f"SELECT {COLUMNS} FROM domain_events ORDER BY id"):  # type: ignore[arg-type]
            link = b"".join(field(number, value) for number, value in enumerate(row) if number)
            version, previous = heads.get(row[6], (0, bytes(32)))
            if row[3] != version + 1 or sha256(b"genesis-event-chain-1\0" + previous + link).digest() != row[0]:
                print(f"{row[6]} version {row[3]} is not what was written, or does not follow version {version}")
                wrong += 1
            heads[row[6]] = row[3], row[0]
    print(f"{len(heads)} streams, {wrong} events not as written")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

"""Chains the rows of a table by their hashes, so that one that was changed, left out or moved shows, and which."""

from collections.abc import Iterable
from hashlib import sha256

FIRST = "0" * 64


class Chain:
    """`end`: the hash of the last row, which holds those of all before it. SHA-256, hex."""

    def __init__(self, end: str = FIRST) -> None:
        self.end = end

    def add(self, row: bytes) -> str:
        """The hash of the next row: of the hash before it and the row's text."""
        self.end = sha256(self.end.encode() + row).hexdigest()
        return self.end

    def add_all(self, rows: Iterable[str]) -> list[str]:
        """The hash of each."""
        end, hashes = self.end.encode(), []
        for row in rows:
            made = sha256(end + row.encode()).hexdigest()
            end = made.encode()
            hashes.append(made)
        self.end = end.decode()
        return hashes

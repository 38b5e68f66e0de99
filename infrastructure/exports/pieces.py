"""A piece of an export's file: what every encoder makes."""

from typing import NamedTuple


class Piece(NamedTuple):
    """Bytes to append to `file`, which belongs to `table`. `rows`: how many they are; `last`: which is the last of
    them, "" if there are none."""

    file: str
    table: str
    data: bytes
    rows: int
    last: str = ""

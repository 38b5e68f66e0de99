"""What stretches of streams become, in memory: rows by table, and the lines of COPY that write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from infrastructure.read_side.copy_lines import NoLines, lines
from projections.engine.fold import Head, ParkedStream, Working, fold, fold_stream
from projections.engine.projection import Key, LogEntry, Projection, Row, StoredEvent, Table

Loaded = Mapping[str, Mapping[Key, Row]]
"""The rows that were there before, by table and key."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What some entries became, in the order of the projection's tables; `ok` False: only batch.py can tell.

    The entries are one stream's; of a projection whose rows come from several streams they are all that there are.
    """

    entries: Sequence[LogEntry]
    ok: bool = True
    rows: Sequence[Mapping[Key, Row | None]] = ()
    added: Sequence[Sequence[Mapping[str, Any]]] = ()
    heads: Mapping[UUID, Head] = field(default_factory=dict)
    parked: Sequence[ParkedStream] = ()
    applied: int = 0


@dataclass(slots=True)
class Prepared:
    """Rows as they are written: all the work that can be done before a transaction is open."""

    copies: list[tuple[Table, bytes]] = field(default_factory=list)
    upserts: list[tuple[Table, list[Row]]] = field(default_factory=list)
    deletes: list[tuple[Table, list[Key]]] = field(default_factory=list)


def fold_piece(projection: Projection, entries: Sequence[LogEntry], loaded: Loaded) -> Piece:
    stored = [entry for entry in entries if isinstance(entry, StoredEvent)]
    if projection.by_stream and len(stored) == len(entries):
        try:
            made = fold_stream(projection, stored, loaded)
        except Exception:  # noqa: S110  (told below, event by event)
            pass
        else:
            heads = {entries[0].stream_id: made.head} if made.head else {}
            return Piece(entries, True, made.rows, made.added, heads, (), len(entries))
    working = Working(rows={name: dict(rows) for name, rows in _near(projection, stored, loaded).items()})
    fold(projection, working, entries)
    rows = [
        {key: working.rows[table.name].get(key) for key in working.changed.get(table.name, ())}
        for table in projection.tables
    ]
    return Piece(entries, True, rows, [()] * len(rows), working.heads, tuple(working.parked.values()), working.applied)


def _near(projection: Projection, stored: Sequence[StoredEvent], loaded: Loaded) -> dict[str, dict[Key, Row | None]]:
    """Of the loaded rows those that `stored` touches."""
    found: dict[str, dict[Key, Row | None]] = {}
    for table in projection.tables:
        before = loaded.get(table.name, {})
        found[table.name] = {}
        for event in stored if before else ():
            try:
                found[table.name].update({key: before[key] for key in table.touched(event) if key in before})
            except Exception:  # noqa: S112  (`fold` parks the stream there)
                continue
    return found


def prepare(projection: Projection, pieces: Sequence[Piece], loaded: Loaded) -> Prepared | None:
    """None: one of the pieces cannot be written like this."""
    prepared = Prepared()
    if not all(piece.ok for piece in pieces):
        return None
    for number, table in enumerate(projection.tables):
        before = loaded.get(table.name, {})
        new: list[Mapping[str, Any]] = []
        changed: list[Row] = []
        gone: list[Key] = []
        for piece in pieces:
            new.extend(piece.added[number])
            for key, row in piece.rows[number].items():
                known = bool(before) and key in before  # hashing an id is slow
                if row is None:
                    gone += [key] if known else []
                elif known:
                    changed.append(row)
                else:
                    new.append(vars(row))
        try:
            prepared.copies.append((table, lines(table, new)))
        except NoLines:
            changed += [table.row(**values) for values in new]
        except (TypeError, ValueError, LookupError, AttributeError):
            return None  # batch.py says what is wrong with it
        prepared.upserts.append((table, changed))
        prepared.deletes.append((table, gone))
    return prepared

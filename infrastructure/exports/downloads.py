"""Serves events as a download that can be cut off and gone on with: the same bytes for the same request.

Nothing is kept between requests: a range is made again from the beginning and cut out, so any process can serve it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from uuid import UUID

import orjson
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from infrastructure.event_store.log_reader import Checkpoint, horizon
from infrastructure.exports.conditions import conditions
from infrastructure.exports.encoding import Encoder, encoded, make_encoder
from infrastructure.exports.event_rows import EventRows, Stretch
from infrastructure.exports.key import ExportKey, export_key
from infrastructure.exports.pieces import Piece
from infrastructure.exports.redaction import Redactor
from infrastructure.exports.request import FileFormat, Request, check
from infrastructure.exports.selection import Refused, Selection, as_json, place, written
from infrastructure.exports.tables import EVENTS, FAMILIES, OTHERS
from infrastructure.settings import Settings

FAMILY_NAMES = tuple(family.name for family in (*FAMILIES, OTHERS))

_AT_ONCE = 2
"""Downloads of one account that are made at the same time; others wait for their turn."""

_SIZES_KEPT = 1_000

_OWNED = b"""
SELECT count(*) = cardinality(%(sessions)s::text[]) FROM domain_events
WHERE aggregate_version = 1 AND payload ->> 'user_id' = %(account)s AND aggregate_id = ANY(%(sessions)s)
"""


_THERE = b"""
SELECT count(*) = cardinality(%(sessions)s::text[]) FROM domain_events
WHERE aggregate_version = 1 AND aggregate_id = ANY(%(sessions)s)
"""

_OWNERS = """
SELECT DISTINCT first.payload ->> 'user_id' FROM domain_events AS first
WHERE first.aggregate_version = 1 AND first.payload ->> 'user_id' IS NOT NULL AND first.aggregate_id IN (
    SELECT aggregate_id FROM domain_events WHERE (tx_id, id) <= (%(tx)s::text::xid8, %(position)s) {conditions}
)
"""


class NotOwned(Exception):
    """A session that is asked for is not there, or somebody else's."""


@dataclass(frozen=True, slots=True)
class Download:
    """`account`: who asks. `until`: as a request names it. `etag`: the same for the same bytes."""

    account: UUID
    request: Request
    family: str | None
    until: str
    etag: str
    file_name: str


class Downloads:
    """Makes downloads over the API's pool. Raises Refused and NotOwned for what cannot be asked for, OperatorError
    when Parquet or the key is missing."""

    def __init__(self, pool: AsyncConnectionPool[Any], settings: Settings) -> None:
        self._pool = pool
        self._settings = settings
        self._key: ExportKey | None = None
        self._turns: dict[UUID, tuple[asyncio.Semaphore, int]] = {}
        self._sizes: OrderedDict[str, int] = OrderedDict()

    async def open(
        self,
        account: UUID,
        selection: Selection,
        file_format: FileFormat,
        until: str | None,
        family: str | None,
        *,
        everyone: bool = False,
    ) -> Download:
        """What is asked for, checked, with its end fixed. `everyone`: not only what is the account's own."""
        accounts = () if everyone else (account,)
        asked = Request("events", file_format, selection.model_copy(update={"accounts": accounts}), until)
        check(asked)
        if (family is not None) != (file_format == "csv"):
            raise Refused("family", f"CSV has a table for each family: {', '.join(FAMILY_NAMES)}. Others have none.")
        key = await self.key()
        await asyncio.to_thread(make_encoder, file_format, EVENTS, self._redactor(selection), parts=False)
        async with self._pool.connection() as connection:
            end = await _end(connection, until)
            if selection.sessions:
                parameters = {"sessions": sorted({str(one) for one in selection.sessions}), "account": str(account)}
                row = await (await connection.execute(_THERE if everyone else _OWNED, parameters)).fetchone()
                if not (row and row[0]):
                    raise NotOwned
        fixed = written(end)
        said = orjson.dumps(
            [as_json(asked.selection), file_format, family, fixed, key.id, _builds()], option=orjson.OPT_SORT_KEYS
        )
        name = f"genesis-events{f'-{family}' if family else ''}-{fixed}.{file_format}"
        return Download(account, asked, family, fixed, sha256(said).hexdigest()[:32], name)

    async def owners(self, download: Download) -> set[UUID]:
        """Whose rows it can hold: those of streams with an event that is asked for."""
        end = place(download.until)
        where, parameters = conditions(download.request.selection)
        parameters |= {"tx": str(end.tx_id), "position": end.position}
        async with self._pool.connection() as connection:
            rows = await connection.execute(_OWNERS.format(conditions=where).encode(), parameters)
            return {UUID(row[0]) for row in await rows.fetchall()}

    async def key(self) -> ExportKey:
        """What pseudonyms are made with. Raises NoKey."""
        if self._key is None:
            self._key = await asyncio.to_thread(export_key, self._settings)
        return self._key

    async def size(self, download: Download) -> int:
        """Bytes of the whole; made to be counted where it is not remembered."""
        if download.etag not in self._sizes:
            total = 0
            async for data in self.data(download):
                total += len(data)
            self._sizes[download.etag] = total
            if len(self._sizes) > _SIZES_KEPT:
                self._sizes.popitem(last=False)
        return self._sizes[download.etag]

    async def data(self, download: Download, first: int = 0, last: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `first` to `last`, which is in it."""
        async with self._turn(download.account):
            at = 0
            async for data in self._all(download):
                start, at = at, at + len(data)
                if last is not None and start > last:
                    return
                if at > first:
                    yield data[max(0, first - start) : None if last is None else last + 1 - start]

    async def _all(self, download: Download) -> AsyncIterator[bytes]:
        selection = download.request.selection
        redactor = self._redactor(selection)
        file_format = download.request.file_format
        rows = EventRows(selection, place(download.until), redactor, by_column=file_format == "parquet")
        encoder = make_encoder(file_format, EVENTS, redactor, parts=False)
        wanted = f"events_{download.family}" if download.family else None
        here = Checkpoint()
        while True:
            async with self._pool.connection() as connection:
                stretch = await rows.read(connection, here)
            ended, here = not stretch.events, stretch.after
            pieces = await asyncio.to_thread(_encoded, encoder, rows, stretch)
            data = b"".join(piece.data for piece in pieces if wanted in (None, piece.table))
            if data:
                yield data
            if ended:
                return

    def _redactor(self, selection: Selection) -> Redactor:
        assert self._key is not None
        return Redactor(self._key, with_text=selection.with_text, anonymise=selection.anonymise)

    def _turn(self, account: UUID) -> "_Turn":
        return _Turn(self._turns, account)


def _encoded(encoder: Encoder, rows: EventRows, stretch: Stretch) -> list[Piece]:
    return list(encoded(encoder, rows.rows(stretch)) if stretch.events else encoder.end())


class _Turn:
    """One of an account's turns; forgotten when nobody waits for one."""

    def __init__(self, turns: dict[UUID, tuple[asyncio.Semaphore, int]], account: UUID) -> None:
        self._turns = turns
        self._account = account

    async def __aenter__(self) -> None:
        semaphore, users = self._turns.get(self._account, (asyncio.Semaphore(_AT_ONCE), 0))
        self._turns[self._account] = (semaphore, users + 1)
        try:
            await semaphore.acquire()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._turns[self._account][0].release()
        self._leave()

    def _leave(self) -> None:
        semaphore, users = self._turns.pop(self._account)
        if users > 1:
            self._turns[self._account] = (semaphore, users - 1)


async def _end(connection: AsyncConnection[Any], until: str | None) -> Checkpoint:
    found = await horizon(connection)
    if until is None:
        return found
    asked = place(until)
    if asked > found:
        raise Refused("until", f"The log ends at {written(found)}: there is nothing up to {until} yet.")
    return asked


def _builds() -> list[str]:
    """What the bytes depend on, beside the log."""
    found = [version("genesis-studio")]
    with suppress(PackageNotFoundError):
        found.append(version("pyarrow"))
    return found

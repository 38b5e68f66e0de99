"""Backups in tests: an empty database to restore into, and every row of every table that has to come back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from infrastructure.backup.reading import opened_backup
from infrastructure.backup.restore import restore
from infrastructure.backup.tables import tables
from projections.registry import search_path
from tests.support.postgres import Cluster

_OWN = ["tx_id", "sent_tx"]
"""A transaction's id is the server's own: put right by the restore, and looked at by itself."""

# As another server gave them, which has seen many more transactions than this one.
FAR_AHEAD = """
SET session_replication_role = replica;
UPDATE domain_events SET tx_id = (tx_id::text::bigint + 1000000)::text::xid8;
UPDATE event_outbox SET sent_tx = (sent_tx::text::bigint + 1000000)::text::xid8 WHERE status = 'SENT';
UPDATE projection_checkpoints SET tx_id = (tx_id::text::bigint + 1000000)::text::xid8;
UPDATE bus_checkpoints SET sent_tx = (sent_tx::text::bigint + 1000000)::text::xid8;
"""


@contextmanager
def empty_database(cluster: Cluster) -> Iterator[str]:
    """The URL of a database with nothing in it; dropped afterwards, with what a killed restore has left."""
    with cluster.database(migrated=False) as url:
        name = url.partition("?")[0].rpartition("/")[2]
        try:
            yield url
        finally:
            for left in ("_restoring", "_replaced"):
                cluster.drop(name + left)


def every_row(url: str) -> dict[str, list[str]]:
    """Each table of a backup with its rows as JSON, in an order of their own."""
    found = {}
    with psycopg.connect(url) as connection:
        for name in tables(connection):
            query = sql.SQL("SELECT (to_jsonb(t) - %s::text[])::text FROM public.{} AS t ORDER BY 1")
            found[name] = [row[0] for row in connection.execute(query.format(sql.Identifier(name)), (_OWN,)).fetchall()]
    return found


def with_read_tables(url: str) -> str:
    """The address for a test's own questions about read tables, as the product's connections see them."""
    return f"{url}&options={quote(f'-c search_path={search_path()}')}"


def put_back(file: Path, url: str, *, replace: bool = False) -> None:
    with opened_backup(file) as backup:
        for _ in backup.verify():
            pass
        restore(backup, url, replace=replace)

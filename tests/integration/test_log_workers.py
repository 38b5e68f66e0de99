"""The log verified by several processes: the same report as one process gives, faults and digest included."""

import psycopg
import pytest
from psycopg import sql

from infrastructure.event_store.chain_workers import WorkerFailed, walked_by_several
from infrastructure.event_store.log_verification import Scope, verify_log
from tests.support.tampering import tamper, written_log


def test_several_processes_find_what_one_finds(database_url: str) -> None:
    written_log(database_url)
    session, other = written_log(database_url)
    told: list[int] = []
    one = verify_log(database_url, workers=1)
    assert verify_log(database_url, tell=lambda done, _: told.append(done), workers=2) == one
    assert one.wrong == 0
    assert told[-1] == one.events == 20
    for stream, change in ((session, "event_type = 'StageEntered'"), (other, "payload = '{\"a\": 1}'")):
        tamper(
            database_url,
            f"UPDATE domain_events SET {change} WHERE aggregate_id = %s AND aggregate_version = 2",
            str(stream),
        )
    tamper(database_url, "DELETE FROM domain_events WHERE aggregate_id = %s AND aggregate_version = 4", str(other))
    for scope in (Scope(), Scope(first=3)):
        one, several = (verify_log(database_url, scope, workers=workers) for workers in (1, 2))
        assert one.wrong >= 3
        assert several.digest == one.digest
        assert set(several.faults) == set(one.faults)
        assert (several.events, several.streams, several.wrong) == (one.events, one.streams, one.wrong)


def test_a_process_that_cannot_read_is_said(database_url: str) -> None:
    with psycopg.connect(database_url) as connection, pytest.raises(WorkerFailed, match="UndefinedColumn"):
        walked_by_several(database_url, connection, sql.SQL("no_such_column = 1"), 2, lambda _: None)

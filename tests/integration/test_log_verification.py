"""The hash chain of each stream: whatever is edited, missing, inserted or swapped is named."""

import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from infrastructure.event_store.log_verification import Scope
from migrations.run import downgrade, upgrade
from tests.support.tampering import named, tamper, verified, written_log

_OWN = "aggregate_id = %s AND aggregate_version"
_RECHAINED = """
UPDATE domain_events AS e SET chain = event_chain(p.chain, event_link(e.id, e.created_at, e.aggregate_version,
    e.event_version, e.event_id, e.aggregate_id, e.payload_hash, e.aggregate_type, e.event_type, e.metadata,
    e.correlation_id, e.causation_id))
FROM domain_events AS p
WHERE e.aggregate_id = %s AND e.aggregate_version = 3 AND p.aggregate_id = e.aggregate_id AND p.aggregate_version = 2
"""
SCRIPT = Path(__file__).parents[2] / "docs" / "example_log_check.py"


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def checked_by_others(url: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-P", str(SCRIPT), url], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_what_the_studio_wrote_is_proved(database_url: str) -> None:
    written_log(database_url)
    report = verified(database_url)
    assert (report.events, report.streams, report.wrong, report.erased) == (10, 2, 0, 0)
    assert verified(database_url).digest == report.digest


def test_forty_lines_of_python_prove_it_too(database_url: str) -> None:
    session, _ = written_log(database_url)
    assert len(SCRIPT.read_text().splitlines()) <= 41
    assert checked_by_others(database_url) == (0, "2 streams, 0 events not as written\n")
    tamper(database_url, f"UPDATE domain_events SET event_type = 'StageEntered' WHERE {_OWN} = 2", str(session))
    code, said = checked_by_others(database_url)
    assert code == 1
    assert f"{session} version 2" in said


def test_what_others_write_into_the_table_is_chained_as_well(database_url: str) -> None:
    session, _ = written_log(database_url)
    with psycopg.connect(database_url) as connection:
        for version, metadata in ((6, '{"b": 1, "a": "潮 \\u0001"}'), (7, "{}")):
            connection.execute(
                "INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version,"
                " payload, payload_hash, metadata) VALUES (gen_random_uuid(), 'Ünïcode', '', %s, %s, '{}', '', %s)",
                (str(session), version, metadata),
            )
    found = named(verified(database_url))
    of_their_chains = [fault for fault in found if fault[2] != "holds another"]
    assert of_their_chains == [(str(session), 6, "was written"), (str(session), 7, "was written")]
    assert checked_by_others(database_url)[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        "event_type = 'StageEntered'",
        "event_version = 2",
        "aggregate_type = 'account'",
        "created_at = created_at + interval '1 microsecond'",
        "event_id = gen_random_uuid()",
        "metadata = '{}'",
        "correlation_id = gen_random_uuid()",
        "causation_id = NULL",
        "payload_hash = repeat('0', 64)",
        "chain = sha256('')",
        "id = id + 1000",
    ],
    ids=lambda change: change.split(" ", 1)[0],
)
def test_an_edited_column_names_its_row(database_url: str, change: str) -> None:
    session, _ = written_log(database_url)
    if change.startswith("id"):
        tamper(database_url, "ALTER TABLE domain_events ALTER COLUMN id DROP IDENTITY")
    tamper(database_url, f"UPDATE domain_events SET {change} WHERE {_OWN} = 3", str(session))
    assert (str(session), 3) in {fault[:2] for fault in named(verified(database_url))}


def test_an_edited_payload_is_named(database_url: str) -> None:
    session, other = written_log(database_url)
    tamper(
        database_url, f"UPDATE domain_events SET payload = payload || '{{\"hours\": 9}}' WHERE {_OWN} = 2", str(session)
    )
    assert named(verified(database_url)) == [(str(session), 2, "holds another")]
    assert named(verified(database_url, Scope(stream=other))) == []
    tamper(database_url, f"UPDATE domain_events SET payload_salt = NULL WHERE {_OWN} = 4", str(other))
    assert named(verified(database_url, Scope(stream=other))) == [(str(other), 4, "holds another")]


@pytest.mark.parametrize(
    "payload",
    ['{"a":' * 1_500 + "1" + "}" * 1_500, '{"a": 1e400}', "[]", '"text"', "null", "{}"],
    ids=["deep", "large number", "list", "text", "null", "empty"],
)
def test_a_payload_that_the_studio_cannot_have_written_is_named(database_url: str, payload: str) -> None:
    session, _ = written_log(database_url)
    tamper(database_url, f"UPDATE domain_events SET payload = %s::jsonb WHERE {_OWN} = 2", payload, str(session))
    assert named(verified(database_url)) == [(str(session), 2, "holds another")]


def test_a_row_that_was_chained_anew_is_found_at_the_one_after_it(database_url: str) -> None:
    session, _ = written_log(database_url)
    tamper(database_url, f"UPDATE domain_events SET event_type = 'Invented' WHERE {_OWN} = 3", str(session))
    tamper(database_url, _RECHAINED, str(session))
    assert named(verified(database_url)) == [(str(session), 4, "is not")]


def test_swapped_rows_are_both_named(database_url: str) -> None:
    session, _ = written_log(database_url)
    swap = """
        UPDATE domain_events AS e SET payload = o.payload, payload_hash = o.payload_hash, payload_salt = o.payload_salt
        FROM domain_events AS o WHERE e.aggregate_id = %s AND o.aggregate_id = e.aggregate_id
        AND e.aggregate_version IN (2, 3) AND o.aggregate_version = 5 - e.aggregate_version
    """
    tamper(database_url, swap, str(session))
    assert named(verified(database_url)) == [(str(session), 2, "is not"), (str(session), 3, "is not")]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        ("= 3", [(4, "follows nothing: version 3 is missing")]),
        ("IN (1, 2)", [(3, "follows nothing: versions 1 to 2 are missing")]),
        ("= 1", [(2, "follows nothing: version 1 is missing")]),
        ("= 5", [(5, "version 5 is missing at the stream's end: the inbox has seen version 5")]),
        ("> 3", [(4, "versions 4 to 5 are missing at the stream's end: the inbox has seen version 5")]),
        ("> 0", [(1, "versions 1 to 5 are missing at the stream's end: the inbox has seen version 5")]),
    ],
    ids=["in the middle", "first two", "first", "last", "last two", "all"],
)
def test_missing_events_are_named(database_url: str, missing: str, expected: list[tuple[int, str]]) -> None:
    session, _ = written_log(database_url)
    tamper(database_url, f"DELETE FROM domain_events WHERE {_OWN} {missing}", str(session))
    report = verified(database_url)
    found = [(fault.version, fault.what) for fault in report.faults if "outbox" not in fault.what]
    assert found == expected
    assert {fault.stream_id for fault in report.faults} == {str(session)}
    messages = [fault for fault in report.faults if "outbox" in fault.what]
    assert len(messages) == 10 - report.events


def test_an_event_that_no_command_wrote_is_named(database_url: str) -> None:
    """A chain can be continued by anybody who may write; the inbox says who was asked."""
    session, _ = written_log(database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO domain_events (event_id, event_type, event_version, aggregate_type, aggregate_id,"
            " aggregate_version, payload, payload_hash, payload_salt, causation_id) SELECT gen_random_uuid(),"
            " event_type, event_version, aggregate_type, aggregate_id, 6, payload, payload_hash, payload_salt,"
            " gen_random_uuid() FROM domain_events WHERE aggregate_id = %s AND aggregate_version = 5",
            (str(session),),
        )
    assert named(verified(database_url)) == [(str(session), 6, "was written")]


def test_an_erased_payload_leaves_the_chain_provable(database_url: str) -> None:
    session, _ = written_log(database_url)
    erase = f"UPDATE domain_events SET payload = '{{}}', payload_salt = NULL WHERE {_OWN} = 1"
    tamper(database_url, erase, str(session))
    report = verified(database_url)
    assert (report.wrong, report.erased) == (0, 1)


def test_from_a_position_on_the_chain_before_it_is_looked_up(database_url: str) -> None:
    session, other = written_log(database_url)
    ((position,),) = rows(database_url, "SELECT id FROM domain_events ORDER BY id OFFSET 6 LIMIT 1")
    assert isinstance(position, int)
    report = verified(database_url, Scope(first=position))
    assert (report.events, report.wrong, report.digest) == (4, 0, None)
    tamper(database_url, f"UPDATE domain_events SET event_type = 'Invented' WHERE {_OWN} = 1", str(session))
    assert verified(database_url, Scope(first=position)).wrong == 0
    tamper(database_url, f"DELETE FROM domain_events WHERE {_OWN} = 3", str(other))
    assert (str(other), 4, "follows nothing:") in named(verified(database_url, Scope(first=position)))


def test_a_digest_of_then_is_found_again(database_url: str) -> None:
    written_log(database_url)
    then = verified(database_url)
    written_log(database_url)
    assert verified(database_url).digest != then.digest
    assert verified(database_url, Scope(last=then.position)).digest == then.digest


def test_a_sample_finds_what_it_draws(database_url: str) -> None:
    session, _ = written_log(database_url)
    assert verified(database_url, Scope(sample=500)).wrong == 0
    tamper(database_url, f"UPDATE domain_events SET event_type = 'Invented' WHERE {_OWN} = 3", str(session))
    report = verified(database_url, Scope(sample=2_000))
    assert report.events == 10
    assert named(report) == [(str(session), 3, "is not")]


def test_an_empty_log_is_as_it_was_written(database_url: str) -> None:
    report = verified(database_url)
    assert (report.events, report.wrong, report.position) == (0, 0, 0)
    assert verified(database_url, Scope(sample=5)).events == 0


def test_events_from_before_there_was_a_chain_get_the_same_one(database_url: str) -> None:
    """What is written with the chain, taken away and made anew by the migration, is the same to the last bit."""
    written_log(database_url)
    query = "SELECT id, chain FROM domain_events ORDER BY id"
    before = rows(database_url, query)
    downgrade(database_url, "0016")
    upgrade(database_url)
    assert rows(database_url, query) == before
    assert verified(database_url).wrong == 0


def test_the_table_keeps_a_chain_of_the_right_size_only(database_url: str) -> None:
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute(
            "INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload,"
            " payload_hash, chain) VALUES (gen_random_uuid(), '', '', %s, 1, '{}', '', '\\x00')",
            (str(uuid4()),),
        )


def test_a_stream_that_is_not_there_has_nothing_to_prove(database_url: str) -> None:
    written_log(database_url)
    assert verified(database_url, Scope(stream=UUID(int=1))).events == 0

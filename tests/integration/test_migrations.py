"""The migrations go up, down and up again, leave the same schema, and take what is there along."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import AsyncConnection

from infrastructure.postgres.pool import connection_options
from infrastructure.read_side.schemas import ensure
from migrations import run as migrations
from migrations.run import downgrade, upgrade
from projections.registry import PROJECTIONS
from tests.support.postgres import Cluster

_SHAPE = """
SELECT 'column', table_name, column_name, udt_name || ' ' || is_nullable || ' ' || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'
UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
WHERE NOT tgisinternal
UNION ALL SELECT 'type', typname, enumlabel, '' FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
UNION ALL SELECT 'function', proname, '', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2, 3, 4
"""


def _shape(url: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(_SHAPE).fetchall()


def test_up_down_up_leaves_the_same_schema(cluster: Cluster) -> None:
    with cluster.database(migrated=False) as url:
        upgrade(url)
        first = _shape(url)
        downgrade(url)
        assert _shape(url) == []
        upgrade(url)
        assert _shape(url) == first
        assert {row[1] for row in first if row[0] == "column"} >= {
            "domain_events",
            "command_inbox",
            "async_tasks",
            "event_outbox",
            "flow_resume_handles",
            "stream_heads",
        }


def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize(
    "path", sorted((Path(migrations.__file__).parent / "versions").glob("0*.py")), ids=lambda p: p.stem
)
def test_a_migration_runs_files_of_its_own_only(path: Path) -> None:
    """What a revision does must not change after it has run somewhere."""
    text = path.read_text()
    executed = re.findall(r'execute\("([^"]+)"\)', text)
    revision = re.search(r'^revision = "(\d+)"', text, re.MULTILINE)
    assert revision
    assert executed
    assert {name.split("_")[0] for name in executed} == {revision[1]}
    assert "projections" not in text


def test_every_migration_file_belongs_to_a_revision() -> None:
    here = Path(migrations.__file__).parent
    assert {path.name.split(".")[0] for path in (here / "sql").glob("*.sql")} == {
        path.stem for path in (here / "versions").glob("0*.py")
    }


_SESSION, _NOVEL, _USER = uuid4(), uuid4(), uuid4()
_FROM_BEFORE = f"""
INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload, payload_hash)
SELECT gen_random_uuid(), 'StageEntered', 'genesis_session', '{_SESSION}', n, '{{}}', '' FROM generate_series(1, 3) n;
INSERT INTO genesis_sessions (id, user_id, mode, version, started_at, last_event_at, expires_at)
VALUES ('{_SESSION}', '{_USER}', 'guided', 3, now(), now(), now());
INSERT INTO novels (id, user_id, session_id, title, version, finished_at)
VALUES ('{_NOVEL}', '{_USER}', '{_SESSION}', 'Tides', 3, now());
INSERT INTO projection_checkpoints (projection, tx_id, position, generation)
SELECT name, tx_id, id, 4 FROM domain_events, unnest('{{genesis_session,novels}}'::text[]) AS name WHERE id = 3;
INSERT INTO projection_parked (projection, aggregate_id, position, tx_id, error) VALUES ('novels', 'a', 1, '1', 'why');
CREATE SCHEMA before_novels CREATE TABLE novels (id UUID);
"""


def test_an_installation_takes_its_read_tables_along_and_back(cluster: Cluster) -> None:
    with cluster.database(migrated=False) as url:
        upgrade(url, "0011")
        before = _shape(url)
        _execute(url, _FROM_BEFORE)
        upgrade(url)
        assert _rows(url, "SELECT id, version FROM read_genesis_session_v1.genesis_sessions") == [(_SESSION, 3)]
        assert _rows(url, "SELECT title FROM read_novels_v1.novels") == [("Tides",)]
        heads = "SELECT projection, version, stream_id, owner, stream_version, position FROM stream_heads ORDER BY 1"
        assert _rows(url, heads) == [(name, 1, _SESSION, _USER, 3, 3) for name in ("genesis_session", "novels")]
        places = "SELECT version, position, generation, moves, built_at IS NOT NULL FROM projection_checkpoints"
        assert _rows(url, places) == [(1, 3, 4, 1, True)] * 2, "nothing is built anew"
        assert _rows(url, "SELECT projection, version FROM projection_parked") == [("novels", 1)]
        assert not _rows(url, "SELECT 1 FROM pg_namespace WHERE nspname LIKE 'before%'"), "of another shape, perhaps"
        assert not _rows(url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 'novels'")
        downgrade(url, "0011")
        assert _shape(url) == before
        assert _rows(url, "SELECT title FROM novels") == [("Tides",)]
        assert _rows(url, "SELECT projection, position FROM projection_checkpoints ORDER BY 1") == [
            ("genesis_session", 3),
            ("novels", 3),
        ]
        upgrade(url)
        assert _rows(url, "SELECT title FROM read_novels_v1.novels") == [("Tides",)]


async def test_tables_that_were_taken_along_are_those_that_the_projections_make(cluster: Cluster) -> None:
    """As long as a projection is at the version that the migrations had: a changed file needs a new version."""
    query = """
        SELECT 'column', table_name, column_name, udt_name || is_nullable || coalesce(column_default, ''), ''
        FROM information_schema.columns WHERE table_schema = '{0}'
        UNION ALL SELECT 'index', tablename, indexname, replace(indexdef, '{0}.', ''), '' FROM pg_indexes
        WHERE schemaname = '{0}' ORDER BY 1, 2, 3
    """
    first = [
        projection for projection in PROJECTIONS if projection.schema in {"read_genesis_session_v1", "read_novels_v1"}
    ]
    shapes = []
    for old in (True, False):
        with cluster.database(migrated=False) as url:
            upgrade(url, "0011")
            if old:
                _execute(url, _FROM_BEFORE)
            upgrade(url)
            async with await AsyncConnection.connect(url, **connection_options(url, "tests")) as connection:
                await ensure(connection)
            shapes.append([_rows(url, query.format(projection.schema)) for projection in first])
    assert shapes[0] == shapes[1]


def test_names_are_folded_in_one_way_and_nobody_is_lost_by_it(cluster: Cluster) -> None:
    """Keys as revision 0006 left them: of names that are the same today, who came first keeps the name."""
    people = [  # (name, key, role), the first first
        ("STRASSE", "strasse", "writer"),
        ("Straße", "straße", "writer"),
        ("ＳＴＲＡＳＳＥ", "ｓｔｒａｓｓｅ", "writer"),
        ("strasse 2", "strasse 2", "writer"),
        ("ÄÖÜ", "ÄÖÜ", "writer"),
        ("ＯＷＮＥＲ", "ｏｗｎｅｒ", "writer"),
        ("owner", "owner", "owner"),
    ]
    with cluster.database(migrated=False) as url:
        upgrade(url, "0011")
        with psycopg.connect(url) as connection:
            for number, (name, key, role) in enumerate(people):
                connection.execute(
                    "INSERT INTO users (id, name, name_key, role, created_at)"
                    " VALUES (gen_random_uuid(), %s, %s, %s, now() + make_interval(secs => %s))",
                    (name, key, role, number),
                )
        upgrade(url)
        with psycopg.connect(url) as connection:
            found = dict(connection.execute("SELECT name, name_key FROM users").fetchall())
    assert found == {
        "STRASSE": "strasse",
        "Straße": "strasse 3",
        "ＳＴＲＡＳＳＥ": "strasse 4",
        "strasse 2": "strasse 2",
        "ÄÖÜ": "äöü",
        "ＯＷＮＥＲ": "owner 2",
        "owner": "owner",
    }


def test_generations_from_before_are_in_the_totals(cluster: Cluster) -> None:
    with cluster.database(migrated=False) as url:
        upgrade(url, "0011")
        with psycopg.connect(url) as connection:
            connection.execute(
                "INSERT INTO async_tasks (id, session_id, user_id, task_type, status, model, cost_usd, input_tokens)"
                " SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'GENERATE_INSPIRATION',"
                " status::task_status, model, 0.5, 10 FROM (VALUES ('COMPLETED', 'a'), ('COMPLETED', 'a'),"
                " ('FAILED', NULL), ('RUNNING', 'a')) AS given (status, model)"
            )
        upgrade(url)
        with psycopg.connect(url) as connection:
            found = connection.execute(
                "SELECT model, completed, failed, cost_usd::float8, input_tokens FROM task_totals ORDER BY model"
            ).fetchall()
    assert found == [("a", 2, 0, 1.5, 30), ("unknown", 0, 1, 0.5, 10)]

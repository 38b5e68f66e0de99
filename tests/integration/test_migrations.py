"""The migrations go up, down and up again, and leave the same schema."""

import psycopg

from migrations.run import downgrade, upgrade
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
            "genesis_sessions",
        }


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

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

"""The table models and the live schema say the same: columns, types, nullability, defaults, enumerations."""

import re
import types
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Union, get_args, get_origin
from uuid import UUID, uuid4

import psycopg
import pytest
from genesis_types import enums
from genesis_types.columns import Column, Generated, TableRow
from genesis_types.tables import TABLES
from psycopg.errors import RestrictViolation
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod), NOT attnotnull,
    CASE WHEN attidentity = 'a' THEN 'identity' ELSE pg_get_expr(adbin, adrelid) END
FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_TYPES = {
    UUID: "uuid",
    str: "text",
    int: "integer",
    bool: "boolean",
    dict: "jsonb",
    datetime: "timestamp with time zone",
    bytes: "bytea",
}


def _bare(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any], bool]:
    """(type, metadata, nullable) of a field's annotation, without Annotated and without `| None`."""
    if get_origin(annotation) in (Union, types.UnionType):
        (inner,) = (arg for arg in get_args(annotation) if arg is not type(None))
        bare, found, _ = _bare(inner, metadata)
        return bare, found, True
    if hasattr(annotation, "__metadata__"):
        bare, found, nullable = _bare(annotation.__origin__, [*metadata, *annotation.__metadata__])
        return bare, found, nullable
    return get_origin(annotation) or annotation, metadata, False


def _sql_type(bare: Any, metadata: list[Any]) -> str:
    for item in metadata:
        if isinstance(item, Column):
            return item.type
    if isinstance(bare, type) and issubclass(bare, StrEnum):
        return re.sub(r"(?<!^)(?=[A-Z])", "_", bare.__name__).lower()
    if bare.__name__ == "AwareDatetime":
        bare = datetime
    assert bare is not Decimal, "a Decimal needs its column's precision"
    return _TYPES[bare]


def _expected(name: str, field: FieldInfo) -> tuple[str, str, bool]:
    bare, metadata, nullable = _bare(field.annotation, list(field.metadata))
    return name, _sql_type(bare, metadata), nullable


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_model_is_its_table(database_url: str, table: str) -> None:
    fields = TABLES[table].model_fields
    with psycopg.connect(database_url) as connection:
        columns = connection.execute(_COLUMNS, (table,)).fetchall()
        assert [_expected(name, field) for name, field in fields.items()] == [column[:3] for column in columns]
        for name, _, _, default in columns:
            assert _same_default(connection, fields[name], default), f"{table}.{name}: {default}"


def _same_default(connection: psycopg.Connection[Any], field: FieldInfo, default: str | None) -> bool:
    _, metadata, nullable = _bare(field.annotation, list(field.metadata))
    generated = [item.expression for item in metadata if isinstance(item, Generated)]
    ours = field.get_default(call_default_factory=True)
    if generated:
        return generated == [default] and ours is PydanticUndefined
    if default is None:
        return ours is None if nullable else ours is PydanticUndefined
    row = connection.execute(f"SELECT {default}".encode()).fetchone()
    assert row is not None
    return bool(TypeAdapter(field.annotation).validate_python(row[0]) == ours)


def test_every_table_has_a_model(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        live = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace::regnamespace::text = ANY(current_schemas(false))"
        ).fetchall()
    assert {name for (name,) in live} - {"alembic_version"} == set(TABLES)


def test_a_wrong_model_is_noticed(database_url: str) -> None:
    class Wrong(TableRow):
        id: UUID | None = None
        event_type: int

    with psycopg.connect(database_url) as connection:
        live = {column[0]: column[:3] for column in connection.execute(_COLUMNS, ("domain_events",)).fetchall()}
    assert all(_expected(name, field) != live[name] for name, field in Wrong.model_fields.items())


def test_enumerations_are_the_database_s(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        live = dict(
            connection.execute(
                "SELECT typname, array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum "
                "JOIN pg_type ON pg_type.oid = enumtypid GROUP BY typname"
            ).fetchall()
        )
    shared = (
        enums.CommandStatus,
        enums.TaskStatus,
        enums.OutboxStatus,
        enums.HandleStatus,
        enums.GenesisStatus,
        enums.GenesisStage,
    )
    assert live == {_sql_type(enum, []): [member.value for member in enum] for enum in shared}


@pytest.mark.parametrize(
    "statement",
    ["UPDATE domain_events SET payload = '{}'", "DELETE FROM domain_events", "TRUNCATE domain_events"],
)
def test_the_log_is_append_only(database_url: str, statement: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO domain_events (event_id, event_type, aggregate_type, aggregate_id, aggregate_version, payload,"
            " payload_hash) VALUES (%s, 'StageEntered', 'genesis_session', %s, 1, '{}', '')",
            (uuid4(), str(uuid4())),
        )
        with pytest.raises(RestrictViolation, match="append-only"):
            connection.execute(statement.encode())
        assert connection.execute("SELECT payload FROM domain_events").fetchall() == [({},)]

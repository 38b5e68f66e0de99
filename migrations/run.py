"""Runs the migrations: plain SQL files, driven by Alembic."""

from pathlib import Path
from typing import Any, cast

import psycopg
from alembic import command, op
from alembic.config import Config

HERE = Path(__file__).parent


def _config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the schema to `revision`. `database_url` is a libpq URL (postgresql://…)."""
    command.upgrade(_config(database_url), revision)


def downgrade(database_url: str, revision: str = "base") -> None:
    """Take the schema back to `revision`."""
    command.downgrade(_config(database_url), revision)


def sql(name: str) -> str:
    """The text of one SQL file. It is named for its revision and never changes: what has run cannot be run again."""
    return (HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def execute(name: str) -> None:
    """Run one SQL file inside a migration."""
    # the driver itself: SQLAlchemy would take a percent sign in the SQL for a parameter
    driver = cast(psycopg.Connection[Any], op.get_bind().connection.driver_connection)
    driver.execute(sql(name).encode())

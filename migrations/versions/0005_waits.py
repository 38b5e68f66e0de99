"""Waiting in the large (migrations/sql/0005_waits)."""

from migrations.run import execute

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    execute("0005_waits.up")


def downgrade() -> None:
    execute("0005_waits.down")

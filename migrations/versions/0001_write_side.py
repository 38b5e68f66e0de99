"""write side (migrations/sql/0001_write_side)."""

from migrations.run import execute

revision = "0001"
down_revision = None


def upgrade() -> None:
    execute("0001_write_side.up")


def downgrade() -> None:
    execute("0001_write_side.down")

"""async_tasks.parts (migrations/sql/0022_parts_kept)."""

from migrations.run import execute

revision = "0022"
down_revision = "0017"


def upgrade() -> None:
    execute("0022_parts_kept.up")


def downgrade() -> None:
    execute("0022_parts_kept.down")

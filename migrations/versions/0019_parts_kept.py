"""async_tasks.parts (migrations/sql/0019_parts_kept)."""

from migrations.run import execute

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    execute("0019_parts_kept.up")


def downgrade() -> None:
    execute("0019_parts_kept.down")

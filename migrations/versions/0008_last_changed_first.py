"""last changed first (migrations/sql/0008_last_changed_first)."""

from migrations.run import execute

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    execute("0008_last_changed_first.up")


def downgrade() -> None:
    execute("0008_last_changed_first.down")

"""outbox_held (migrations/sql/0009_outbox_held)."""

from migrations.run import execute

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    execute("0009_outbox_held.up")


def downgrade() -> None:
    execute("0009_outbox_held.down")

"""sent_parts (migrations/sql/0015_sent_parts)."""

from migrations.run import execute

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    execute("0015_sent_parts.up")


def downgrade() -> None:
    execute("0015_sent_parts.down")

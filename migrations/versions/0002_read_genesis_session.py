"""read genesis session (migrations/sql/0002_read_genesis_session)."""

from migrations.run import execute

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute("0002_read_genesis_session.up")


def downgrade() -> None:
    execute("0002_read_genesis_session.down")

"""read genesis session (migrations/sql/read_genesis_session)."""

from migrations.run import execute

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    execute("read_genesis_session.up")


def downgrade() -> None:
    execute("read_genesis_session.down")

"""owned_streams (migrations/sql/0016_owned_streams)."""

from migrations.run import execute

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    execute("0016_owned_streams.up")


def downgrade() -> None:
    execute("0016_owned_streams.down")

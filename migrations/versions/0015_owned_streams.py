"""owned_streams (migrations/sql/0015_owned_streams)."""

from migrations.run import execute

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    execute("0015_owned_streams.up")


def downgrade() -> None:
    execute("0015_owned_streams.down")

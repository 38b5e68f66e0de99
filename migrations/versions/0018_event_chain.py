"""event_chain (migrations/sql/0018_event_chain)."""

from migrations.run import execute

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    execute("0018_event_chain.up")


def downgrade() -> None:
    execute("0018_event_chain.down")

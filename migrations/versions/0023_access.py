"""access (migrations/sql/0023_access)."""

from migrations.run import execute

revision = "0023"
down_revision = "0018"


def upgrade() -> None:
    execute("0023_access.up")


def downgrade() -> None:
    execute("0023_access.down")

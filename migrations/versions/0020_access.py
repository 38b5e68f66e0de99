"""access (migrations/sql/0020_access)."""

from migrations.run import execute

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    execute("0020_access.up")


def downgrade() -> None:
    execute("0020_access.down")

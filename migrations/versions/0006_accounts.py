"""accounts (migrations/sql/0006_accounts)."""

from migrations.run import execute

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    execute("0006_accounts.up")


def downgrade() -> None:
    execute("0006_accounts.down")

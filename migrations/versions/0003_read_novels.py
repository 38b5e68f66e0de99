"""read novels (migrations/sql/0003_read_novels)."""

from migrations.run import execute

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute("0003_read_novels.up")


def downgrade() -> None:
    execute("0003_read_novels.down")

"""read novels (migrations/sql/read_novels)."""

from migrations.run import execute

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    execute("read_novels.up")


def downgrade() -> None:
    execute("read_novels.down")

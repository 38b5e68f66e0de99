"""archive (migrations/sql/0021_archive)."""

from migrations.run import execute

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    execute("0021_archive.up")


def downgrade() -> None:
    execute("0021_archive.down")

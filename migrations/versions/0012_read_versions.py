"""Read tables in a schema per projection version, stream heads (migrations/sql/0012_read_versions)."""

from migrations.run import execute

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    execute("0012_read_versions.up")


def downgrade() -> None:
    execute("0012_read_versions.down")

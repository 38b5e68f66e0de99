"""counted (migrations/sql/0010_counted)."""

from migrations.run import execute

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    execute("0010_counted.up")


def downgrade() -> None:
    execute("0010_counted.down")

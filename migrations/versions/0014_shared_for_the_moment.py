"""shared_for_the_moment (migrations/sql/0014_shared_for_the_moment)."""

from migrations.run import execute

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    execute("0014_shared_for_the_moment.up")


def downgrade() -> None:
    execute("0014_shared_for_the_moment.down")

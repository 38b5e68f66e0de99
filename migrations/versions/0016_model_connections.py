"""model_connections (migrations/sql/0016_model_connections)."""

from migrations.run import execute

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    execute("0016_model_connections.up")


def downgrade() -> None:
    execute("0016_model_connections.down")

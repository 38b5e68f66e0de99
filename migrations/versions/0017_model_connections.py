"""model_connections (migrations/sql/0017_model_connections)."""

from migrations.run import execute

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    execute("0017_model_connections.up")


def downgrade() -> None:
    execute("0017_model_connections.down")

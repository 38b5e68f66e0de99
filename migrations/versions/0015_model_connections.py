"""model_connections (migrations/sql/0015_model_connections)."""

from migrations.run import execute

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    execute("0015_model_connections.up")


def downgrade() -> None:
    execute("0015_model_connections.down")

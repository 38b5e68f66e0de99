"""bus_parked (migrations/sql/0007_bus_parked)."""

from migrations.run import execute

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    execute("0007_bus_parked.up")


def downgrade() -> None:
    execute("0007_bus_parked.down")

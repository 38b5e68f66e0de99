"""flow run leases (migrations/sql/0004_flow_run_leases)."""

from migrations.run import execute

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    execute("0004_flow_run_leases.up")


def downgrade() -> None:
    execute("0004_flow_run_leases.down")

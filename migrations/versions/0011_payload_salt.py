"""payload salt (migrations/sql/0011_payload_salt)."""

from migrations.run import execute

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    execute("0011_payload_salt.up")


def downgrade() -> None:
    execute("0011_payload_salt.down")

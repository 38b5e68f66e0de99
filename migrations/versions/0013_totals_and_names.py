"""Totals of generations (migrations/sql/0013_totals_and_names), and one folding of names.

Revision 0006 folded the names that it found with SQL's lower(), which knows neither width nor ß, nor, in a database of
the locale C, any letter but A to Z: whoever was there before could not sign in under what is folded today.
"""

import unicodedata
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from migrations.run import execute

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    execute("0013_totals_and_names.up")
    connection = op.get_bind()
    connection.execute(sa.text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
    # the owner and whoever came first keep their names
    found = connection.execute(
        sa.text("SELECT id, name, name_key FROM users ORDER BY role <> 'owner', created_at, id")
    ).all()
    moved = {row.id: key for row, key in zip(found, keys([row.name for row in found]), strict=True)}
    changed = [(row.id, moved[row.id]) for row in found if moved[row.id] != row.name_key]
    _write(connection, [(id, f"refolding {id}") for id, _ in changed])  # two may exchange their keys
    _write(connection, changed)


def downgrade() -> None:
    execute("0013_totals_and_names.down")


def keys(names: list[str]) -> list[str]:
    """What each name is compared by. Of names that are the same now all but the first get a number, from 2 on."""
    folded = [fold(name) for name in names]
    taken = set(folded)
    seen: set[str] = set()
    given = []
    for key in folded:
        own, number = key, 2
        while own in seen or (own != key and own in taken):
            own, number = f"{key} {number}", number + 1
        seen.add(own)
        given.append(own)
    return given


def fold(name: str) -> str:
    """infrastructure.identity.passwords.name_key, as it was when this was written."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _write(connection: Any, changes: list[tuple[UUID, str]]) -> None:
    for id, key in changes:
        connection.execute(sa.text("UPDATE users SET name_key = :key WHERE id = :id"), {"id": id, "key": key})

"""Finds models whose keys cannot be read here: they were encrypted with a secret key that this studio does not have."""

import psycopg

from infrastructure.doctor.findings import Finding
from infrastructure.postgres.pool import connection_options
from infrastructure.secret_box import SecretBox

_KEPT = b"SELECT id, name, secret FROM model_connections ORDER BY name, id"
_NAMED = 5


def lost_keys(url: str, box: SecretBox) -> tuple[int, list[str]]:
    """(how many models are kept, the names of those whose key cannot be read)."""
    with psycopg.connect(url, **connection_options(url, "genesis-doctor")) as connection:
        try:
            kept = connection.execute(_KEPT).fetchall()
        except psycopg.errors.UndefinedTable:  # an older schema, which has a finding of its own
            return 0, []
    return len(kept), [name for id_, name, secret in kept if secret is not None and not box.can_read(id_, secret)]


def look_at_models(url: str, box: SecretBox) -> Finding:
    kept, lost = lost_keys(url, box)
    if not lost:
        return Finding("models", True, f"{kept} kept" if kept else "none kept")
    return Finding("models", False, f"{len(lost)} of {kept} have a key that cannot be read: {named(lost)}", HOW)


HOW = "Put back GENESIS_SECRET_KEY or the file secret.key of before, or enter the keys again on the page Models."


def named(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(f"“{name}”" for name in names[:_NAMED]) + more

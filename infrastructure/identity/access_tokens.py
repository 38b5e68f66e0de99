"""The rows of `access_tokens`: the statements that make, find and end them. A token itself is never stored."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, LiteralString
from uuid import UUID, uuid4

from psycopg.rows import class_row

from infrastructure.postgres.pool import Connection

Kind = Literal["login", "session", "bearer"]
Scope = Literal["read", "write", "metrics"]
ALL: tuple[Kind, ...] = ("login", "session", "bearer")
FULL: frozenset[Scope] = frozenset({"read", "write"})


GRANTED = """
SELECT id, kind, label, scopes, created_at, last_seen_at, expires_at FROM access_tokens
WHERE user_id = %s AND kind IN ('session', 'bearer') AND revoked_at IS NULL AND expires_at > %s
ORDER BY created_at DESC, id LIMIT 500
"""
# FOR SHARE: whoever is being shut out, or whose password is being changed, waits for this or is seen as changed
ISSUE = """
INSERT INTO access_tokens (id, user_id, kind, token_hash, label, scopes, expires_at)
SELECT %(id)s, u.id, %(kind)s, %(token)s, %(label)s, %(scopes)s, %(until)s FROM users u
WHERE u.id = %(user)s AND u.disabled_at IS NULL AND (%(proof)s::text IS NULL OR u.password_hash = %(proof)s) FOR SHARE
RETURNING id, kind, label, scopes, created_at, last_seen_at, expires_at
"""
WHOSE_LOGIN = """
SELECT u.id, u.name, u.role FROM access_tokens t JOIN users u ON u.id = t.user_id
WHERE t.token_hash = %s AND t.kind = 'login' AND u.disabled_at IS NULL FOR SHARE OF u
"""
PEEK = """
SELECT u.id, u.name, u.role FROM access_tokens t JOIN users u ON u.id = t.user_id
WHERE t.token_hash = %s AND t.kind = 'login' AND t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > %s
    AND u.disabled_at IS NULL
"""
SPEND = """
UPDATE access_tokens SET used_at = %(now)s
WHERE token_hash = %(token)s AND kind = 'login' AND used_at IS NULL AND revoked_at IS NULL AND expires_at > %(now)s
"""
STILL_GOOD = """
SELECT t.id FROM access_tokens t JOIN users u ON u.id = t.user_id
WHERE t.id = ANY(%s) AND t.revoked_at IS NULL AND t.expires_at > %s AND u.disabled_at IS NULL
"""
SEEN = "UPDATE access_tokens SET last_seen_at = %s WHERE id = %s"
REVOKE: LiteralString = "UPDATE access_tokens SET revoked_at = %s WHERE revoked_at IS NULL AND "
ALL_OF_USER: LiteralString = "user_id = %s AND kind = ANY(%s) AND id IS DISTINCT FROM %s"


@dataclass(frozen=True, slots=True)
class Access:
    """One browser session or Bearer token, as a list of them shows it."""

    id: UUID
    kind: Kind
    label: str
    scopes: list[str]
    created_at: datetime
    last_seen_at: datetime | None
    expires_at: datetime


def hash_of(token: str) -> str:
    """What is stored of a token: SHA-256 is enough, for a token has 256 random bits of its own."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


async def insert(
    connection: Connection,
    user_id: UUID,
    kind: Kind,
    *,
    until: datetime,
    label: str = "",
    scopes: Collection[Scope] = FULL,
    proof: str | None = None,
) -> tuple[Access, str] | None:
    """(what a list shows of it, the new token).

    None for somebody who is disabled, or whose password's hash is no longer `proof`, when that is given.
    """
    token = secrets.token_urlsafe(32)
    row = {
        "id": uuid4(),
        "user": user_id,
        "kind": kind,
        "token": hash_of(token),
        "label": label,
        "scopes": sorted(scopes),
        "until": until,
        "proof": proof,
    }
    async with connection.cursor(row_factory=class_row(Access)) as cursor:
        await cursor.execute(ISSUE, row)
        access = await cursor.fetchone()
    return (access, token) if access is not None else None

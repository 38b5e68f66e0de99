"""Stores what models were sent: the text of each part of a prompt, once for a session.

Which parts made which request is said by hashes in the outcome's event. The texts can be derived again from the events
before it by the same version of the prompts; they are stored so that they can be shown whatever version is installed,
for a time after they were last sent (retention.py).
"""

from collections.abc import Mapping
from uuid import UUID

from infrastructure.postgres.pool import Pool

_KEEP = """
INSERT INTO sent_parts (session_id, hash, text, created_at)
SELECT %(session_id)s, part.hash, part.text, clock_timestamp()
FROM unnest(%(hashes)s::text[], %(texts)s::text[]) AS part (hash, text) ORDER BY part.hash
ON CONFLICT (session_id, hash) DO UPDATE SET created_at = excluded.created_at
    WHERE sent_parts.created_at < excluded.created_at - interval '1 hour'
"""


class SentParts:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(self, session_id: UUID, texts: Mapping[str, str]) -> None:
        """Store each text under its hash; of one that is there already, that it was sent now. Raises psycopg.Error."""
        if not texts:
            return
        parameters = {"session_id": session_id, "hashes": list(texts), "texts": list(texts.values())}
        async with self._pool.connection() as connection:
            await connection.execute(_KEEP, parameters)

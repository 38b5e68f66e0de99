"""An analyst at work: sessions of somebody else's, and what their owner is shown of who read them."""

from typing import Any
from uuid import UUID

import httpx

from domain.audit.trail import audit_id
from domain.genesis.stages import STAGE_ORDER
from infrastructure.identity.authentication import Identity
from tests.support.api import Served
from tests.support.commands import CONTENTS
from tests.support.reading import eventually

KEY = "a key that is made up for this test"
TITLE = "The Drowned Bell"


class Desk:
    """An analyst, and a session of the owner's that has a confirmed stage."""

    def __init__(self, api: Served, analyst: Identity, http: httpx.AsyncClient) -> None:
        self.api = api
        self.analyst = analyst
        self.http = http

    async def session(self) -> str:
        session_id = await self.api.start(title=TITLE)
        done = await self.api.command(
            "CONFIRM_STAGE", session_id, stage=STAGE_ORDER[0], content=CONTENTS[STAGE_ORDER[0]]
        )
        await self.api.readable(session_id, done["version"])
        return session_id

    async def reads(self, http: httpx.AsyncClient | None = None, **query: Any) -> list[dict[str, Any]]:
        answer = await (http or self.api.http).get("/api/v1/account/reads", params={"limit": 200} | query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def reads_of(self, session_id: str, count: int) -> list[dict[str, Any]]:
        """The entries about a session, once the read side has as many as the log."""

        async def there() -> bool:
            return len([one for one in await self.reads() if one["session_id"] == session_id]) >= count

        await eventually(there)
        return [one for one in await self.reads() if one["session_id"] == session_id]

    async def written(self, owner: UUID) -> int:
        """How many entries the log has of an owner."""
        query = "SELECT count(*) FROM domain_events WHERE aggregate_id = %s AND aggregate_type = 'audit'"
        async with self.api.studio.pool.connection() as connection:
            row = await (await connection.execute(query, (str(audit_id(owner)),))).fetchone()
        assert row is not None
        return int(row[0])

"""Revokes access: forgets what is remembered of tokens, and ends the streams that revoked ones opened."""

import asyncio

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from api.streaming.hub import Streams
from application.wakeups import ACCESS, Hints
from infrastructure.identity.authentication import Authentication

EVERY = 3.0
"""Seconds between two looks at the tokens of open streams, when no hint says that one was revoked."""

log = structlog.get_logger(__name__)


async def expel(accounts: Authentication, streams: Streams, hints: Hints) -> None:
    """Until it is cancelled. One query for all streams of this process."""
    async with hints.listen(ACCESS) as listener:
        while True:
            if await listener.next(EVERY) is not None:
                accounts.forget()
            try:
                let_in = streams.tokens()
                streams.end(let_in - await accounts.still_good(let_in))
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("tokens_not_looked_at", error=type(error).__name__)
                await asyncio.sleep(EVERY)

"""What processes share for a moment, over Redis or over PostgreSQL: one way to make either, also in another process."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import SecretStr

from infrastructure.adapters import StudioHints, make_hints, make_limits, make_presence_store
from infrastructure.coordination.presence import PresenceStore
from infrastructure.coordination.rate_limits import RateLimits
from infrastructure.postgres.pool import Pool, make_pool, opened
from infrastructure.settings import Settings


@dataclass(frozen=True)
class Shared:
    """One studio's servers. `redis_url` None: PostgreSQL carries it all."""

    database_url: str
    redis_url: str | None
    pool: Pool

    def settings(self, **more: Any) -> Settings:
        redis_url = SecretStr(self.redis_url) if self.redis_url is not None else None
        return Settings(database_url=SecretStr(self.database_url), redis_url=redis_url, **more)

    def hints(self) -> StudioHints:
        return make_hints(self.settings())

    def limits(self, generations: str = "2/minute") -> RateLimits:
        made = make_limits(self.settings(limit_generations=generations), self.pool)
        assert made._shared is not None
        made._shared.patience = 20  # on a busy machine it would soon be left alone
        return made

    def presence_store(self) -> PresenceStore:
        return make_presence_store(self.settings(), self.pool)

    async def elsewhere(self, work: str, *arguments: str) -> Any:
        """What `work` (a function below) finds in a process of its own."""
        words = [work, self.database_url, self.redis_url or "", *arguments]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__, *words, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        assert process.returncode == 0
        return orjson.loads(said.splitlines()[-1])


@asynccontextmanager
async def shared_over(database_url: str, redis_url: str | None) -> AsyncIterator[Shared]:
    async with opened(make_pool(database_url, "sharing", min_size=1, max_size=4)) as pool:
        yield Shared(database_url, redis_url, pool)


async def hits(shared: Shared, generations: str, key: str, times: str) -> int:
    """How many of so many were let in."""
    limits = shared.limits(generations)
    found = [await limits.hit("generation", key) for _ in range(int(times))]
    await limits.close()
    return sum(1 for wait in found if wait is None)


async def publishes(shared: Shared, channel: str, times: str) -> int:
    hints = shared.hints()
    for number in range(int(times)):
        await hints.publish(channel, {"seq": number})
    await hints.close()
    return int(times)


async def main(work: str, database_url: str, redis_url: str, *arguments: str) -> None:
    async with shared_over(database_url, redis_url or None) as shared:
        found = await {"hits": hits, "publishes": publishes}[work](shared, *arguments)
    sys.stdout.write(orjson.dumps(found).decode())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

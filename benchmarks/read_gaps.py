"""Reads a session's state so many times a second, in a process of its own, until a line comes on the standard input.

Then prints, as JSON, (time of the epoch, seconds since the read before) of every read that came later than it should.
"""

import asyncio
import json
import sys
import time

from infrastructure.postgres.pool import make_pool, opened
from projections.genesis.queries import Queries


async def read(url: str, rate: int) -> list[tuple[float, float]]:
    late: list[tuple[float, float]] = []
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    async with opened(make_pool(url, "bench-reader", min_size=1, max_size=2)) as pool:
        queries = Queries(pool)
        async with pool.connection() as connection:
            query = b"SELECT id, user_id FROM genesis_sessions LIMIT 200"
            sessions = await (await connection.execute(query)).fetchall()
        last = due = time.perf_counter()
        number = 0
        while not ended.done():
            session_id, user_id = sessions[number % len(sessions)]
            assert await queries.version_of(session_id, user_id) is not None
            now, number = time.perf_counter(), number + 1
            if now - last > 2 / rate:
                late.append((time.time(), now - last))
            last = now
            due = max(due + 1 / rate, now - 1.0)  # what was missed is not made up for at once
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return late


if __name__ == "__main__":
    found = asyncio.run(read(sys.argv[1], int(sys.argv[2])))
    print(json.dumps(found or [(0.0, 0.0)]))

"""A consumer of the bus as a process of its own: notes what it takes in a file, in one line each, before it commits.

`python -m tests.support.reader_process FILE SIGNAL`: at its first messages, and before it commits them, it sends itself
SIGNAL (0: none). Settings come from the environment.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from infrastructure.messaging.bus import make_consumer
from infrastructure.messaging.errors import BusUnreachable
from infrastructure.postgres import leader_lock
from infrastructure.postgres.pool import make_pool, opened
from infrastructure.redis.wakeups import NoHints
from infrastructure.settings import Settings
from tests.support.bus import Bus

ROOT = Path(__file__).parents[2]


async def start_reader(bus: Bus, notes: Path, signal_number: int) -> asyncio.subprocess.Process:
    assert bus.settings.database_url is not None
    own: Mapping[str, str] = {
        "GENESIS_DATABASE_URL": bus.settings.database_url.get_secret_value(),
        "GENESIS_KAFKA_TOPIC": bus.settings.kafka_topic,
        "GENESIS_KAFKA_BOOTSTRAP": bus.settings.kafka_bootstrap or "",
    }
    command = (sys.executable, "-m", __name__, str(notes), str(signal_number))
    return await asyncio.create_subprocess_exec(*command, env={**os.environ, **own}, cwd=ROOT)


async def main(notes: Path, signal_number: int) -> None:
    leader_lock.HOLD, leader_lock._MARGIN = 4.0, 1.0  # a frozen one is given up sooner than in earnest
    settings = Settings()
    assert settings.database_url is not None
    async with opened(make_pool(settings.database_url.get_secret_value(), "reader", min_size=1, max_size=2)) as pool:
        while True:
            try:
                async with make_consumer(settings, pool, NoHints(), "readers", asyncio.Event()) as consumer:
                    while True:
                        messages = await consumer.fetch(0.3)
                        if not messages:
                            continue
                        lines = "".join(
                            f"{os.getpid()} {message.session_id} {message.sequence} {message.event_id}\n"
                            for message in messages
                        )
                        with notes.open("ab", buffering=0) as file:
                            file.write(lines.encode())
                        if signal_number:
                            os.kill(os.getpid(), signal_number)
                            signal_number = 0
                        await consumer.commit()
            except (BusUnreachable, OSError):  # what it held was given to another meanwhile
                continue


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))

"""A worker as a process of its own, with the scripted writer: what tests kill."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from tests.support.ideas import PlainIdeaWriter
from tests.support.plain_chapters import PlainChapterWriter
from tests.support.plain_contents import PlainContentsWriter
from tests.support.short_leases import shorten
from tests.support.writer import ScriptedWriter

ROOT = Path(__file__).parents[2]


def start_worker(
    database_url: str, redis_url: str, prefect_url: str, *, pace: float, drafts: int = 10_000
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", __name__, database_url, redis_url, prefect_url, str(pace), str(drafts)]
    return subprocess.Popen(command, cwd=ROOT)


async def main(database_url: str, redis_url: str, prefect_url: str, pace: str, drafts: str) -> None:
    from flows.execution import executor
    from tests.support.workshop import settings_for

    shorten()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = settings_for(database_url, redis_url, prefect_url)
    await executor.run(
        settings,
        stop,
        writer=ScriptedWriter(drafts=int(drafts), pace=float(pace)),
        chapters=PlainChapterWriter(float(pace)),
        contents=PlainContentsWriter(float(pace)),
        ideas=PlainIdeaWriter(float(pace)),
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

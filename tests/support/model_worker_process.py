"""A worker as a process of its own, with a small model on loopback as its writer: what tests kill between two parts."""

import asyncio
import subprocess
import sys
from pathlib import Path

from infrastructure.settings import Settings
from tests.support.short_leases import shorten

ROOT = Path(__file__).parents[2]


def start_model_worker(settings: Settings, base_url: str, name: str) -> subprocess.Popen[bytes]:
    """On the same servers as `settings` name, with the model `name` at `base_url`."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    urls = settings.database_url.get_secret_value(), settings.redis_url.get_secret_value(), settings.prefect_api_url
    command = [sys.executable, "-m", __name__, *map(str, urls), base_url, name]
    return subprocess.Popen(command, cwd=ROOT)


async def main(*urls_and_name: str) -> None:
    from flows.execution import executor
    from infrastructure.writers.model.chapters import ModelChapters
    from infrastructure.writers.model.writer import ModelWriter
    from tests.support.workshop import settings_for

    shorten()
    database_url, redis_url, prefect_url, base_url, name = urls_and_name
    settings = settings_for(database_url, redis_url, prefect_url)
    named = settings.model_copy(
        update={
            "model": f"openai:{name}",
            "model_base_url": base_url,
            "model_profile": "lean",
            "model_context_tokens": 65_536,
        }
    )
    await executor.run(
        settings,
        asyncio.Event(),
        writer=ModelWriter(named, pause_seconds=0),
        chapters=ModelChapters(named, pause_seconds=0),
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

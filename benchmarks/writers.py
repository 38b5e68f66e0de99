"""What `genesis evaluate` finds of the muse and of two kinds of model, and what each failure costs (docs/models.md).

Run: `.venv/bin/python -m benchmarks.writers [--sparks N]`. It asks no model: the two are played by a server on loopback
(tests/support/profiles.py), every time in the same way; the third table replays each misbehaviour that is known.
"""

import argparse
import asyncio
import logging
from collections.abc import Iterable

import structlog
from pydantic import SecretStr

from application.writers import Writer
from domain.genesis.stages import STAGE_ORDER
from infrastructure.settings import Settings
from infrastructure.writers.evaluation.journey import journey, sparks
from infrastructure.writers.evaluation.measuring import Figures
from infrastructure.writers.evaluation.report import as_json, table
from infrastructure.writers.model.writer import ModelWriter
from infrastructure.writers.muse.writer import Muse
from tests.support import misbehaving_table
from tests.support.profiles import PROFILES

CONTEXT = 65_536


async def evaluated(writer: Writer, count: int) -> tuple[str, int]:
    """(the table of `genesis evaluate`, the most requests that a click has cost)."""
    figures = {stage: Figures() for stage in STAGE_ORDER}
    for spark in sparks()[1][:count]:
        await journey(writer, spark, figures, lambda: None)
    return table(as_json(figures)), max(_requests(figures.values()), default=0)


def _requests(figures: Iterable[Figures]) -> list[int]:
    return [number for row in figures for number in row.requests]


async def main(count: int) -> None:
    print(f"### The muse, {count} sparks\n\n{(await evaluated(Muse(pace_seconds=0), count))[0]}\n")
    for profile in PROFILES:
        with profile.make() as server:
            named = Settings(
                model_base_url=server.url(),
                model_api_key=SecretStr("on-loopback"),
                model_context_tokens=CONTEXT,
                **profile.settings,
            )
            shown, most = await evaluated(ModelWriter(named, pause_seconds=0), count)
        print(f"### A model that is {profile.name}, {count} sparks, {most} requests for a click at most\n\n{shown}\n")
    print("### Each misbehaviour, clicked twice\n")
    await misbehaving_table.main()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sparks", type=int, default=4)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(main(parser.parse_args().sparks))

"""The short form of `make chaos`: writers at work, each process killed once, PostgreSQL and Redis too, the auditor."""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.faults import SHORT
from tests.chaos.run import Options, chaos

SEED = 3


@pytest.mark.prefect
def test_a_handful_of_journeys_survive_the_death_of_every_process_and_store(tmp_path: Path) -> None:
    said: list[str] = []
    options = Options(SEED, writers=3, journeys=5, kafka=False, disk=False, faults=SHORT, keep=tmp_path)
    result = asyncio.run(chaos(options, said.append))
    assert result.ok, "\n".join([*said, result.summary])

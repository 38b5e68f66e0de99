"""Prints what each misbehaviour of a model's server costs and gives: `python -m tests.support.misbehaving_table`."""

import asyncio
import logging
import sys

import structlog

from tests.support.anthropic_misbehaviours import ANTHROPIC
from tests.support.misbehaving_server import Outcome, outcome
from tests.support.misbehaviours import MISBEHAVIOURS


def _words(gives: int | str) -> str:
    return f"{gives} of 3" if isinstance(gives, int) else f"`{gives}`"


async def main() -> None:
    print("| the server … | first click | requests | next click | requests |")
    print("|---|---|---|---|---|")
    for name, misbehaviour in MISBEHAVIOURS.items():
        _row(name, await outcome(name, misbehaviour))
    for name, misbehaviour in ANTHROPIC.items():
        _row(name, await outcome(name, misbehaviour, anthropic=True))


def _row(name: str, found: Outcome) -> None:
    cells = zip(found.gave, found.requests, strict=True)
    print(f"| {name} | " + " | ".join(f"{_words(gave)} | {requests}" for gave, requests in cells) + " |")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(asyncio.run(main()))

"""Prints what each misbehaviour of a model's server costs and gives: `python -m tests.support.misbehaving_table`."""

import asyncio
import logging
import sys

import structlog

from tests.support.misbehaving_server import outcome
from tests.support.misbehaviours import MISBEHAVIOURS


def _words(gives: int | str) -> str:
    return f"{gives} of 3" if isinstance(gives, int) else f"`{gives}`"


async def main() -> None:
    print("| the server … | first click | requests | next click | requests |")
    print("|---|---|---|---|---|")
    for name, misbehaviour in MISBEHAVIOURS.items():
        first, requests, second, again = await outcome(name, misbehaviour)
        print(f"| {name} | {_words(first)} | {requests} | {_words(second)} | {again} |")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.exit(asyncio.run(main()))

"""`python -m tests.chaos` (`make chaos`): a studio, writers at work, a monkey, an auditor."""

import argparse
import asyncio
import random
import signal
import sys
import time
from pathlib import Path

from tests.chaos.faults import BY_NAME, SHORT
from tests.chaos.run import Options, chaos
from tests.chaos.small_disk import possible
from tests.support.kafka import BrokerMissing


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=6.0, help="how long faults are made (default 6)")
    parser.add_argument("--seed", type=int, help="the same seed gives the same plan")
    parser.add_argument("--writers", type=int, default=6, help="how many work at once (default 6)")
    parser.add_argument("--kafka", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--quick", action="store_true", help="the short form: one of each, then the auditor")
    parser.add_argument("--fault", action="append", choices=sorted(BY_NAME), help="only these, in this order")
    parser.add_argument("--keep", type=Path, help="a folder for the journal, the logs and the tables")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1_000_000)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {text}", flush=True)

    why_not = possible()
    if why_not:
        say(f"full disk: not done, {why_not}")
    faults = tuple(given.fault or (SHORT if given.quick else ()))
    options = Options(
        seed,
        minutes=given.minutes,
        writers=given.writers,
        kafka=given.kafka,
        disk=not why_not,
        faults=faults,
        keep=given.keep,
    )
    say(f"seed {seed}")
    try:
        result = asyncio.run(chaos(options, say))
    except BrokerMissing as missing:
        say(f"An Apache Kafka broker cannot be had here: {missing}. `--no-kafka` does without.")
        return 2
    except KeyboardInterrupt:
        say("stopped; nothing is left running")
        return 130
    print(f"\n{result.summary}", flush=True)
    return 0 if result.ok else 1


if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # so in a script's background job
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    sys.exit(main())

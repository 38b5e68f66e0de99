"""One chaos run: a house, a load, a monkey, quiet, and the auditor as a process of its own."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from tests.chaos.faults import BY_NAME
from tests.chaos.house import TOPIC, House
from tests.chaos.journal import Journal
from tests.chaos.journeys import PLANTED
from tests.chaos.load import Load
from tests.chaos.monkey import Monkey, Step, plan
from tests.chaos.quiet import quiet

_ROOT = Path(__file__).resolve().parents[2]
_QUIET_SECONDS = 240.0
_AUDIT_SECONDS = 600
_ROUNDS = 12


@dataclass(frozen=True)
class Options:
    """`faults`: these, one after the other, instead of a plan for `minutes`. `keep`: where the journal stays.

    `without`: invariants that are not looked at.
    """

    seed: int
    minutes: float = 6.0
    writers: int = 6
    journeys: int | None = None
    kafka: bool = True
    disk: bool = True
    faults: Sequence[str] = ()
    keep: Path | None = None
    without: Sequence[str] = ()


@dataclass(frozen=True)
class Result:
    ok: bool
    summary: str


async def chaos(options: Options, say: Callable[[str], None]) -> Result:
    """Build, break, wait until all is quiet, audit."""
    with TemporaryDirectory(prefix="gs-chaos-") as folder:
        place = options.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        journal = Journal(place / "journal.jsonl")
        try:
            async with House(kafka=options.kafka, disk=options.disk) as house:
                say(f"the studio is complete: {house.studio.base_url}, its home {house.home}")
                return await _in(house, journal, options, say)
        finally:
            journal.close()


async def _in(house: House, journal: Journal, options: Options, say: Callable[[str], None]) -> Result:
    monkey = Monkey(house, say)
    load = Load(house, journal, options.seed, writers=options.writers, journeys=options.journeys)
    began = time.monotonic()
    working = load.begin()
    progress = asyncio.create_task(_progress(load, journal, say))
    try:
        await _break(monkey, options)
        say("no more faults; every journey comes to its end")
        house.proxies.heal()
        stuck = ""
        try:
            await load.finish(working)
        except TimeoutError:
            stuck = "not every journey came to an end"
        left = await quiet(house.postgres.direct, _QUIET_SECONDS)
    finally:
        progress.cancel()
        working.cancel()
        await asyncio.gather(progress, working, return_exceptions=True)
    problems = [*monkey.failed, *([stuck] if stuck else []), *([f"not quiet: {left}"] if left else [])]
    say("the auditor reads")
    code, audit = await asyncio.to_thread(_audit, house, journal, options)
    counts = journal.counts
    lines = [
        f"seed {options.seed}, {time.monotonic() - began:.0f} s",
        f"faults survived: {sum(monkey.made.values())}",
        *(f"  {count:>4} × {name}" for name, count in sorted(monkey.made.items())),
        *(f"     – {name}: not done: {why}" for name, why in monkey.not_done.items()),
        f"journeys: {', '.join(f'{count} {how}' for how, count in load.ends.most_common())}",
        f"commands: {counts['answered']} answered, {counts['refused']} refused; {counts['twins']} given twice at once,"
        f" {counts['quarrel']} quarrels",
        f"met on the way: {counts['connections lost']} connections lost, {counts['503 met']} × 503,"
        f" {counts['429 met']} × 429; the provider answered {house.provider.answered} times",
        f"streams: {counts['stream']}",
        "invariants:",
        audit,
        *(f"  ✗ {problem}" for problem in problems),
    ]
    ok = code == 0 and not problems
    lines.append("nothing lost, nothing twice" if ok else "NOT everything held")
    return Result(ok, "\n".join(lines))


async def _break(monkey: Monkey, options: Options) -> None:
    if options.faults:
        for number, name in enumerate(options.faults):
            await asyncio.sleep(1.0)
            await monkey.make(BY_NAME[name], options.seed + number)
        return
    lanes: list[list[Step]] = [
        plan(options.seed, lane, _ROUNDS, kafka=options.kafka, disk=options.disk) for lane in ("processes", "stores")
    ]
    await monkey.play(lanes, time.monotonic() + options.minutes * 60)


async def _progress(load: Load, journal: Journal, say: Callable[[str], None]) -> None:
    while True:
        await asyncio.sleep(20)
        say(f"… {journal.counts['answered']} commands answered, {sum(load.ends.values())} journeys ended")


def _audit(house: House, journal: Journal, options: Options) -> tuple[int, str]:
    command = [sys.executable, "-m", "tests.chaos.auditor", "--database-url", house.postgres.direct]
    command += ["--journal", str(journal.path), "--prefect", house.prefect.direct, "--logs", str(house.home / "logs")]
    command += ["--logs", str(house.home.with_name(f"{house.home.name}.out"))]
    command += [word for planted in PLANTED for word in ("--planted", planted)]
    command += [word for name in options.without for word in ("--without", name)]
    if house.kafka is not None:
        command += ["--kafka", house.kafka.broker.bootstrap, "--topic", TOPIC]
    done = subprocess.run(
        command,
        cwd=_ROOT,
        env=dict(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_AUDIT_SECONDS,
    )
    if options.keep is not None:
        _keep(house, options.keep, done.stdout + done.stderr)
    return done.returncode, (done.stdout + done.stderr).rstrip()


def _keep(house: House, place: Path, audit: str) -> None:
    """What an investigation needs once the house is gone: the logs and the tables."""
    (place / "audit.txt").write_text(audit)
    for path in (house.home / "logs").iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    tables = ("command_inbox", "domain_events", "async_tasks", "flow_resume_handles", "flow_run_leases", "event_outbox")
    with psycopg.connect(house.postgres.direct) as connection:
        for table in tables:
            query = f"COPY {table} TO STDOUT WITH (FORMAT csv, HEADER)".encode()
            with (place / f"{table}.csv").open("wb") as stream, connection.cursor().copy(query) as copy:
                for data in copy:
                    stream.write(data)

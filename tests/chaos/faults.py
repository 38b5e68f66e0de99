"""What can go wrong, each as one function: it breaks something, and returns when that has been put right again."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import psycopg
import redis.asyncio

from tests.chaos.house import PROCESSES, House
from tests.chaos.proxy import Proxy

Work = Callable[[House, Random], Awaitable[str]]
"""Does it; returns a word on what came of it, empty when there is nothing to say."""


@dataclass(frozen=True)
class Fault:
    """`lane`: two faults of one lane never overlap, faults of different lanes may."""

    name: str
    lane: str
    work: Work


class NotDone(Exception):
    """This fault could not be made; the text says why."""


def _kill(name: str) -> Work:
    async def work(house: House, _: Random) -> str:
        before = house.pid(name)
        if not house.send(name, signal.SIGKILL):
            raise NotDone("it was down already")
        await house.back(name, before)
        return ""

    return work


def _freeze(name: str) -> Work:
    async def work(house: House, dice: Random) -> str:
        seconds = 3 + dice.random() * 6
        if name == "worker" and dice.random() < 0.5:
            seconds = 18.0  # longer than its leases
        pid = house.pid(name)
        if pid is None or not house.send(name, signal.SIGSTOP):
            raise NotDone("it was down already")
        try:
            await asyncio.sleep(seconds)
        finally:
            house.send(name, signal.SIGCONT)
        return f"{seconds:.0f} s"

    return work


def _postgres(number: signal.Signals) -> Work:
    async def work(house: House, dice: Random) -> str:
        await house.postgres.stop(number)
        await asyncio.sleep(dice.random() * 4)
        await house.postgres.start()
        return ""

    return work


async def _redis_restart(house: House, dice: Random) -> str:
    await house.redis.stop()
    await asyncio.sleep(1 + dice.random() * 5)
    await house.redis.start()
    return ""


async def _redis_flush(house: House, _: Random) -> str:
    client = redis.asyncio.Redis.from_url(house.redis.direct)
    try:
        await client.flushall()
    finally:
        await client.aclose()
    return ""


def _kafka(low: float, high: float) -> Work:
    async def work(house: House, dice: Random) -> str:
        if house.kafka is None:
            raise NotDone("PostgreSQL is the bus")
        seconds = low + dice.random() * (high - low)
        await house.kafka.stop()
        await asyncio.sleep(seconds)
        await house.kafka.start()
        return f"away for {seconds:.0f} s"

    return work


def _prefect(low: float, high: float) -> Work:
    async def work(house: House, dice: Random) -> str:
        await house.prefect.stop()
        await asyncio.sleep(low + dice.random() * (high - low))
        await house.prefect.start()
        return ""

    return work


def _proxy(server: str, how: str) -> Work:
    async def work(house: House, dice: Random) -> str:
        part = getattr(house, server)
        if part is None:
            raise NotDone("PostgreSQL is the bus")
        proxy: Proxy = part.proxy
        try:
            if how == "cut":
                for _ in range(dice.randrange(1, 5)):
                    proxy.cut()
                    await asyncio.sleep(dice.random())
            elif how == "delay":
                proxy.delay(0.02 + dice.random() * 0.15)
                await asyncio.sleep(4 + dice.random() * 6)
            else:
                proxy.hold()
                await asyncio.sleep(3 + dice.random() * 12)
        finally:
            proxy.pass_all()
            if how == "hole" and dice.random() < 0.5:
                proxy.cut()  # what was held back never comes
        return ""

    return work


async def _neighbour(house: House, dice: Random) -> str:
    """An open write anywhere in the cluster holds every reader of the log back; they catch up afterwards."""
    seconds = 10 + dice.random() * 10
    async with await psycopg.AsyncConnection.connect(house.postgres.direct, autocommit=True) as connection:
        with suppress(psycopg.errors.DuplicateDatabase):
            await connection.execute("CREATE DATABASE neighbour")
    try:
        async with await psycopg.AsyncConnection.connect(house.postgres.database("neighbour")) as connection:
            await connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
            await connection.execute("INSERT INTO kept VALUES (1)")
            await asyncio.sleep(seconds)
            await connection.commit()
    except psycopg.OperationalError:
        return "ended early: the server was restarted"
    return f"held for {seconds:.0f} s"


async def _full_disk(house: House, dice: Random) -> str:
    if house.disk is None:
        raise NotDone("there is no small disk")
    taken = await asyncio.to_thread(house.disk.fill)
    try:
        await asyncio.sleep(4 + dice.random() * 6)
    finally:
        await asyncio.to_thread(house.disk.free)
    return f"{taken >> 20} MB taken"


async def _after_the_answer(house: House, _: Random) -> str:
    """The worker dies as the last byte of a provider's answer has left: nobody has kept it yet."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def kill() -> None:
        house.send("worker", signal.SIGKILL)
        loop.call_soon_threadsafe(told.set)

    before = house.pid("worker")
    house.provider.on_answered = kill
    try:
        async with asyncio.timeout(40):
            await told.wait()
    except TimeoutError:
        raise NotDone("nobody asked the provider") from None
    finally:
        house.provider.on_answered = None
    await house.back("worker", before)
    return ""


async def _before_the_outcome(house: House, _: Random) -> str:
    """The worker dies between the kept answer and its outcome."""
    before = house.pid("worker")
    try:
        killed = await _kill_before_the_outcome(house)
    except psycopg.OperationalError:  # the other lane's doing, perhaps after the kill
        killed = house.pid("worker") != before
        if not killed:
            raise NotDone("PostgreSQL went away meanwhile") from None
    if not killed:
        raise NotDone("no generation came to its end meanwhile")
    await house.back("worker", before)
    return ""


async def _kill_before_the_outcome(house: House) -> bool:
    """A lock on the inbox holds the outcome off until the worker is dead. Whether it came to that."""
    running = "SELECT EXISTS (SELECT FROM async_tasks WHERE status = 'RUNNING' AND result_data IS NULL)"
    kept = "SELECT EXISTS (SELECT FROM async_tasks WHERE status = 'RUNNING' AND result_data IS NOT NULL)"
    url = house.postgres.direct
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as eyes:

        async def sees(query: str, seconds: float) -> bool:
            for _look in range(int(seconds / 0.05)):
                row = await (await eyes.execute(query.encode())).fetchone()
                if row is not None and row[0]:
                    return True
                await asyncio.sleep(0.05)
            return False

        for _attempt in range(6):
            if not await sees(running, 20):
                break
            async with await psycopg.AsyncConnection.connect(url) as hand, hand.transaction(force_rollback=True):
                await hand.execute("LOCK TABLE command_inbox IN SHARE MODE")
                if not await sees(kept, 6):
                    continue
                if not house.send("worker", signal.SIGKILL):
                    raise NotDone("it was down already")
                return True
    return False


FAULTS = (
    *(Fault(f"SIGKILL {name}", "processes", _kill(name)) for name in PROCESSES),
    *(Fault(f"SIGSTOP {name}", "processes", _freeze(name)) for name in PROCESSES),
    Fault("worker killed after the provider's answer", "processes", _after_the_answer),
    Fault("worker killed before the outcome", "processes", _before_the_outcome),
    Fault("PostgreSQL fast restart", "stores", _postgres(signal.SIGINT)),
    Fault("PostgreSQL immediate restart", "stores", _postgres(signal.SIGQUIT)),
    Fault("PostgreSQL SIGKILL", "stores", _postgres(signal.SIGKILL)),
    Fault("Redis SIGKILL", "stores", _redis_restart),
    Fault("Redis FLUSHALL", "stores", _redis_flush),
    Fault("Kafka SIGKILL", "stores", _kafka(0.5, 6)),
    Fault("Prefect SIGKILL", "stores", _prefect(0, 6)),
    *(
        Fault(f"{server} {said}", "stores", _proxy(server, how))
        for server in ("postgres", "redis", "kafka", "prefect")
        for how, said in (("cut", "connections cut"), ("delay", "slow"), ("hole", "black hole"))
    ),
    Fault("an open write in a neighbouring database", "stores", _neighbour),
    Fault("full disk", "stores", _full_disk),
)
LONG_OUTAGE = Fault("Kafka away longer than max_retries would last", "stores", _kafka(50, 60))
BY_NAME = {fault.name: fault for fault in (*FAULTS, LONG_OUTAGE)}
SHORT = (
    "worker killed before the outcome",
    *(f"SIGKILL {name}" for name in PROCESSES),
    "Prefect SIGKILL",
    "PostgreSQL immediate restart",
    "Redis SIGKILL",
)
"""One of each process, and the stores: what the short form has time for."""

"""Names what `genesis doctor` finds, and looks whether Redis and Kafka are there. The database: database_checks.py."""

import asyncio
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.asyncio.connection import parse_url
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout

from infrastructure.doctor.reachability import PATIENCE, SLOW, unreachable

_WITHOUT_REDIS = "Everything works, by polling, later"


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok` None: worth knowing, not wrong."""

    name: str
    ok: bool | None
    detail: str
    remedy: str = ""


async def look_at_redis(url: str) -> Finding:
    place = parse_url(url)
    host, port = str(place.get("path") or place.get("host", "localhost")), int(place.get("port", 6379))
    if (why := await unreachable(host, port)) is not None:
        return Finding("Redis", False, f"{why}. {_WITHOUT_REDIS}", "Check GENESIS_REDIS_URL, and that it runs.")
    redis = Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
    try:
        async with asyncio.timeout(PATIENCE):
            await redis.ping()
    except (TimeoutError, RedisTimeout):
        return Finding("Redis", False, f"{SLOW}. {_WITHOUT_REDIS}", "See what keeps it busy: `redis-cli SLOWLOG GET`.")
    except (RedisError, OSError) as error:
        why = f"it answers, and refuses ({type(error).__name__})"
        return Finding("Redis", False, f"{why}. {_WITHOUT_REDIS}", "Check user and password in GENESIS_REDIS_URL.")
    finally:
        await redis.aclose()
    return Finding("Redis", True, "answers")


async def look_at_kafka(bootstrap: str) -> Finding:
    """Whether any of the brokers takes a connection."""
    said = []
    for broker in bootstrap.split(","):
        host, _, port = broker.strip().rpartition(":")
        if not (host and port.isascii() and port.isdigit() and int(port) < 65536):
            said.append(f"{broker.strip()} is no host and port")
        elif (why := await unreachable(host.strip("[]"), int(port))) is None:
            return Finding("Kafka", True, f"{broker.strip()} takes connections")
        else:
            said.append(why)
    return Finding(
        "Kafka",
        False,
        "no broker can be reached, and messages wait in the outbox: " + "; ".join(said),
        "Check GENESIS_KAFKA_BOOTSTRAP.",
    )

"""What `genesis doctor` finds, and whether Redis and Kafka are there. The database: checkup_database.py."""

import asyncio
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import RedisError

_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok` None: worth knowing, not wrong."""

    name: str
    ok: bool | None
    detail: str
    remedy: str = ""


async def look_at_redis(url: str) -> Finding:
    redis = Redis.from_url(url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE)
    try:
        await redis.ping()
    except (RedisError, OSError, TimeoutError):
        return Finding(
            "Redis", False, "it cannot be reached: everything works, by polling, later", "Check GENESIS_REDIS_URL."
        )
    finally:
        await redis.aclose()
    return Finding("Redis", True, "answers")


async def look_at_kafka(bootstrap: str) -> Finding:
    """Whether any of the brokers takes a connection."""
    for broker in bootstrap.split(","):
        host, _, port = broker.strip().rpartition(":")
        try:
            async with asyncio.timeout(_PATIENCE):
                _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        except (OSError, TimeoutError, ValueError):
            continue
        writer.close()
        return Finding("Kafka", True, f"{broker.strip()} takes connections")
    return Finding(
        "Kafka", False, "no broker can be reached: messages wait in the outbox", "Check GENESIS_KAFKA_BOOTSTRAP."
    )

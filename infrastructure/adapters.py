"""Chooses what processes share wake-ups, presence and limits over: Redis where there is one, else the database."""

from infrastructure.coordination.presence import PresenceStore
from infrastructure.coordination.rate_limits import RateLimits
from infrastructure.postgres.pool import Pool
from infrastructure.postgres.presence import PostgresPresence
from infrastructure.postgres.rate_limits import PostgresWindows
from infrastructure.postgres.wakeups import PostgresHints
from infrastructure.redis.presence import RedisPresence
from infrastructure.redis.rate_limits import RedisWindows
from infrastructure.redis.wakeups import NoHints, RedisHints
from infrastructure.settings import Settings

StudioHints = RedisHints | PostgresHints | NoHints


def make_hints(settings: Settings) -> StudioHints:
    """Wake-ups for one process; close them at its end. With neither server known, everybody polls."""
    if settings.redis_url is not None:
        return RedisHints(settings.redis_url.get_secret_value())
    if settings.database_url is not None:
        return PostgresHints(settings.database_url.get_secret_value())
    return NoHints()


def make_presence_store(settings: Settings, pool: Pool) -> PresenceStore:
    if settings.redis_url is not None:
        return RedisPresence(settings.redis_url.get_secret_value())
    return PostgresPresence(pool)


def make_limits(settings: Settings, pool: Pool) -> RateLimits:
    """Limits for one process; close them at its end."""
    if settings.redis_url is not None:
        return RateLimits(settings, RedisWindows(settings.redis_url.get_secret_value()))
    return RateLimits(settings, PostgresWindows(pool))

"""Bounds what one generation may ask of a model. Its writer obeys them, and its price is reckoned by them."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

REQUESTS = 3
"""The most requests that one click may cost, whatever goes wrong."""

RETRIES = REQUESTS - 1
"""How often a generation that failed is attempted again, if its writer has not tried again by itself."""


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds. `first`: until the first byte; `silence`: between two bytes; `total`: for all requests of one part.

    What is asked for at once is one part. `overall`: for all parts of a click together, however many they are.
    """

    first: float
    silence: float
    total: float
    overall: float = 7_200

    def most(self, parts: int) -> float:
        """How long a click may take that comes in so many parts."""
        return self.total if parts <= 1 else max(self.total, min(self.total * parts, self.overall))


LOCAL = TimeLimits(first=900, silence=240, total=1_500, overall=7_200)
"""A model on this machine reads for minutes, and may have to be loaded first; its cast of eight may take two hours."""

REMOTE = TimeLimits(first=120, silence=90, total=420, overall=1_680)


def limits_for(base_url: str | None, total: float | None) -> TimeLimits:
    """`total`: what the settings say, None: what suits the place."""
    limits = LOCAL if base_url is not None and is_loopback(base_url) else REMOTE
    if total is None:
        return limits
    return TimeLimits(min(limits.first, total), min(limits.silence, total), total, max(limits.overall, total))


def is_loopback(url: str) -> bool:
    """Whether `url` stays on this machine."""
    host = (urlsplit(url if "//" in url else f"//{url}").hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

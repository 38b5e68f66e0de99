"""Bounds what one generation may ask of a model. Its writer obeys them, and its price is reckoned by them."""

from dataclasses import dataclass

REQUESTS = 3
"""The most requests that one click may cost, whatever goes wrong."""

RETRIES = REQUESTS - 1
"""How often a generation that failed is attempted again, if its writer has not tried again by itself."""


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds. `first`: until the first byte; `silence`: between two bytes; `total`: for all requests of a click."""

    first: float
    silence: float
    total: float


LOCAL = TimeLimits(first=900, silence=240, total=1_500)
"""A model on this machine reads for minutes, and may have to be loaded first."""

REMOTE = TimeLimits(first=120, silence=90, total=420)

"""Listens to hints: hands each one to a function, and survives whatever a hint holds."""

from collections.abc import Callable

import structlog

from application.wakeups import Hint, Hints

_LOOK_SECONDS = 30.0

log = structlog.get_logger(__name__)


async def listen(hints: Hints, channels: tuple[str, ...], take: Callable[[Hint], None]) -> None:
    """Until it is cancelled. A hint is never needed, so one that `take` cannot use is logged and passed over."""
    async with hints.listen(*channels) as listener:
        while True:
            hint = await listener.next(_LOOK_SECONDS)
            if hint is None:
                continue
            try:
                take(hint)
            except Exception as error:
                # without its text: a hint may quote a draft
                log.warning("hint_not_understood", channel=hint.channel, error=type(error).__name__)

"""One step's use of a model: requests that are counted together and told together, and how long it may take."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from application.writers import Sent, WriterError
from infrastructure.writers.model.asking import Meter
from infrastructure.writers.model.chapter.watch import Watch
from infrastructure.writers.model.connections import Connection
from infrastructure.writers.model.prompts import stored_prompt
from infrastructure.writers.model.sent import SentLog

log = structlog.get_logger(__name__)


@dataclass
class StepUse:
    """`version`: of the prompts that are asked with."""

    connection: Connection
    correlation: str
    version: str

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """What comes next is counted and told by itself."""
        self.meter = Meter(self.connection.base_url, self.connection.prices)
        self.sent = SentLog()
        self.watch = Watch()

    def failed(self, error: WriterError) -> WriterError:
        """The same, with what it used and had asked."""
        self.sent.stopped(error.code, self.meter.last)
        error.spent, error.tries = self.meter.spent(), self.meter.requests
        error.sent = Sent(self.connection.name, self.version, self.sent.asked, self.sent.texts)
        facts = {"code": error.code, "model": self.connection.name, "requests": self.meter.requests}
        log.warning("model_failed", correlation_id=self.correlation, **facts)
        return error

    def clock(self) -> Callable[[], float]:
        """Seconds that are left of a step."""
        deadline = self.watch.clock() + self.connection.limits.total
        return lambda: deadline - self.watch.clock()

    def news(self, asking: "asyncio.Task[Any]") -> AsyncIterator[None]:
        deadline = self.watch.clock() + self.connection.limits.total
        return self.watch.until_done(asking, deadline, self.connection.limits)


def version_of(prefix: str, *names: str) -> str:
    return f"{prefix}-" + ".".join(stored_prompt(name)[0] for name in names)

"""A studio at another time."""

from dataclasses import replace

from application.credits import CreditPolicy
from application.handle_command import CommandHandler
from application.ports import Clock
from infrastructure.bootstrap import Studio


def at(made: Studio, clock: Clock) -> Studio:
    """`made`, where whatever is decided is decided by `clock`."""
    policies = (CreditPolicy(made.pricing, made.materials),) if made.pricing else ()
    return replace(made, clock=clock, commands=CommandHandler(made.store, clock, made.hints, policies))

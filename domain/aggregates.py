"""Lists the aggregates. The codec, the command routes and the messages come from this list, and from nowhere else."""

from collections.abc import Sequence

from domain.account.aggregate import ACCOUNT
from domain.aggregate import Aggregate, Body, DomainEvent, Upcaster
from domain.audit.aggregate import AUDIT
from domain.chapter.aggregate import CHAPTER
from domain.genesis.aggregate import GENESIS_SESSION
from domain.project.aggregate import PROJECT


class AmbiguousAggregates(TypeError):
    """Two aggregates claim the same name."""


class Aggregates:
    """Finds an aggregate by its type, by a command's body or its type, or by a stored event's name.

    Raises AmbiguousAggregates when two of them claim one type, event name, body or command type.
    """

    def __init__(self, all_of_them: Sequence[Aggregate]) -> None:
        self.all = tuple(all_of_them)
        self.by_type: dict[str, Aggregate] = {}
        self.by_event: dict[str, Aggregate] = {}
        self.events: dict[str, type[DomainEvent]] = {}
        self.upcasters: dict[tuple[str, int], Upcaster] = {}
        self._by_body: dict[type[Body], Aggregate] = {}
        self.by_command_type: dict[str, Aggregate] = {}
        for aggregate in self.all:
            _claim(self.by_type, aggregate.aggregate_type, aggregate, "the type")
            for event in aggregate.events:
                _claim(self.by_event, event.__name__, aggregate, "the event name")
                self.events[event.__name__] = event
            self.upcasters |= aggregate.upcasters
            for body in (*aggregate.commands, *aggregate.internal):
                _claim(self.by_command_type, str(body.command_type), aggregate, "the command type")
                self._by_body[body] = aggregate

    def of(self, body: Body) -> Aggregate:
        """The aggregate that decides on `body`. Raises KeyError for a body that nobody has claimed."""
        return self._by_body[type(body)]


def _claim(names: dict[str, Aggregate], name: str, aggregate: Aggregate, kind: str) -> None:
    if name in names:
        claimants = sorted({names[name].aggregate_type, aggregate.aggregate_type})
        raise AmbiguousAggregates(f"{kind} {name} is claimed twice ({', '.join(claimants)}).")
    names[name] = aggregate


AGGREGATES = Aggregates((GENESIS_SESSION, ACCOUNT, AUDIT, PROJECT, CHAPTER))

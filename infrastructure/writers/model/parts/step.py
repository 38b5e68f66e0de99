"""One part of a large content, as it is asked for: what is told before it, its shape, and how it is found again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from domain.genesis.proposals import Content
from infrastructure.writers.model.schemas import Json, one_of


@dataclass(frozen=True)
class Step:
    """`key` names it among what is kept, `name` its kind in budgets, `number` its place among `of` parts.

    `told` are pieces of material that stand before the `task`; `only` are the fields of a kind that it asks for, where
    they are not all; `items`: (list, least, most) of how many; `person`: whom it is about. `needed`: what comes after
    it is built on it. `picked` finds the part in an answer, None where the answer has it not.
    """

    key: str
    name: str
    kind: type[BaseModel]
    number: int
    of: int
    task: str
    items: tuple[str, int, int]
    picked: Callable[[Content], Content | None]
    told: tuple[tuple[str, Any], ...] = ()
    only: Mapping[type[BaseModel], tuple[str, ...]] = field(default_factory=dict)
    person: str | None = None
    needed: bool = False

    def bounded(self, schema: Json) -> Json:
        """The schema of its kind, with the number of items that it has, and the name of whom it is about."""
        name, least, most = self.items
        if name in schema["properties"]:  # beats of a preset are the keys of an object: their number is fixed already
            listed = schema["properties"][name]
            if listed.get("type") == "array":
                listed["minItems"], listed["maxItems"] = least, most
            if self.person is not None:
                listed["items"]["properties"]["name"] = one_of([self.person])
        return schema

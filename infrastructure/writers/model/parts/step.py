"""One part of a large content, as it is asked for: what is told before it, its shape, and how it is found again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from domain.genesis.proposals import Content
from infrastructure.writers.model.schemas import Json, one_of

Fitting = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Came:
    """One content as far as it came. `missing`: JSON pointers to what of it did not, and can be asked for.

    `adjustments`: what a refinement says has changed; `unchanged`: pointers to what it was to change, and could not,
    and `names` what that is called.
    """

    content: Content
    missing: tuple[str, ...] = ()
    adjustments: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """`key` names it among what is kept, `name` its kind in budgets, `number` its place among `of` parts.

    `told` are pieces of material that stand before the `task`; `only` are the fields of a kind that it asks for, where
    they are not all; `items`: (list, least, most) of how many; `person`: whom it is about. `needed`: what comes after
    it is built on it; `settles`: how many parts there are is known only with it. `picked` finds the part in an answer,
    None where the answer has it not. `bound` narrows the schema further; `fitted` completes an answer before it is
    judged; `adjusts`: a refinement tells what it has changed; `target`: what is told of the refined content, where that
    is less than all. `variant`: which of several proposals it is a part of.
    """

    key: str
    name: str
    kind: type[BaseModel]
    number: int
    of: int
    task: str
    picked: Callable[[Content], Content | None]
    items: tuple[str, int, int] | None = None
    told: tuple[tuple[str, Any], ...] = ()
    only: Mapping[type[BaseModel], tuple[str, ...]] = field(default_factory=dict)
    person: str | None = None
    needed: bool = False
    settles: bool = False
    bound: Callable[[Json], None] | None = None
    fitted: Fitting | None = None
    adjusts: bool = True
    target: Any = None
    variant: int | None = None

    def bounded(self, schema: Json) -> Json:
        """The schema of its kind, with the number of items that it has, and the name of whom it is about."""
        if self.items is not None and self.items[0] in schema["properties"]:
            name, least, most = self.items
            listed = schema["properties"][name]
            if listed.get("type") == "array":  # beats of a preset are the keys of an object: their number is fixed
                listed["minItems"], listed["maxItems"] = least, most
            if self.person is not None:
                listed["items"]["properties"]["name"] = one_of([self.person])
        if self.bound is not None:
            self.bound(schema)
        return schema

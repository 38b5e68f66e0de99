"""Templates: sentences with typed slots. They are checked when they are read and filled from a plan.

`{slot}` or `{slot.form}`; a capital letter in front asks for one in the text. A pronoun, `{first}` or `{name}` without
a person before it is the person whom the text is about. `[has|have]` agrees with the person of the last `{they}`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from infrastructure.writers.muse import forms
from infrastructure.writers.muse.dice import Dice
from infrastructure.writers.muse.forms import Forms, capital
from infrastructure.writers.muse.lexicon import columns

_MARK = re.compile(r"\{([A-Za-z][a-z0-9_]*)(?:\.([a-z_]+))?\}|\[([^\[\]|]*)\|([^\[\]|]*)\]")
_PEOPLE = ("me", "ally", "mentor", "love", "foil", "supporting", "other")
_TEXTS = (
    "spark", "time", "age", "sketch", "value", "price", "secret", "wish", "kind", "motif", "force", "goal",
    "consequence", "lie", "truth", "fear", "theme", "midpoint", "setup", "d1", "d2", "d3", "ending", "image",
)  # fmt: skip
SLOTS: Mapping[str, frozenset[str]] = {
    "hero": forms.HERO,
    "rival": forms.RIVAL,
    **dict.fromkeys(_PEOPLE, forms.PERSON),
    "place": forms.PLACE,
    "token": forms.THING,
    "subject": forms.NAMED,
    "clock": forms.NAMED,
    **dict.fromkeys(_TEXTS, forms.TEXT),
}
"""Every slot there is, with the forms of its type."""

_SHORT = {**{form: ("me", form) for form in (*forms.PRONOUNS, "first")}, "name": ("me", "")}


class TemplateError(ValueError):
    """A template asks for a slot or a form that does not exist."""


@dataclass(frozen=True, slots=True)
class Slot:
    name: str
    form: str
    capital: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    one: str
    many: str


@lru_cache(maxsize=8192)
def parts(template: str) -> tuple[str | Slot | Agreement, ...]:
    """A template taken apart. Raises TemplateError."""
    found: list[str | Slot | Agreement] = []
    at = 0
    for mark in _MARK.finditer(template):
        found.append(template[at : mark.start()])
        at = mark.end()
        found.append(_slot(template, mark[1], mark[2] or "") if mark[1] else Agreement(mark[3], mark[4]))
    found.append(template[at:])
    if any(isinstance(part, str) and set(part) & set("{}[]<>|") for part in found):
        raise TemplateError(f"A mark is not closed or not known: {template}")
    return tuple(part for part in found if part != "")


def _slot(template: str, written: str, form: str) -> Slot:
    name = written[:1].lower() + written[1:]
    name, form = _SHORT[name] if not form and name in _SHORT else (name, form)
    if form not in SLOTS.get(name, ()):
        raise TemplateError(f"There is no slot {{{written}{'.' + form if form else ''}}}: {template}")
    return Slot(name, form, written[:1].isupper())


@dataclass(frozen=True, slots=True)
class Realiser:
    """Writes with one plan's slots. `allowed` says whether a text keeps to what the writer does not want.

    `said` holds the texts of this proposal, so that no sentence is in it twice.
    """

    slots: Mapping[str, Forms]
    dice: Dice
    allowed: Callable[[str], bool]
    said: set[str] = field(default_factory=set)

    def write(self, template: str) -> str:
        """The text of one template. Raises KeyError for a slot that this plan has no value for: a fault of ours."""
        text, number = "", "one"
        for part in parts(template):
            if isinstance(part, str):
                text += part
            elif isinstance(part, Agreement):
                text += part.one if number == "one" else part.many
            else:
                value = self.slots[part.name]
                number = value["number"] if part.form == "they" else number
                text += capital(value[part.form]) if part.capital else value[part.form]
        return text

    def say(self, key: str, templates: str | Sequence[str], further: int = 0) -> str:
        """One of `templates`, written: allowed and not said yet in this proposal, where there is one."""
        options = [templates] if isinstance(templates, str) else list(templates)
        allowed = [option for option in options if self.allowed(self.write(option))] or options
        chosen = self.dice.pick(key, allowed, lambda option: self.write(option) not in self.said, further)
        text = self.write(chosen)
        self.said.add(text)
        return text

    def some(self, key: str, templates: Sequence[str], count: int) -> list[str]:
        """Up to `count` different ones that are allowed."""
        chosen = self.dice.sample(key, list(templates), count, lambda option: self.allowed(self.write(option)))
        return list(dict.fromkeys(self.write(template) for template in chosen))

    def fits(self, row: str) -> bool:
        """Whether a data row, all its columns written, is allowed."""
        return self.allowed(" ".join(self.write(cell) for cell in columns(row, 1)))

    def with_slots(self, **slots: Forms | str) -> "Realiser":
        """The same with other values; a text stands for itself."""
        added = {name: {"": value} if isinstance(value, str) else value for name, value in slots.items()}
        return replace(self, slots={**self.slots, **added})

"""Templates to sentences. Three marks: {slot} or {modifier slot}, <<one|another>>, and [singular|plural]."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from infrastructure.writers.muse.dice import Dice

_ALTERNATIVES = re.compile(r"<<([^<>]*)>>")
_AGREEMENT = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
_SLOT = re.compile(r"\{(?:([a-z]+) )?([A-Za-z_0-9]+)\}")

Modifier = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a language does to words: named modifiers, and the last touch on a finished text."""

    modifiers: Mapping[str, Modifier]
    polish: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes with one set of slots. `allowed` says whether a text respects what the writer rejected."""

    slots: Mapping[str, str]
    dice: Dice
    grammar: Grammar
    allowed: Callable[[str], bool]
    plural: bool = False

    def write(self, template: str) -> str:
        """The finished text of one template; one that begins small is a part of a sentence and stays small.

        Raises KeyError for a slot that does not exist: a fault in the data.
        """
        return self.phrase(template) if template[:1].islower() else self.grammar.polish(self._filled(template))

    def phrase(self, template: str) -> str:
        """The same for a part of a sentence: its first letter stays as it is."""
        filled = self._filled(template).strip()
        text = self.grammar.polish(filled)
        return filled[:1] + text[1:] if filled[:1].lower() == text[:1].lower() else text

    def _filled(self, template: str) -> str:
        text = _ALTERNATIVES.sub(self._alternative, template)
        text = _AGREEMENT.sub(lambda match: match[2 if self.plural else 1], text)
        return _SLOT.sub(self._slot, text)

    def say(self, key: str, templates: str | Sequence[str], turn: int = 0) -> str:
        """One of `templates` that respects the rejections, written out."""
        options = [templates] if isinstance(templates, str) else list(templates)
        return self.write(self.dice.pick(key, options, lambda option: self.allowed(self.write(option)), turn))

    def some(self, key: str, templates: Sequence[str], count: int) -> list[str]:
        """Up to `count` different ones."""
        chosen = self.dice.sample(key, list(templates), count, lambda option: self.allowed(self.write(option)))
        return list(dict.fromkeys(self.write(template) for template in chosen))

    def with_slots(self, **slots: str) -> "Pen":
        return Pen({**self.slots, **slots}, self.dice, self.grammar, self.allowed, self.plural)

    def _alternative(self, match: re.Match[str]) -> str:
        options = match[1].split("|")
        chosen: str = self.dice.pick(match[1], options, self.allowed)
        return chosen

    def _slot(self, match: re.Match[str]) -> str:
        value = self.slots[match[2]]
        modify = self.grammar.modifiers.get(match[1] or "")
        return modify(value) if modify else value

"""Sentences of a chapter: templates with slots, filled so that no sentence stands twice."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infrastructure.writers.muse.dice import Dice
from infrastructure.writers.muse.forms import capital
from infrastructure.writers.text_units import normal, sentences

PARAGRAPH = "\n"
"""What stands for the " / " of a template in the text: names may have strokes of their own."""

_SLOT = re.compile(r"\{(\w+)\}")
_TRIES, _NARROW_TRIES = 14, 6
_NARROW = {"obj": 9, "surf": 5, "matter": 6, "view": 4, "far": 6}
"""Of how many rows a scene takes what is in it, as long as they do: a room has few things, and is about few."""

_STAYS = {"matter": 2}
"""How many of them are those of the whole chapter."""

_WORTH = 3
"""Units of a sentence that is worth comparing with what others wrote: less is a piece of a name, or a cry."""

_SAID_I = re.compile(r"\b(said|asked) I\b")
_MASKS = {"A": "Aaaa", "a": "Aaaa", "B": "Bbbb", "b": "Bbbb", "b2": "Bbbb", "name": "Aaaa"}


def told(text: str) -> list[str]:
    """Its sentences in a form in which equal ones are equal, whatever their marks and capitals."""
    return [normal(one) or one for one in sentences(text)]


def _kind(key: str) -> str:
    return key.rstrip("0123456789")


@dataclass
class Prose:
    """`data` is a language's chapter file. `said` keeps what the chapter has; `used` how often each template served.

    `elsewhere`: what others have written there, with its names.
    """

    data: Mapping[str, Any]
    dice: Dice
    allowed: Callable[[str], bool]
    said: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    used: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    scene: int = 0
    _wide: bool = False
    _orders: dict[tuple[str, int], list[str]] = field(default_factory=dict)

    def pick(self, pool: Sequence[str], words: Mapping[str, str], most: int | None = None) -> str | None:
        """One of `pool`, written: the least used first, none of its sentences said before. None when there is none.

        `most`: how often a template may serve in a chapter.
        """
        ordered = self.dice.order(pool[0], pool)
        for template in sorted(ordered, key=lambda one: self.used.get(one, 0)):
            if most is not None and self.used.get(template, 0) >= most:
                continue
            for attempt in range(_TRIES):
                self._wide = attempt >= _NARROW_TRIES
                text, masked = self._filled(template, words)
                found = told(masked)
                fresh = len(set(found)) == len(found) and self.said.isdisjoint(found)
                fresh = fresh and self.elsewhere.isdisjoint(told(text))
                if fresh and self.allowed(text):
                    self.said.update(found)
                    self.used[template] = self.used.get(template, 0) + 1
                    return text
                if "{" not in re.sub(r"\{(?:A|a|B|b|b2|p|them|their|we|us|both|name|said)\}", "", template):
                    break  # nothing in it can change
        return None

    def fill(self, template: str, words: Mapping[str, str]) -> str:
        return self._filled(template, words)[0]

    def say(self, text: str) -> None:
        """Something that stands in the chapter, and not by a template."""
        self.elsewhere.update(one for one in told(text) if len(one.split()) >= _WORTH)

    def _filled(self, template: str, words: Mapping[str, str]) -> tuple[str, str]:
        """(the text, the same with other names, by which sentences are told apart)."""
        values: dict[str, str] = {}

        def value(key: str) -> str:
            if key == "bare":
                return value("matter").removeprefix("the ")
            if key not in values:
                values[key] = self._value(key, values)
            return values[key]

        def written(given: Mapping[str, str]) -> str:
            def one(match: re.Match[str]) -> str:
                key = match[1]
                if key in given:
                    return given[key]
                found = _SLOT.sub(one, value(key[:1].lower() + key[1:]))
                return capital(found) if key[:1].isupper() else found

            text = _SLOT.sub(one, template.replace(" / ", PARAGRAPH))
            return _SAID_I.sub(r"I \1", text) if given.get("a") == "I" else text

        return written(words), written({**words, **{key: mask for key, mask in _MASKS.items() if key in words}})

    def _value(self, key: str, values: Mapping[str, str]) -> str:
        """The next row of a slot's kind, so that each serves once before one serves again."""
        kind = _kind(key)
        rows = self._rows(kind)
        taken = {values[one] for one in values if _kind(one) == kind}
        more = self.data["more"].get(kind, ())
        for _ in range(len(rows) + len(taken)):
            turn = self.spent.get(kind, 0)
            self.spent[kind] = turn + 1
            time = turn // len(rows)
            # another order each time round, so that the same two do not meet again
            row = self._order(f"{kind}/{time}/{len(rows)}", rows)[turn % len(rows)]
            if row not in taken:
                return row + (more[(time - 1) % len(more)] if more and time else "")
        return str(rows[0])

    def _rows(self, kind: str) -> Sequence[str]:
        """What a slot may be filled with in this scene."""
        rows: Sequence[str] = self.data["slots"][kind]
        if self._wide or kind not in _NARROW:
            return rows
        stays = self._order(f"chapter/{kind}", rows)[: _STAYS.get(kind, 0)]
        here = [row for row in self._order(f"scene/{kind}", rows) if row not in stays]
        return [*stays, *here[: _NARROW[kind] - len(stays)]]

    def _order(self, key: str, rows: Sequence[str]) -> list[str]:
        """A shuffled order, of this scene where it is not the chapter's."""
        at = (key, 0 if key.startswith("chapter/") else self.scene)
        if at not in self._orders:
            self._orders[at] = self.dice.order("/".join(map(str, at)), rows)
        return self._orders[at]

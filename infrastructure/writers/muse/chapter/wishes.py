"""The instructions of a chapter: what the muse can follow of them, and what it has to say that it cannot."""

import re
from dataclasses import dataclass

from infrastructure.writers.muse.forms import capital

_CLAUSE = re.compile(r"[.;\n。；！!]+|，(?=不要|别|请|多|少)|,\s+(?=no\b|without|avoid|more|less|please)")
_COURTESY = re.compile(r"^(?:please|kindly|and|but|also|请|并且|而且)\s*", re.IGNORECASE)
_TELLS_FIRST = re.compile(r"\bfirst[- ]person\b|第一人称", re.IGNORECASE)
_TELLS_THIRD = re.compile(r"\bthird[- ]person\b|第三人称", re.IGNORECASE)
_TALK = r"(?:dialogues?|dialogs?|talk(?:ing)?|conversations?|对话|对白)"
_SILENT = re.compile(rf"(?:\b(?:no|without(?: any)?|avoid)\s+|不要|别写|没有|不用){_TALK}", re.IGNORECASE)
_MORE = re.compile(rf"(?:\bmore\s+|多一?[点些]|多写){_TALK}", re.IGNORECASE)
_LESS = re.compile(rf"(?:\b(?:less|fewer)\s+|少一?[点些]|少写){_TALK}", re.IGNORECASE)
_AVOID_EN = re.compile(
    r"^(?:no|without(?: any)?|avoid|never|do not|don['’]t|leave out)\s+"
    r"(?:(?:mention(?:ing)?|use|using|writ(?:e|ing) (?:of|about)|have|any|the|a|an|of|word)\s+)*"
    r"[“\"']?([\w’-]+(?: [\w’-]+)?)[”\"']?$",
    re.IGNORECASE,
)
_AVOID_ZH = re.compile(r"^(?:不要|别|不许|避免|不)(?:再)?(?:写|提到?|出现|用)?[“「]?(\w{1,6})[”」]?$")
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Wishes:
    """`first`: told as “I” (True), not so (False), or not said. `talk`: 0 none, 1 little, 2 usual, 3 much.

    `avoided`: words that no sentence of the muse may have. `unheard`: clauses that it cannot follow.
    """

    first: bool | None = None
    talk: int = 2
    avoided: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()

    def allows(self, text: str) -> bool:
        lower = text.casefold()
        return not any(word in lower for word in self.avoided)


def wishes_of(instructions: str) -> Wishes:
    first: bool | None = None
    talk = 2
    avoided: list[str] = []
    unheard: list[str] = []
    for part in _CLAUSE.split(instructions):
        clause = _COURTESY.sub("", " ".join(part.split()))
        if not any(char.isalnum() for char in clause):
            continue
        if _TELLS_FIRST.search(clause) or _TELLS_THIRD.search(clause):
            first = _TELLS_THIRD.search(clause) is None
        elif _SILENT.search(clause):
            talk = 0
        elif _MORE.search(clause):
            talk = 3
        elif _LESS.search(clause):
            talk = 1
        elif (found := _AVOID_EN.match(clause) or _AVOID_ZH.match(clause)) is not None:
            avoided.append(found[1].casefold())
        else:
            unheard.append(clause if len(clause) <= _SHOWN else clause[:_SHOWN].rstrip() + "…")
    return Wishes(first, talk, tuple(dict.fromkeys(avoided)), tuple(map(capital, dict.fromkeys(unheard))))

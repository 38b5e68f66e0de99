"""What the writer has asked for, read from feedback in their own words; what is not understood stays free text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from infrastructure.writers.muse.lexicon import load

WishKind = Literal[
    "name",
    "rename",
    "gender",
    "title",
    "place",
    "trade",
    "tone",
    "reject",
    "add",
    "structure",
    "words",
    "pov",
    "tense",
    "chapters",
    "retake",
    "note",
]


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing asked for. `role` is whose name or gender; `old` what a rename replaces."""

    kind: WishKind
    value: str
    role: str = "protagonist"
    old: str = ""


def is_chinese(text: str) -> bool:
    return bool(re.search(r"[\u3400-\u9fff]", text))


def parse(text: str) -> tuple[Wish, ...]:
    """The wishes in one piece of feedback. What no pattern knows stays, word for word, as a note."""
    wishes: list[Wish] = []
    for clause in _clauses(re.sub(r"(?<=\w)'(?=\w)", "’", text)):
        found = _read(clause)
        if found:
            wishes += found
        elif wishes and wishes[-1].kind == "note":
            joint = "，" if is_chinese(clause) else ", "
            wishes[-1] = Wish("note", wishes[-1].value + joint + clause)
        else:
            wishes.append(Wish("note", clause))
    return tuple(dict.fromkeys(wishes))


_TONE_LIMIT = 80  # characters; whoever says more is saying something else
_VERBS_EN = (
    r"make|set|call|name|rename|remove|add|drop|cut|less|more|no|give|move|change|darker|lighter|funnier|don’t|avoid|use|keep|"
    r"include|without|get|the (?:protagonist|hero|heroine|villain|antagonist|title|setting)|i (?:want|would)|please"
)
_JOINTS_EN = re.compile(
    rf",?\s+(?:and|but|also)\s+(?=(?:also\s+)?(?:{_VERBS_EN})\b)|,\s+(?=(?:{_VERBS_EN})\b)", re.IGNORECASE
)


def _clauses(text: str) -> list[str]:
    parts = re.split(r"[\n;；。！!]+|(?<![A-Z])\.(?=\s|$)|[，](?=.{2})", text)
    if not is_chinese(text):
        parts = [piece for part in parts for piece in _JOINTS_EN.split(part)]
    return [part for raw in parts if (part := raw.strip(" ,，、."))]


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: WishKind
    regex: re.Pattern[str]
    role: str
    value: str


@lru_cache(maxsize=2)
def _patterns(language: str) -> tuple[_Pattern, ...]:
    data = load(f"{language}/feedback")
    roles = data["roles_pattern"]
    return tuple(
        _Pattern(
            row["kind"],
            re.compile(
                row["re"].replace("<ROLE>", roles).replace("<FIELD>", data["fields_pattern"]),
                0 if row.get("case") else re.IGNORECASE,
            ),
            row.get("role", "protagonist"),
            row.get("value", ""),
        )
        for row in data["patterns"]
    )


def _read(clause: str) -> list[Wish]:
    language = "zh" if is_chinese(clause) else "en"
    data = load(f"{language}/feedback")
    wishes: list[Wish] = []
    for tone, words in data["tones"].items():
        said = rf"(?:{data['tone_frame']})*(?:{'|'.join(words)})(?:{data['tone_tail']})?"
        if len(clause) <= _TONE_LIMIT and re.fullmatch(said, clause, re.IGNORECASE):
            return [Wish("tone", tone)]
    for pattern in _patterns(language):
        found = pattern.regex.search(clause)
        if found:
            wishes += _wishes_of(pattern, found, data)
            if pattern.kind == "trade":
                wishes += _gender_of_pronoun(clause)
            if pattern.kind in ("name", "gender", "trade", "structure", "words", "pov", "tense", "chapters"):
                continue  # "a woman named Mara" says two things
            return wishes
    return list({(wish.kind, wish.role): wish for wish in wishes}.values())


def _gender_of_pronoun(clause: str) -> list[Wish]:
    """ "Make her a nurse" says a little more than "make the protagonist a nurse"."""
    found = re.search(r"\b(her|him)\b", clause, re.IGNORECASE)
    return [Wish("gender", "f" if found[1].lower() == "her" else "m")] if found else []


def _wishes_of(pattern: _Pattern, found: re.Match[str], data: Mapping[str, Any]) -> list[Wish]:
    groups = found.groupdict()
    role = pattern.role
    if groups.get("role"):
        role = next((key for key, words in data["roles"].items() if groups["role"].lower() in words), role)
    if pattern.kind == "retake":
        return _retake(groups, data)
    value = (groups.get("value") or pattern.value).strip(" \"“”'‘’《》「」.,，。")
    if not value:
        return []
    if pattern.kind == "gender":
        value = next((key for key, words in data["genders"].items() if value.lower() in words), "")
        return [Wish("gender", value, role)] if value else []
    if pattern.kind == "reject":
        tone = data["less_tones"].get(value.lower())
        if tone:
            return [Wish("tone", tone)]
        pieces = re.split(data["list_split"], value)
        trimmed = [re.sub(data["reject_trim"], "", piece.strip(), flags=re.IGNORECASE) for piece in pieces]
        return [Wish("reject", piece) for piece in trimmed if piece]
    if pattern.kind == "add":
        tone = next((key for key, words in data["more_tones"].items() if value.lower() in words), None)
        return [Wish("tone", tone)] if tone else [Wish("add", value)]
    return [Wish(pattern.kind, value, role, (groups.get("old") or "").strip(" \"“”'《》"))]


def _retake(groups: Mapping[str, str | None], data: Mapping[str, Any]) -> list[Wish]:
    """A complaint: which part is to be written again ("all" when it is about everything), and in which direction."""
    said = re.sub(data["reject_trim"], "", (groups.get("value") or "").lower())
    part = next((key for key, words in data["fields"].items() if said in words), "all")
    how = (groups.get("how") or "").lower()
    tone = next((key for key, words in data["too"].items() if how in words), None)
    return [Wish("retake", part), *([Wish("tone", tone)] if tone and part not in ("title", "protagonist") else [])]


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that holds for one generation; of two wishes for the same thing the later one counts."""

    items: tuple[Wish, ...] = ()
    extra_banned: tuple[str, ...] = field(default=())

    def last(self, kind: WishKind, role: str = "protagonist") -> str | None:
        return next((wish.value for wish in reversed(self.items) if wish.kind == kind and wish.role == role), None)

    def all(self, kind: WishKind) -> tuple[str, ...]:
        return tuple(dict.fromkeys(wish.value for wish in self.items if wish.kind == kind))

    @property
    def tones(self) -> tuple[str, ...]:
        """Tones still wanted: of two opposites the later one."""
        opposites = load("tones")["opposites"]
        kept: list[str] = []
        for tone in self.all("tone"):
            kept = [old for old in kept if opposites.get(tone) != old and tone != old] + [tone]
        return tuple(kept)

    @property
    def rejected(self) -> tuple[str, ...]:
        """Rejected terms, with what goes by the same name; what was asked for again later is allowed again."""
        terms: list[str] = []
        for wish in self.items:
            if wish.kind == "reject":
                terms.append(wish.value.lower())
            elif wish.kind == "add":
                terms = [term for term in terms if term not in wish.value.lower()]
        related = load("tones")["related"]
        return tuple(dict.fromkeys(word for term in terms for word in (term, *related.get(term, ()))))

    def allowed(self, text: str) -> bool:
        """Whether `text` keeps clear of everything rejected."""
        return not any(_pattern_of(term).search(text) for term in self.rejected)


@lru_cache(maxsize=512)
def _pattern_of(term: str) -> re.Pattern[str]:
    if not term.isascii():
        return re.compile(re.escape(term))
    stem = term[:-1] if term.endswith("s") and not term.endswith("ss") else term
    return re.compile(rf"\b{re.escape(stem)}(?:e?s)?(?:[’']s)?\b", re.IGNORECASE)


def rejected_pattern(term: str) -> re.Pattern[str]:
    """Where a rejected term stands in a text."""
    return _pattern_of(term)

"""Reading one clause of feedback by the patterns of `data/<language>/intents.toml`, in time linear in its length.

A pattern must match the whole clause. In it <UPPER> is a macro, <lower> a slot: of `keys` (one of the words of a table,
read as that table's key), of `open` (any words that pass the slot's own rules) or of `nested` (another pattern list).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from infrastructure.writers.muse.lexicon import load

CLAUSE_LIMIT = 240  # characters; who says more in one clause says something else
Found = tuple[str, str, str]
"""kind, value, target"""
_QUOTED, _PERSON = 0xE000, 0xE400  # private-use characters that stand for a quotation and for a person
_QUOTES = re.compile(r'“[^”\n]{1,200}”|"[^"\n]{1,200}"|‘[^’\n]{1,200}’|《[^》\n]{1,200}》|「[^」\n]{1,200}」'
                     r"|(?<!\w)'[^'\n]{1,200}'(?!\w)|(?<!\w)[*_]{1,2}[^*_\n]{1,200}[*_]{1,2}(?!\w)")  # fmt: skip
_EDGES = re.compile(r"^[^\w\ue000-\uefff]+|[^\w\ue000-\uefff]+$")
_HAN = re.compile(r"[\u3400-\u9fff]")


class Person(NamedTuple):
    """Somebody mentioned. `target`: None when it is not sure who; `pronoun`: whoever was meant before."""

    target: str | None
    sex: str = ""
    pronoun: bool = False


_IT = Person("", "", True)  # "it" is the story, unless something else has just been spoken of


class Pattern(NamedTuple):
    regex: re.Pattern[str]
    also: tuple[tuple[str, str], ...]


def languages(text: str, language: str) -> list[str]:
    """The languages a text may be read in: by its script, the story's own language first."""
    found = ["zh"] * bool(_HAN.search(text)) + ["en"] * bool(re.search("[A-Za-z]", text))
    return sorted(found, key=lambda one: one != language)


def masked(text: str) -> str:
    """`text` with every quotation replaced by as many private-use characters, so that it is not cut."""
    return _QUOTES.sub(lambda found: chr(_QUOTED) * len(found[0]), text)


class Grammar:
    """One language's patterns, compiled."""

    def __init__(self, language: str) -> None:
        self.data: Mapping[str, Any] = load(f"{language}/intents")
        self.keys = {
            slot: {word: key for key, words in table["words"].items() for word in words}
            for slot, table in self.data["keys"].items()
        }
        self.open: dict[str, dict[str, Any]] = {
            slot: {key: self._expanded(value) if isinstance(value, str) else value for key, value in rule.items()}
            for slot, rule in self.data["open"].items()
        }
        self.patterns = {
            name: tuple(self._pattern(row) for row in rows) for name, rows in self.data["patterns"].items()
        }
        frame = {key: re.compile(self._expanded(row), re.IGNORECASE) for key, row in self.data["frame"].items()}
        self.prefix, self.suffix, self.correction = frame["prefix"], frame["suffix"], frame["correction"]
        self.restart, self.modal, self.praise = frame["restart"], frame["modal"], frame["praise"]

    def _expanded(self, row: str) -> str:
        return re.sub(r"(?<!\?P)<(\w+)>", self._slot, row)

    def _slot(self, found: re.Match[str]) -> str:
        name = found[1]
        if name.isupper():
            return self._expanded(self.data["macros"][name])
        if name == "who":
            return f"(?P<who>[{chr(_PERSON)}-\uefff])"
        if name in self.keys:
            return f"(?P<{name}>{'|'.join(sorted(map(re.escape, self.keys[name]), key=len, reverse=True))})"
        rule = self.data["open"].get(name, {})
        words = self._expanded(rule["regex"]) if "regex" in rule else f".{{1,{rule.get('limit', CLAUSE_LIMIT)}}}?"
        return f"(?P<{name}>{words})"

    def _pattern(self, row: str) -> Pattern:
        regex, _, also = row.partition(" => ")
        pairs = tuple((kind, value) for kind, _, value in (one.partition(":") for one in also.split()))
        return Pattern(re.compile(self._expanded(regex), re.IGNORECASE), pairs)

    def value(self, text: str, rule: Mapping[str, Any]) -> str:
        """The words in a slot as a value; "" when they are not of the kind that the slot asks for."""
        text = text.strip()
        if _QUOTES.fullmatch(text):
            return text.strip("*_")[text[0] not in "*_" : len(text) - (text[0] not in "*_")].strip()
        for pattern, new in rule.get("become", ()):
            text = re.sub(pattern, new, text, flags=re.IGNORECASE).strip()
        if rule.get("number"):
            return self.number(text)
        stop = rule.get("stop", "").split()
        if any(word in stop for word in re.findall(r"[\w’'-]+", text.lower())):
            return ""
        capital = rule.get("capital")
        if (capital is True and text.islower()) or (capital and text.isupper() and len(text) > 3):
            particles = rule["particles"]
            text = " ".join(word if word in particles else _capitalised(word) for word in text.lower().split())
        return text if re.fullmatch(rule["fits"], text) else ""

    def number(self, text: str) -> str:
        """A number in figures, with thousands, k or 万, or in words below a hundred; "" when it is none."""
        plain, known = re.sub(r"[, ](?=\d|k|万)", "", text.lower()), self.data["numbers"]
        if found := re.fullmatch(r"(\d{1,7})(k|万|千)?", plain):
            return str(int(found[1]) * {"k": 1000, "万": 10_000, "千": 1000}.get(found[2], 1))
        tens, ten, ones = plain.rpartition("十")
        parts = [known.get(word, 0) for word in ([tens or "一", ones] if ten else re.split("[ -]", plain)) if word]
        return str(parts[0] * 10 + sum(parts[1:]) if ten else sum(parts)) if all(parts) else ""


def _capitalised(word: str) -> str:
    """ "o'neill" -> "O'Neill", "jean-luc" -> "Jean-Luc"."""
    return re.sub(r"(?:^|(?<=-)|(?<=^[od]['’]))\w", lambda found: found[0].upper(), word)


@lru_cache(maxsize=2)
def grammar(language: str) -> Grammar:
    return Grammar(language)


class Clause:
    """One clause with its quotations and persons replaced by one character each."""

    def __init__(self, text: str, rules: Grammar, mentions: "Mentions", whom: Callable[[Person], str | None]) -> None:
        self.rules, self.whom = rules, whom
        self.who: Person | None = None  # whom the clause that was read is about
        self.quotes, self.persons = list[str](), list[tuple[str, Person]]()
        self.slot_read = ("", "")  # the last slot that a list may go on in, and for whom
        plain = _QUOTES.sub(self._quote, " ".join(text.split()))
        lower = not any(char.isupper() for char in plain)
        self.text = _EDGES.sub("", mentions.regex.sub(lambda found: self._mention(found, mentions, lower), plain))
        for _ in range(4):
            self.text = _EDGES.sub("", rules.suffix.sub("", rules.prefix.sub("", self.text, 1), 1))

    def _quote(self, found: re.Match[str]) -> str:
        self.quotes.append(found[0])
        return chr(_QUOTED + len(self.quotes) - 1)

    def _mention(self, found: re.Match[str], mentions: "Mentions", lower: bool) -> str:
        person = mentions.person(found[0], lower)
        if person is None or len(self.persons) > _PERSON:
            return found[0]
        self.persons.append((found[0], person))
        return chr(_PERSON + len(self.persons) - 1)

    def _named(self, text: str) -> str:
        return re.sub(f"[{chr(_PERSON)}-\uefff]", lambda char: self.persons[ord(char[0]) - _PERSON][0], text)

    def _restored(self, text: str) -> str:
        whole = re.sub(f"[{chr(_QUOTED)}-\ue3ff]", lambda char: self.quotes[ord(char[0]) - _QUOTED], text)
        return self._named(whole)

    def read(self, name: str, text: str, target: str) -> list[Found] | None:
        """What the first pattern of the list `name` that understands `text` makes of it; None when none does."""
        for pattern in self.rules.patterns[name]:
            match = pattern.regex.fullmatch(text)
            if not match:
                continue
            groups = {key: value for key, value in match.groupdict().items() if value is not None}
            person = self.persons[ord(groups.pop("who")) - _PERSON][1] if "who" in groups else None
            whom = self.whom(person or _IT) if person or "it" in groups else target
            found = None if whom is None else self._filled(groups, whom)
            if whom is None or found is None:
                continue
            if name == "clause":
                self.who = person
                self.slot_read = next(((slot, whom) for slot in groups if slot in self.rules.data["lists"]), ("", ""))
            return [*found, *((kind, value, whom) for kind, value in pattern.also)] or None
        return None

    def _filled(self, groups: Mapping[str, str], target: str) -> list[Found] | None:
        found: list[Found] = []
        for slot, text in groups.items():
            part = self.slot(slot, text, target, groups)
            if part is None:
                return None
            found += part
        return found

    def slot(self, slot: str, text: str, target: str, groups: Mapping[str, str]) -> list[Found] | None:
        """What the words in one slot mean; None when they do not belong there."""
        rules = self.rules
        if slot in rules.keys:
            table = rules.data["keys"][slot]
            return [(table.get("kind", slot), rules.keys[slot][text.lower()], table.get("target", target))]
        if slot in rules.data["nested"]:
            return self.read(rules.data["nested"][slot], self._named(text), target)
        rule = rules.open.get(slot)
        if rule is None:
            return []  # a preposition, read together with its noun
        preposition = groups.get(rule.get("preposition", ""), "").lower()
        whom = rule.get("target", target)
        if "preposition" in rule:
            whom = "" if preposition in rule["without"] else preposition
        found: list[Found] = []
        for piece in re.split(rule["split"], text, flags=re.IGNORECASE) if "split" in rule else [text]:
            value = rules.value(self._restored(piece), rule)
            if not value:
                return None
            kind = rule.get("kind", slot)
            person = self.persons[ord(piece) - _PERSON][1] if re.fullmatch("[\ue400-\uefff]", piece) else None
            found.append((kind, value, person.target or whom if person and kind == "drop" else whom))
        return found


class Mentions:
    """Who can be meant by which words."""

    def __init__(self, people: Mapping[str, str], text: str) -> None:
        """`text`: the feedback; where it speaks of both hero and heroine, neither surely is the protagonist."""
        self.forms: dict[str, Person] = {}
        self.cased: set[str] = set()
        for language in ("en", "zh"):
            data = load(f"{language}/intents")["people"]
            known = any(word in people for word in data["pronouns"])
            for role, words in data["roles"].items():
                self.forms |= {form: Person(role) for form in _with_articles(words, data["articles"], "")}
            both = all(any(word in text for word in words) for words in data["leads"].values())
            for sex, words in data["leads"].items():
                lead = Person(None if both else "protagonist", sex)
                self.forms |= dict.fromkeys(_with_articles(words, data["articles"], ""), lead)
            for word, (sex, *forms) in data["pronouns"].items():
                pronoun = Person(people.get(word)) if known else Person("", sex, True)
                self.forms |= dict.fromkeys(forms, pronoun)
            skipped = set(data["pronouns"])
            self._existing({name: role for name, role in people.items() if name not in skipped}, data["articles"])
        forms = sorted(map(re.escape, self.forms), key=len, reverse=True)
        self.regex = re.compile(
            "|".join(rf"(?<!\w){form}(?!\w)" if form.isascii() else form for form in forms), re.IGNORECASE
        )

    def _existing(self, people: Mapping[str, str], articles: list[str]) -> None:
        parts: dict[str, set[str]] = {}
        for name in people:
            bare = re.sub(r"^(?:the|an?) ", "", name.lower())
            words = bare.split()
            if not words:
                continue
            if bare != name.lower():
                for form in _with_articles({bare, words[-1]}, articles, None):
                    parts.setdefault(form, set()).add(name)
                continue
            for form in {bare, words[0], words[-1]} if bare.isascii() else {bare}:
                parts.setdefault(form, set()).add(name)
                self.cased.add(form)
        for form, names in parts.items():
            sure = len({people[name] for name in names}) == 1
            self.forms[form] = Person(max(names, key=lambda name: (name.lower() == form, name)) if sure else None)

    def person(self, words: str, lower: bool) -> Person | None:
        """None when the words are no mention: a name without its capital in a text that has capitals."""
        form = words.lower()
        return None if form in self.cased and words.islower() and not lower else self.forms.get(form)


def _with_articles(words: Iterable[str], articles: list[str], bare: str | None) -> list[str]:
    heads = [f"{article} " for article in articles] + ([bare] if bare is not None else [])
    return [head + word for word in words for head in heads]

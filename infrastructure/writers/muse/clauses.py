"""One clause of feedback, read by the patterns of `data/<language>/intents.toml`.

A pattern must match the whole clause. In it <UPPER> is a macro, <lower> a slot: of `keys` (one of the words of a table,
read as that table's key), of `open` (any words that pass the slot's own rules) or of `nested` (another pattern list).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from infrastructure.writers.muse.lexicon import load

LIMIT = 240  # characters; who says more in one clause says something else
Found = tuple[str, str, str]  # kind, value, target
_TOKEN = 0xE000  # from here on, a private-use character stands for a quotation or a person
_TOKENS = re.compile("[\ue000-\uf8ff]")
_QUOTED = "|".join(f"{a}[^{b}\n]{{1,200}}{b}" for a, b in ("“”", '""', "‘’", "《》", "「」"))
QUOTES = re.compile(rf"{_QUOTED}|(?<!\w)(?:'[^'\n]{{1,200}}'|\*[^*\n]{{1,200}}\*|_[^_\n]{{1,200}}_)(?!\w)")
_EDGES = re.compile(r"^[^\w\ue000-\uf8ff]+|[^\w\ue000-\uf8ff]+$")


class Person(NamedTuple):
    """Somebody mentioned. `target`: None when it is not sure who; `cased`: a name, which has its capital."""

    target: str | None
    sex: str = ""
    pronoun: bool = False
    cased: bool = False


Mentions = tuple[dict[str, Person], re.Pattern[str]]
_IT = Person("", pronoun=True)  # "it" is the story, unless something else has just been spoken of


class Grammar:
    """One language's patterns, compiled."""

    def __init__(self, language: str) -> None:
        self.data: Mapping[str, Any] = load(f"{language}/intents")
        self.keys = {
            slot: {word: key for key, words in table["words"].items() for word in words}
            for slot, table in self.data["keys"].items()
        }
        self.rules = {
            slot: {key: self._expanded(value) if isinstance(value, str) else value for key, value in rule.items()}
            for slot, rule in self.data["open"].items()
        }
        self.patterns = {name: [self._pattern(row) for row in rows] for name, rows in self.data["patterns"].items()}
        self.frame = {name: self._pattern(row)[0] for name, row in self.data["frame"].items()}

    def _expanded(self, row: str) -> str:
        return re.sub(r"(?<!\?P)<(\w+)>", lambda found: self._slot(found[1]), row)

    def _slot(self, name: str) -> str:
        if name.isupper():
            return self._expanded(self.data["macros"][name])
        rule = self.data["open"].get(name, {})
        words = f".{{1,{rule.get('limit', LIMIT)}}}?"
        if name == "who":
            words = _TOKENS.pattern
        elif name in self.keys:
            words = "|".join(sorted(map(re.escape, self.keys[name]), key=len, reverse=True))
        elif "regex" in rule:
            words = self._expanded(rule["regex"])
        return f"(?P<{name}>{words})"

    def _pattern(self, row: str) -> tuple[re.Pattern[str], list[list[str]]]:
        regex, _, also = row.partition(" => ")
        return re.compile(self._expanded(regex), re.IGNORECASE), [one.split(":") for one in also.split()]

    def value(self, text: str, rule: Mapping[str, Any]) -> str:
        """The words in an open slot as a value; "" when they are not of the kind that the slot asks for."""
        text = text.strip()
        for pattern, new in () if QUOTES.fullmatch(text) else rule.get("become", ()):
            text = re.sub(pattern, new, text, flags=re.IGNORECASE).strip()
        if QUOTES.fullmatch(text):
            return text[1:-1].strip()
        if not set(rule.get("stop", "").split()).isdisjoint(re.findall(r"[\w’'-]+", text.lower())):
            return ""
        capital = rule.get("capital")
        if (
            text in rule.get("known", ())
            or (capital is True and text.islower())
            or (capital and text.isupper() and len(text) > 3)
        ):
            text = re.sub(r"(?:(?<![\w'’])|(?<=\b[od]['’]))\w+", lambda found: found[0].title(), text.lower())
            text = re.sub(rf"\b(?:{rule['particles']})\b", lambda found: found[0].lower(), text, flags=re.IGNORECASE)
        return text if "fits" not in rule or re.fullmatch(rule["fits"], text) else ""


@lru_cache(maxsize=2)
def grammar(language: str) -> Grammar:
    return Grammar(language)


class Clause:
    """One clause with its quotations and persons replaced by one character each, and courtesies taken off."""

    def __init__(self, text: str, language: str, mentioned: Mentions, whom: Callable[[Person], str | None]) -> None:
        self.grammar, self.whom, (self.forms, persons) = grammar(language), whom, mentioned
        self.who: Person | None = None  # whom the clause that was read is about
        self.slot_read = ("", "")  # the last slot that a list may go on in, and for whom
        self.tokens: list[tuple[str, Person | None]] = []
        text = QUOTES.sub(self._token, _TOKENS.sub(" ", " ".join(text.split())))
        self.shy = not any(char.isupper() for char in text)
        text = _EDGES.sub("", persons.sub(self._token, text))
        for _ in range(4):
            for courtesy in ("prefix", "suffix"):
                text = _EDGES.sub("", self.grammar.frame[courtesy].sub("", text, 1))
        self.text = text

    def _token(self, found: re.Match[str]) -> str:
        words, quoted = found[0], QUOTES.fullmatch(found[0])
        person = self.forms.get(words.lower()[1:-1] if quoted else words.lower())
        if not quoted and (not person or (person.cased and words.islower() and not self.shy)):
            return words
        self.tokens.append((words, person))
        return chr(_TOKEN + len(self.tokens) - 1)

    def _person(self, token: str) -> Person | None:
        return self.tokens[ord(token) - _TOKEN][1]

    def _restored(self, text: str) -> str:
        return _TOKENS.sub(lambda char: self.tokens[ord(char[0]) - _TOKEN][0], text)

    def read(self, name: str, text: str, target: str) -> list[Found] | None:
        """What the first pattern of the list `name` that understands `text` makes of it; None when none does."""
        for regex, also in self.grammar.patterns[name]:
            match = regex.fullmatch(text)
            groups = {slot: words for slot, words in match.groupdict().items() if words is not None} if match else {}
            person = self._person(groups.pop("who")) if "who" in groups else _IT if "it" in groups else None
            whom = self.whom(person) if person else None if "who" in regex.groupindex else target
            if not match or whom is None or ("cased" in groups and not (person and person.cased)):
                continue
            parts = [self.slot(slot, words, whom, groups) for slot, words in groups.items()]
            if None in parts:
                continue
            if name == "clause":
                self.who = person
                self.slot_read = next(((slot, whom) for slot in groups if slot in self.grammar.data["lists"]), ("", ""))
            return [one for part in parts for one in part or ()] + [(kind, value, whom) for kind, value in also]
        return None

    def slot(self, slot: str, text: str, target: str, groups: Mapping[str, str]) -> list[Found] | None:
        """What the words in one slot mean; None when they do not belong there."""
        data, keys, rule = self.grammar.data, self.grammar.keys.get(slot), self.grammar.rules.get(slot)
        if keys:
            table = data["keys"][slot]
            key = keys.get(text.lower())
            return [(table.get("kind", slot), key, table.get("target", target))] if key else None
        if slot in data["nested"]:
            return self.read(data["nested"][slot], self._restored(text), target)
        if rule is None:
            return []  # a preposition, read together with its noun
        whom = groups.get(rule["preposition"], "").lower() if "preposition" in rule else rule.get("target", target)
        found = []
        for piece in re.split(rule["split"], text, flags=re.IGNORECASE) if "split" in rule else [text]:
            value = self.grammar.value(self._restored(piece), rule)
            person = self._person(piece) if slot == "drop" and _TOKENS.fullmatch(piece) else None
            found.append((rule.get("kind", slot), value, person.target or whom if person else whom))
        return found if all(value for _, value, _ in found) else None


def mentions(people: Mapping[str, str], text: str) -> Mentions:
    """Who can be meant by which words of `text`, in lower case, and a pattern that finds those words."""
    forms: dict[str, Person] = {}
    named: defaultdict[str, set[str]] = defaultdict(set)
    english, chinese = load("en/intents")["people"], load("zh/intents")["people"]
    for data in (english, chinese):
        known = not data["pronouns"].keys().isdisjoint(people)
        both = all(any(word in text for word in words) for words in data["leads"].values())
        persons = [(words, Person(role)) for role, words in data["roles"].items()]  # hero and heroine: neither is sure
        persons += [(words, Person(None if both else "protagonist", sex)) for sex, words in data["leads"].items()]
        forms |= {head + word: person for words, person in persons for word in words for head in data["articles"]}
        for key, (sex, *words) in data["pronouns"].items():
            whom = people.get(key) if known else "" if sex else None  # "they" may be several
            forms |= dict.fromkeys(words, Person(whom, "" if known else sex, pronoun=True))
    for name in people.keys() - english["pronouns"].keys() - chinese["pronouns"].keys():
        bare = re.sub(r"^(?:the|an?) ", "", name.lower())
        described, parts = bare != name.lower(), bare.split(" ")
        for head in english["articles"][1:] if described else [""]:
            for form in (bare, parts[-1], parts[-1 if described else 0]):
                named[head + form].add(name)
    for form, names in named.items():
        exact = sorted(names, key=lambda name: (name.lower() != form, name))[0]
        sure = exact.lower() == form or len(names) == 1 or {people[name] for name in names} == {"protagonist"}
        forms[form] = Person(exact if sure else None, cased=not form.startswith(tuple(english["articles"][1:])))
    found = sorted(map(re.escape, filter(str.strip, forms)), key=len, reverse=True)
    edged = (rf"(?<!\w){form}(?!\w)" if form.isascii() else form for form in found)
    return forms, re.compile("|".join(edged), re.IGNORECASE)

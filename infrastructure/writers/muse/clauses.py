"""One clause of feedback, read by the patterns of `data/<language>/intents.toml`.

A pattern must match the whole clause. In it <UPPER> is a macro, <lower> a slot: of `keys` (one of the words of a table,
read as that table's key), of `open` (any words that pass the slot's own rules) or of `nested` (another pattern list).
"""

import re
from collections.abc import Callable, Iterable, Mapping
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
        if QUOTES.fullmatch(text):
            return text[1:-1].strip()
        for pattern, new in rule.get("become", ()):
            text = re.sub(pattern, new, text, flags=re.IGNORECASE).strip()
        if not set(rule.get("stop", "").split()).isdisjoint(re.findall(r"[\w’'-]+", text.lower())):
            return ""
        capital = rule.get("capital")
        if (capital is True and text.islower()) or (capital and text.isupper() and len(text) > 3):
            text = re.sub(r"(?:(?<![\w'’])|(?<=\b[od]['’]))\w[\w]*", lambda found: found[0].title(), text.lower())
            text = re.sub(rf"\b(?:{rule['particles']})\b", lambda found: found[0].lower(), text, flags=re.IGNORECASE)
        return text if "fits" not in rule or re.fullmatch(rule["fits"], text) else ""


@lru_cache(maxsize=2)
def grammar(language: str) -> Grammar:
    return Grammar(language)


class Clause:
    """One clause with its quotations and persons replaced by one character each, and courtesies taken off."""

    def __init__(self, text: str, language: str, mentions: "Mentions", whom: Callable[[Person], str | None]) -> None:
        self.grammar, self.whom = grammar(language), whom
        self.who: Person | None = None  # whom the clause that was read is about
        self.slot_read = ("", "")  # the last slot that a list may go on in, and for whom
        self.tokens: list[tuple[str, Person | None]] = []
        plain = QUOTES.sub(lambda found: self._token(found[0], None), _TOKENS.sub(" ", " ".join(text.split())))
        shy = not any(char.isupper() for char in plain)
        text = mentions.regex.sub(lambda found: self._mention(found[0], mentions.forms, shy), plain)
        for _ in range(4):
            text = _EDGES.sub(
                "", self.frame("suffix").sub("", self.frame("prefix").sub("", _EDGES.sub("", text), 1), 1)
            )
        self.text = text

    def frame(self, name: str) -> re.Pattern[str]:
        return self.grammar.frame[name]

    def persons(self) -> list[Person]:
        return [person for _, person in self.tokens if person]

    def _token(self, words: str, person: Person | None) -> str:
        self.tokens.append((words, person))
        return chr(_TOKEN + len(self.tokens) - 1)

    def _mention(self, words: str, forms: Mapping[str, Person], shy: bool) -> str:
        person = forms.get(words.lower())
        return self._token(words, person) if person and not (person.cased and words.islower() and not shy) else words

    def _restored(self, text: str) -> str:
        return _TOKENS.sub(lambda char: self.tokens[ord(char[0]) - _TOKEN][0], text)

    def read(self, name: str, text: str, target: str) -> list[Found] | None:
        """What the first pattern of the list `name` that understands `text` makes of it; None when none does."""
        for regex, also in self.grammar.patterns[name]:
            match = regex.fullmatch(text)
            groups = {slot: words for slot, words in match.groupdict().items() if words} if match else {}
            person = self.tokens[ord(groups.pop("who")) - _TOKEN][1] if "who" in groups else None
            whom = self.whom(person or _IT) if person or "it" in groups else target
            parts = [self.slot(slot, words, whom or "", groups) for slot, words in groups.items()]
            sure = match and ("cased" not in regex.groupindex or (person and person.cased))
            if sure and whom is not None and None not in parts:
                if name == "clause":
                    self.who = person
                    self.slot_read = next(
                        ((slot, whom) for slot in self.grammar.data["lists"] if slot in groups), ("", "")
                    )
                return [one for part in parts for one in part or ()] + [(kind, value, whom) for kind, value in also]
        return None

    def slot(self, slot: str, text: str, target: str, groups: Mapping[str, str]) -> list[Found] | None:
        """What the words in one slot mean; None when they do not belong there."""
        data, keys, rule = self.grammar.data, self.grammar.keys.get(slot), self.grammar.rules.get(slot)
        if keys:
            table = data["keys"][slot]
            return [(table.get("kind", slot), keys[text.lower()], table.get("target", target))]
        if slot in data["nested"]:
            return self.read(data["nested"][slot], self._restored(text), target)
        if rule is None:
            return []  # a preposition, read together with its noun
        whom = groups.get(rule["preposition"], "").lower() if "preposition" in rule else rule.get("target", target)
        found = []
        for piece in re.split(rule["split"], text, flags=re.IGNORECASE) if "split" in rule else [text]:
            value = self.grammar.value(self._restored(piece), rule)
            person = self.tokens[ord(piece) - _TOKEN][1] if slot == "drop" and _TOKENS.fullmatch(piece) else None
            found.append((rule.get("kind", slot), value, person.target or whom if person else whom))
        return found if all(value for _, value, _ in found) else None


class Mentions:
    """Who can be meant by which words. `text`: the feedback, in lower case."""

    def __init__(self, people: Mapping[str, str], text: str) -> None:
        self.forms: dict[str, Person] = {}
        named: dict[str, set[str]] = {}
        english, chinese = load("en/intents")["people"], load("zh/intents")["people"]
        for data in (english, chinese):
            known = any(word in people for word in data["pronouns"])
            both = all(any(word in text for word in words) for words in data["leads"].values())
            for role, words in data["roles"].items():
                self._add(words, data["articles"], Person(role))
            for sex, words in data["leads"].items():  # hero and heroine in one text: neither surely the protagonist
                self._add(words, data["articles"], Person(None if both else "protagonist", sex))
            for word, (sex, *forms) in data["pronouns"].items():
                self._add(forms, [""], Person(people.get(word) if known else "", "" if known else sex, pronoun=True))
        for name in people.keys() - english["pronouns"].keys() - chinese["pronouns"].keys():
            whole = re.sub(r"^(?:the|an?) ", "", name.lower())
            described = whole != name.lower()
            for words in {whole, whole.split(" ")[-1], whole.split(" ")[-1 if described else 0]}:
                for head in english["articles"][1:] if described else [""]:
                    named.setdefault(head + words, set()).add(name)
        for form, names in named.items():
            exact = [name for name in names if name.lower() == form]
            sure = exact or len(names) == 1 or {people[name] for name in names} == {"protagonist"}
            cased = not form.startswith(tuple(english["articles"][1:]))
            self.forms[form] = Person((exact or sorted(names))[0] if sure else None, cased=cased)
        forms = sorted(map(re.escape, filter(str.strip, self.forms)), key=len, reverse=True)
        edged = [rf"(?<!\w){form}(?!\w)" if form.isascii() else form for form in forms]
        self.regex = re.compile("|".join(edged), re.IGNORECASE)

    def _add(self, words: Iterable[str], articles: Iterable[str], person: Person) -> None:
        self.forms |= {article + word: person for word in words for article in articles}

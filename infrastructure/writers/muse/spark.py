"""What a spark says for certain: its words are quoted whole or looked up, its grammar is never guessed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from infrastructure.writers.muse.forms import Figure, Place, figure, preposition
from infrastructure.writers.muse.lexicon import columns, known, load

_CONTROL = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e]+")
_SENTENCE = re.compile(r".+?(?:[.!?…]+[”’\")]*(?=\s|$)|[。！？]+[”’」]*|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spark:
    """`quote`: the words of the writer that can be quoted, "" where none fit. `claim`: they tell of something."""

    quote: str
    claim: bool
    figures: tuple[Figure, ...]
    subjects: tuple[str, ...]
    place: Place | None
    time: str
    name: str
    sex: str


def sentences(text: str) -> list[str]:
    """The sentences of a text in either language, each with its closing marks and the space after it."""
    return [part for part in re.findall(_SENTENCE.pattern + r"\s*", text, flags=re.DOTALL) if part]


@lru_cache(maxsize=64)
def read_spark(language: str, text: str) -> Spark:
    """Everything the muse takes from a spark, in the language that it writes in."""
    lexicon = load(f"{language}/lexicon")
    figures = tuple(figure(language, columns(row, 5)) for row in map(_first_word, known(language, "persons", text)))
    name, sex = _name(language, text)
    years = ((re.search(pattern, text), row) for pattern, row in lexicon["times"])
    places = [name for name in known(language, "places", text) if name in text]  # "china" is no country
    return Spark(
        quote=_quote(language, text),
        claim=_tells(language, text),
        figures=figures,
        subjects=tuple(row.rsplit(" = ", 1)[1] for row in known(language, "subjects", text)),
        place=Place(places[0], preposition(language, places[0])) if places else None,
        time=next((row.format(*year.groups()) for year, row in years if year), ""),
        name=name,
        sex=sex or next((one.sex for one in figures[:1]), "") or _sex(language, text),
    )


@lru_cache(maxsize=8)
def _other_words(language: str) -> dict[Figure, tuple[str, ...]]:
    """By each figure of the lexicon what else it is called, as it is spoken of again: one word, no phrase."""
    the, found = load(f"{language}/grammar")["the"], dict[Figure, tuple[str, ...]]()
    for row in load(f"{language}/lexicon")["persons"]:
        words = re.split("[,，]", row.partition(" |")[0])[1:]
        found[figure(language, columns(_first_word(row), 5))] = tuple(the + word for word in words if " " not in word)
    return found


def also_called(language: str, who: Figure) -> tuple[str, ...]:
    """Other words for somebody of the spark ("grandma", 守塔人): a writer may use any of them."""
    return _other_words(language).get(who, ())


def _first_word(row: str) -> str:
    """A row of persons without the other words that it is found by."""
    word, _, rest = row.partition(" |")
    return re.split("[,，]", word)[0] + (f" |{rest}" if rest else "")


def _quote(language: str, text: str) -> str:
    """The whole text, or its first whole sentences, within the limit for a quotation."""
    limit = load(f"{language}/grammar")["marks"]["limit"]
    text = _CONTROL.sub(" ", text).strip()
    text = text[1:-1].strip() if len(text) > 2 and text[0] + text[-1] in ('""', "“”", "「」", "''") else text
    if not any(unicodedata.category(sign)[0] in "LNS" for sign in text):
        return ""
    if len(text) <= limit:
        return text
    quote = ""
    for sentence in sentences(text[: limit * 4]):
        if len(quote) + len(sentence.rstrip()) > limit or not re.search(r"[.!?…。！？][”’」\")]*\s*$", sentence):
            break
        quote += sentence
    return quote.strip()


def _tells(language: str, text: str) -> bool:
    """Whether it can be said of the text that somebody tells it: not a question, and more than a word or two."""
    length = 3 * len(text.split()) if load(f"{language}/grammar")["spaced"] else len(text)
    return length > 11 and not re.search(load(f"{language}/lexicon")["tells_nothing"], text)


def _name(language: str, text: str) -> tuple[str, str]:
    """(a given name that is no other word, its sex)"""
    names = load(f"{language}/lexicon")["names"]
    for word in re.findall(r"[A-Z][\w-]+", text):
        for sex in ("f", "m"):
            if word in names[sex]:
                return word, sex
    return "", ""


def _sex(language: str, text: str) -> str:
    """By its pronouns, where they are all of one sex."""
    female, male = load(f"{language}/lexicon")["sexed"]
    found = {bool(re.search(female, text)): "f", bool(re.search(male, text)): "m"}
    return found[True] if len(found) == 2 else ""

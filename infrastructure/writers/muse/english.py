"""English grammar for the templates: articles, titles, possessives, capitals, and the last touch on a text."""

import re

from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.render import Grammar

_DETERMINED = re.compile(
    r"^(?:the|this|that|these|those|my|your|his|her|its|our|their|no|every|each|one|two|three|four|five|six|seven|some)\b"
    r"|^\S+[’']s\b",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:a|an|the)\s+", re.IGNORECASE)
_LONG_VOWEL = re.compile(r"^(?:uni|use|usu|eu|one\b|once|ut[aoe]|ur[aei])", re.IGNORECASE)
_SILENT_H = re.compile(r"^(?:hour|honest|honou?r|heir)", re.IGNORECASE)


def article(word: str) -> str:
    """ "a" or "an" for what follows, by its sound."""
    if _SILENT_H.match(word):
        return "an"
    if len(word) > 1 and word[:2].isupper() and word[:1] in "AEFHILMNORSX":
        return "an"
    return "an" if word[:1].lower() in "aeiou" and not _LONG_VOWEL.match(word) else "a"


def bare(phrase: str) -> str:
    return _ARTICLE.sub("", phrase)


def indefinite(phrase: str) -> str:
    if _DETERMINED.match(phrase) or _ARTICLE.match(phrase):
        return phrase
    return f"{article(phrase)} {phrase}"


def definite(phrase: str) -> str:
    rest = re.sub(r"^(?:a|an)\s+", "", phrase)
    if rest == phrase and _DETERMINED.match(rest) and not re.match(r"^(?:two|three|four|five|six|seven)\b", rest):
        return rest
    return rest if rest[:1].isupper() else f"the {rest}"


def possessive(name: str) -> str:
    return f"{name}’" if name.endswith("s") and name.islower() else f"{name}’s"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def title_case(text: str) -> str:
    """Capitals as in book titles; small words stay small inside."""
    words, small = text.split(), load("en/words")["small"].split()
    cased = [
        word if word[:1].isupper() or (0 < index < len(words) - 1 and word.lower() in small) else capital(word)
        for index, word in enumerate(words)
    ]
    return " ".join("-".join(map(capital, word.split("-"))) if "-" in word else word for word in cased)


def inner_title(text: str) -> str:
    """A phrase inside a longer title: "a key" becomes "the Key", and its first small word stays small."""
    cased = title_case(re.sub(r"^(?:a|an) ", "the ", text))
    first, _, rest = cased.partition(" ")
    return f"{first.lower()} {rest}" if rest and first.lower() in load("en/words")["small"].split() else cased


def located(place: str) -> str:
    """ "in" or "on" a place, by what it is."""
    return ("on " if re.search(load("en/words")["on_places"], place) else "in ") + place


def _fix_articles(text: str) -> str:
    def right(match: re.Match[str]) -> str:
        word = article(match[2])
        return f"{word.capitalize() if match[1][0].isupper() else word} {match[2]}"

    text = re.sub(r"\b(?:[Aa]n?|[Tt]he) (?=(?:a|an|the|his|her|their|its|no|every) )", "", text)
    return re.sub(r"\b([Aa]n?) ([A-Za-z][\w’'-]*)", right, text)


_SENTENCE = re.compile(r"((?:^|[.!?…]|[.!?]”)\s+|^)([“(]?)([a-z])")


def polish(text: str) -> str:
    """Spaces, articles, doubled words and the capitals of sentences put right."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([,.;:!?])", r"\1", text)
    text = re.sub(r"\b([A-Za-z’]+) \1\b(?!-)", r"\1", text)
    text = _fix_articles(text)
    text = re.sub(r",(?=[.;:!?])|(?<=[!?])\.(?!\.)", "", text)
    text = text.replace("..", ".") if "..." not in text else text
    return _SENTENCE.sub(lambda match: match[1] + match[2] + match[3].upper(), text)


def join(items: list[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


GRAMMAR = Grammar(
    modifiers={
        "a": indefinite,
        "the": definite,
        "bare": bare,
        "cap": capital,
        "title": lambda text: title_case(bare(text)),
        "intitle": inner_title,
        "poss": possessive,
        "in": located,
        "tin": lambda place: located(inner_title(place)),
    },
    polish=polish,
)

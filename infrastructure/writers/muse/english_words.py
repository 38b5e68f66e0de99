"""What English words tell without a parser: persons, plurals, verbs, objects, genders. Lists: data/en/words.toml."""

import re
from functools import lru_cache

from infrastructure.writers.muse.english import article
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.spark import Gender

LIMIT = 11  # words of a phrase that is to stand inside a sentence

_PERSON_ENDING = re.compile(
    r"(?:[a-z]{3}(?:er|eer|ist|ian|ess|smith|wright|monger)|[a-z]{2}(?:tor|man|woman|men|women|maid))$"
)


@lru_cache(maxsize=1)
def word_lists() -> dict[str, frozenset[str]]:
    """All word lists, and `third` and `base`: the forms a finite verb may have after one or after many."""
    lists = {key: frozenset(value.split()) for key, value in load("en/words").items() if key != "on_places"}
    other = lists["modals"] | lists["past"]
    lists["base"] = lists["verbs"] | other
    lists["third"] = frozenset(map(_third, lists["verbs"])) | other
    return lists


def _third(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in "aeiou" else verb + "s"


def third_person(verb: str) -> str:
    return {"be": "is", "have": "has"}.get(verb, _third(verb))


def is_person(phrase: str) -> bool:
    """Whether the last word of a noun phrase means a person (or a being that acts as one)."""
    words = re.findall(r"[A-Za-z]+", phrase.lower())
    if not words:
        return False
    last, lists = words[-1], word_lists()
    for form in (last, last.removesuffix("s"), last.removesuffix("es")):
        if form in lists["persons"]:
            return True
        if form in lists["not_persons"]:
            return False
    return bool(_PERSON_ENDING.search(last.removesuffix("s")))


def gender_of_nouns(actor: str) -> Gender | None:
    """By the nouns for people in a short noun phrase."""
    words = set(re.findall(r"[a-z]+", actor.lower()))
    return _majority(len(words & word_lists()["female"]), len(words & word_lists()["male"]))


def gender_of_pronouns(text: str) -> Gender | None:
    words = set(re.findall(r"[a-z]+", text.lower()))
    return _majority(len(words & {"she", "her", "hers", "herself"}), len(words & {"he", "his", "him", "himself"}))


def gender_of_name(name: str) -> Gender:
    """By lists of common names; otherwise by the commonest ending."""
    first = name.split(maxsplit=1)[0].lower()
    if first in word_lists()["female_names"]:
        return "f"
    if first in word_lists()["male_names"]:
        return "m"
    return "f" if first.endswith(("a", "ie", "ine", "elle", "ette", "lyn", "ah")) else "m"


def _majority(female: int, male: int) -> Gender | None:
    if female == male:
        return None
    return "f" if female > male else "m"


def is_plural(phrase: str) -> bool:
    words, lists = phrase.lower().split(), word_lists()
    if not words or words[0] in lists["single"]:
        return False
    last = words[-1].strip(",.")
    if words[0] in lists["many"] or last in lists["plurals"]:
        return True
    return last.endswith("s") and not last.endswith(("ss", "us", "is", "’s", "'s", "ness"))


def head_of(phrase: str) -> str:
    """A noun phrase without article, number and "named …"."""
    phrase = re.split(r"\s+(?:named|called)\s", phrase)[0]
    return re.sub(r"^(?:an?|the|one|some|this|two|three|four|five|six|seven)\s+", "", phrase, flags=re.IGNORECASE)


def determined(phrase: str) -> str:
    """A noun phrase that can stand in a sentence: with an article where it needs one."""
    small = lowered(phrase)
    if small.split()[0].lower() in word_lists()["determiners"]:
        return small
    head = re.split(r"\s+(?:who|that|whose|which|with|in|on|of|from)\s", small)[0]
    return small if is_plural(head) else f"{article(small)} {small}"


def lowered(phrase: str) -> str:
    """The first letter small, unless the word is a name or an abbreviation."""
    first = phrase.split(maxsplit=1)[0] if phrase.split() else ""
    if first.isupper() and len(first) > 1:
        return phrase
    lists, word = word_lists(), first.lower()
    common = any(
        form in lists[key]
        for key in ("stopwords", "persons", "numbers", "nouns")
        for form in (word, word.removesuffix("s"))
    )
    name_like = re.match(r"^[A-Z][a-z]+ (?:[A-Z]|[a-z]+s\b)", phrase) and not common and not is_plural(first)
    return phrase if name_like else phrase[:1].lower() + phrase[1:]


def trimmed(phrase: str) -> str:
    """At most LIMIT words, ended before a word that would hang in the air."""
    words = phrase.split()[:LIMIT]
    hanging = word_lists()["stopwords"] | word_lists()["phrase_stops"]
    while len(words) > 3 and words[-1].lower().strip(",") in hanging:
        words.pop()
    return " ".join(words).rstrip(",")


def shortened(text: str, limit: int) -> str:
    words = text.split()
    return text if len(words) <= limit else " ".join(words[:limit]).rstrip(",;:") + "…"


def keywords(text: str) -> tuple[str, ...]:
    stop = word_lists()["stopwords"]
    found = [word for word in re.findall(r"[A-Za-z][A-Za-z’'-]{2,}", text) if word.lower() not in stop]
    return tuple(dict.fromkeys(found))[:12]


def split_verb(sentence: str, *, loose: bool = False) -> tuple[str, str] | None:
    """(subject, verb and rest) when a finite verb follows a short subject; `loose`: any subject will do."""
    words, lists = sentence.split(), word_lists()
    if not words:
        return None
    subject_like = loose or words[0].lower() in lists["determiners"] or words[0][:1].isupper()
    for index in range(1, min(len(words), 7)):
        word = words[index].lower().strip(",.")
        if word in ("who", "that", "which"):
            return None
        if words[index - 1].lower() in ("of", "and", "to", "the", "a", "an", "with"):
            continue
        if index == len(words) - 1 and word not in lists["ends"]:
            continue  # a last word is more often a noun than a verb
        named = index > 1 and all(one[:1].isupper() for one in words[:index])
        plural = not named and is_plural(" ".join(words[:index]))
        if word in lists["base" if plural else "third"] and (subject_like or plural):
            return " ".join(words[:index]), " ".join(words[index:])
    return None


def object_of(rest: str) -> str:
    """The object of the first verb of `rest`: "collects lost voices" -> "lost voices"."""
    words, lists = rest.strip().rstrip(".!?").split(), word_lists()
    if not words or words[0].lower() in ("is", "are", "was", "were"):
        return ""
    index = 1
    while index < len(words) and words[index - 1].lower() in lists["helpers"]:
        index += 1
    after_modal = index > 1 and words[index - 1].lower() in lists["stopwords"]
    if after_modal and index < len(words) and words[index].lower() in lists["verbs"]:
        index += 1
    direct = noun_phrase(words[index:])
    if (
        direct
        or index >= len(words)
        or words[index].lower() not in ("to", "with", "about", "for", "from", "against", "of")
    ):
        return direct
    return noun_phrase(words[index + 1 :])  # "talks to whales"


def noun_phrase(words: list[str]) -> str:
    """The noun phrase that `words` begin with; "" when it says nothing."""
    lists = word_lists()
    taken: list[str] = []
    for word in words:
        clean = word.strip(",.;:!?")
        if clean.lower() in lists["phrase_stops"] and not (clean.lower() == "of" and taken):
            break
        taken.append(clean)
        if word != clean or len(taken) == 6:
            break
    while taken and taken[-1].lower() in ("of", "the", "a", "an", "her", "his", "their"):
        taken.pop()
    if not taken:
        return ""
    first, last = taken[0].lower(), taken[-1].lower()
    said = [word.lower() for word in taken]
    empty = (first in lists["weak"] and len(taken) == 1) or any(word in ("is", "are", "was", "were") for word in said)
    empty = empty or all(word.lower() in lists["stopwords"] for word in taken)
    empty = empty or (first.endswith("ing") and first not in lists["nouns"]) or first == "been"
    adverb = len(taken) == 1 and (first.endswith("ly") or first in lists["third"])
    return "" if empty or adverb or last in lists["times"] or first in lists["verbs"] else " ".join(taken)

"""Taking an English spark apart by its shape; what cannot be read surely is quoted, never bent."""

import re
from dataclasses import replace
from typing import Any

from infrastructure.writers.muse.english_words import (
    LIMIT,
    determined,
    gender_of_name,
    gender_of_nouns,
    gender_of_pronouns,
    head_of,
    is_person,
    is_plural,
    keywords,
    lowered,
    noun_phrase,
    object_of,
    shortened,
    split_verb,
    trimmed,
    word_lists,
)
from infrastructure.writers.muse.spark import Spark

_LEAD = re.compile(
    r"^(?:(?:please|maybe|perhaps|i (?:want|would like|'d like) (?:to write )?)\s*)?"
    r"(?:(?:an?|the|my)?\s*(?:short |long )?(?:story|novel|book|tale|idea|something|fantasy|romance|thriller|mystery)"
    r"\s+(?:about|of|on|where|in which|set)\s+)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"^(.{3,80}?),?\s+(who|whose|that|which)\s+(.+)$", re.IGNORECASE)
_WHAT_IF = re.compile(r"^(?:what if|suppose(?: that)?|imagine(?: that)?|what would happen if)\s+(.+)$", re.IGNORECASE)
_WHEN = re.compile(r"^(?:when|after|once|the (?:day|night|year|moment))\s+([^,;]+)", re.IGNORECASE)
_NAMED_PLACE = re.compile(
    r"\b(?:in|on|at|under|beneath|aboard|near|outside|to|from|of)\s+"
    r"((?:(?:the\s+)?1\d{3}s?\s+|the\s+)?[A-Z][\w’'-]+(?:\s+(?:of\s+)?[A-Z][\w’'-]+){0,2})"
)
_COMMON_PLACE = re.compile(
    r"\b(?:in|on|aboard|inside|beneath)\s+(an?\s+(?:[a-z-]+\s+){0,3}[a-z-]+)(?=[,.;]|\s+(?:who|that|where|and)|$)"
)
_TAIL = re.compile(
    r"\s+(?:run|made|built|owned|with|without|in|on|at|of|from|living|trying|who|under|and|haunted|to|for|against|before|after|working|hiding|"
    r"named|called|during|through|lost|left|raised|born)\s+",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"^(?:i|we|you|he|she|it|they|my|our|your)\b", re.IGNORECASE)
_NAMED = re.compile(r"\b(?:named|called)\s+([A-Z][\w’'-]+)")


def parse(text: str) -> Spark:
    """`text` as a Spark."""
    whole = re.sub(r"\s+", " ", text).strip().strip("\"“”'").strip()
    quote = shortened(whole.rstrip(".!?… "), 10)
    words = keywords(whole)
    place = _place(whole)
    base = Spark(
        text=whole,
        kind="line",
        quote=quote,
        place=place,
        era=_era(whole),
        keywords=words,
        gender=gender_of_pronouns(whole),
    )
    if not whole or not re.search(r"[A-Za-z]{2}", whole):
        return base
    found = _WHAT_IF.match(whole)
    if found:
        return _what_if(base, found[1])
    body = _LEAD.sub("", whole)
    first = re.split(r"\s*(?:[.;:!?—]|\s[-–]\s)\s*", body, maxsplit=1)[0].strip(" ,") or body
    when = _WHEN.match(first)
    if when and len(when[1].split()) <= LIMIT + 1 and split_verb(when[1]):
        return _event(base, when[1])
    relative = _RELATIVE.match(first)
    if relative and not _PRONOUN.match(first) and len(relative[1].split()) <= 7 and not split_verb(relative[1] + " so"):
        return _relative(base, relative[1], relative[2].lower(), relative[3])
    if re.match(r"s?he\s", first, re.IGNORECASE) and split_verb(first, loose=True):
        return _event(base, lowered(first))
    if _PRONOUN.match(first):
        return base
    if split_verb(first):
        return _event(base, first)
    return _phrase(base, first)


def _what_if(base: Spark, rest: str) -> Spark:
    clause = rest.strip().rstrip("?.! ").split("? ")[0]
    clause = re.split(r"[.;]\s", clause)[0]
    if len(clause.split()) > 14:
        clause = re.split(r",\s|\s(?:and|but)\s", clause)[0]
    split = split_verb(clause, loose=True)
    matter = lowered(noun_phrase(split[0].split())) if split and not _PRONOUN.match(clause) else ""
    return _made(base, kind="whatif" if len(clause.split()) <= 11 else "line", clause=lowered(clause), matter=matter)


def _relative(base: Spark, subject: str, word: str, rest: str) -> Spark:
    rest = re.split(r",\s|\s(?:and|but)\s(?=the |a |an |her |his |they |she |he )", rest)[0].strip()
    person = word in ("who", "whose") or is_person(subject)
    figure = f"{determined(subject)} {word if not person or word != 'which' else 'who'} {rest}"
    if len(figure.split()) > LIMIT:
        figure = trimmed(figure)
    matter = object_of(rest) if word != "whose" else ""
    if not person:
        return _made(base, kind="matter", matter=figure if len(figure.split()) <= LIMIT else determined(subject))
    named = _NAMED.search(subject)
    return _made(
        base, kind="figure", figure=figure, head=head_of(subject), matter=matter, name=named[1] if named else "",
        plural=is_plural(subject) and not named, gender=gender_of_nouns(subject) or base.gender,
    )  # fmt: skip


def _event(base: Spark, sentence: str) -> Spark:
    split = split_verb(sentence, loose=True)
    assert split is not None
    subject, rest = split
    clause = sentence
    if len(clause.split()) > 13:
        clause = re.split(r",\s|\s(?:and|but|while|because|only)\s", clause)[0]
    if len(clause.split()) > 14:
        return _made(base, kind="line")
    name = (
        subject
        if re.fullmatch(r"[A-Z][a-z’'-]+(?: [A-Z][a-z’'-]+)?", subject) and (" " in subject or not is_plural(subject))
        else ""
    )
    if name and name.lower() in word_lists()["persons"]:
        name = ""
    actor = _TAIL.split(subject, maxsplit=1)[0]
    unnamed = subject in ("she", "he")
    person = bool(name) or unnamed or is_person(actor)
    return _made(
        base,
        kind="event",
        clause=clause if name else lowered(clause),
        head="" if name or unnamed else (lowered(head_of(actor)) if person else ""),
        matter=object_of(rest) or ("" if person else lowered(noun_phrase(subject.split()))),
        name=name,
        plural=person and not name and is_plural(actor),
        gender=(gender_of_name(name) if name and not base.gender else None) or gender_of_nouns(actor) or base.gender,
        subject_is_person=person,
    )


def _phrase(base: Spark, phrase: str) -> Spark:
    words = phrase.split()
    pair = _PAIR.match(phrase)
    if pair and (is_person(pair[1]) or is_person(pair[2])) and len(words) <= LIMIT:
        matter = _matter_of_tail(phrase[pair.end() :].split())
        return _made(base, kind="figure", figure=lowered(phrase), head=head_of(pair[1]), matter=matter, plural=True)
    head = _TAIL.split(phrase, maxsplit=1)[0]
    bare_plural = len(words) == 1 and is_plural(phrase)
    if is_person(head) and len(head.split()) <= 6 and not bare_plural:
        figure = determined(phrase)
        figure = figure if len(figure.split()) <= LIMIT else trimmed(figure)
        named = _NAMED.search(phrase)
        tail = phrase[len(head) :].split()
        matter = _matter_of_tail(tail)
        return _made(
            base, kind="figure", figure=figure, head=head_of(head), matter=matter, plural=is_plural(head),
            gender=gender_of_nouns(head) or base.gender, name=named[1] if named else "",
        )  # fmt: skip
    if re.search(r"\b(?:but|because|although)\b", phrase) or re.match(
        r"(?:when|after|before|if|because|as|while|since|until|where|how|why)\b", phrase, re.IGNORECASE
    ):
        return base
    phrase = re.split(r",\s", phrase)[0]
    if len(words) <= 9 and re.fullmatch(r"[\w’'\- ]+", phrase):
        return _made(base, kind="matter", matter=_as_matter(phrase))
    return base


_PAIR = re.compile(r"^(an? [\w’'-]+(?: [\w’'-]+)?) and (an? [\w’'-]+(?: [\w’'-]+)?)\b", re.IGNORECASE)


def _matter_of_tail(tail: list[str]) -> str:
    """What is said last of somebody: "trapped in an elevator" is about the elevator."""
    for index in range(len(tail) - 1, -1, -1):
        if tail[index].lower() in ("with", "of", "without", "in", "on", "at", "from", "under", "behind", "inside"):
            matter = noun_phrase(tail[index + 1 :])
            return "" if is_person(matter) else matter
    return ""


def _made(base: Spark, **fields: Any) -> Spark:
    return replace(base, **fields)


def _place(text: str) -> str:
    named = _NAMED_PLACE.search(text)
    if named and not re.match(
        r"^(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Christmas|I|God)\b", named[1]
    ):
        preposition = text[named.start() : named.start() + 2].lower()
        if preposition not in ("to", "of", "fr"):
            return re.sub(r"^(?:the )?1\d{3}s? ", "", named[1])
    common = _COMMON_PLACE.search(text)
    if common and not is_person(common[1]) and word_lists()["places"] & set(common[1].lower().split()):
        return common[1]
    return ""


def _era(text: str) -> str:
    found = re.search(
        r"\b(?:the )?(1\d{3}s|1[0-9]{3}|20\d{2}|[a-z]+(?:teenth|tieth|first)[- ]century)\b", text, re.IGNORECASE
    )
    if not found:
        return ""
    return found[1] if found[1].isdigit() else f"the {found[1]}"


def _as_matter(phrase: str) -> str:
    return phrase if phrase.isupper() else lowered(phrase)

"""What is already settled: names, places and choices read back out of confirmed content, whoever wrote it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.wishes import is_chinese

_EN_NAME = re.compile(r"^([A-Z][\w’'-]+(?: (?:de|van|von|le|la) [A-Z][\w’'-]+| [A-Z][\w’'-]+){0,2})(?=,| must\b)")
_ZH_NAME = re.compile(r"^([\u3400-\u9fff·]{2,6}?)(?=，|、|是一|是个|必须|：)")


def texts(value: Any) -> Iterable[str]:
    """Every string in a content, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def first_seen(corpus: str, options: Sequence[str]) -> str | None:
    """The option that is mentioned earliest."""
    found = [(at, option) for option in options if option and (at := corpus.find(option)) >= 0]
    return min(found)[1] if found else None


def opening_name(text: str) -> str | None:
    """The name a sketch or premise begins with."""
    if is_chinese(text[:12]):
        found = _ZH_NAME.match(text)
        return found[1] if found and len(found[1]) <= 4 and not re.search(r"的|了|在|一个|如果", found[1]) else None
    found = _EN_NAME.match(text)
    return found[1] if found and not _is_function_word(found[1].split()[0]) else None


def _is_function_word(word: str) -> bool:
    return word.lower() in load("en/words")["stopwords"].split() or word in ("Two", "Three", "Born", "Sworn")


def person_by_role(confirmed: Mapping[GenesisStage, Any], role: str) -> Mapping[str, Any] | None:
    people = confirmed.get(GenesisStage.CHARACTERS, {}).get("characters") or []
    return next((person for person in people if isinstance(person, dict) and person.get("role") == role), None)


def hero_name(stage: GenesisStage, content: Mapping[str, Any]) -> str | None:
    """The protagonist's name in one confirmed stage."""
    match stage:
        case GenesisStage.CHARACTERS:
            person = person_by_role({stage: content}, "protagonist")
            return str(person["name"]) if person else None
        case GenesisStage.CONCEPT_SELECTION:
            return opening_name(str(content.get("protagonist_sketch") or ""))
        case GenesisStage.STORY_CONCEPTION:
            return opening_name(str(content.get("premise_sentence") or ""))
        case _:
            return None


def lexicon_name(corpus: str, given: Sequence[str], surnames: Sequence[str], but: Sequence[str]) -> str | None:
    """A full name made of the lexicon's own parts, other than those in `but`, as it stands in the text."""
    for match in re.finditer(r"\b([A-ZÉ][\w’-]+) ([A-Z][\w’-]+)\b", corpus):
        name = match[0].removesuffix("’s")
        if match[1] in given and match[2].removesuffix("’s") in surnames and name not in but:
            return name
    return None


def gender_of(text: str) -> str | None:
    """By the pronouns in a text."""
    lowered = text.lower()
    if is_chinese(text):
        female, male = text.count("她"), len(re.findall(r"(?<!其)他(?!人|们)", text))
    else:
        female = len(re.findall(r"\b(?:she|her|hers|herself)\b", lowered))
        male = len(re.findall(r"\b(?:he|him|his|himself)\b", lowered))
    if female == male:
        return None
    return "f" if female > male else "m"

"""The forms of the steps from a keyword to a book: what a model is to answer, and what of an answer can be taken."""

from collections.abc import Mapping
from typing import Any

from genesis_types.enums import Intent
from genesis_types.text import clean
from pydantic import ValidationError

from application.idea_writers import IdeaRequest, Made, Step
from domain.project.ideas import (
    FEWEST_CONCEPTS,
    MOST_CONCEPTS,
    ArgumentThesis,
    Claim,
    Idea,
    Landscape,
    NarrativeThesis,
    Topic,
)
from infrastructure.language_detector import language_of
from infrastructure.writers.model.asking import Answer
from infrastructure.writers.model.chapter.tries import Verdict
from infrastructure.writers.model.quality.language import known_languages
from infrastructure.writers.model.reader import candidates
from infrastructure.writers.model.schemas import Json, closed, listed

_SURE = 0.8
_MOST_TOPICS, _FEWEST_TOPICS = 8, 2
_MOST_CLAIMS, _FEWEST_CLAIMS = 6, 2
_TEXT: Json = {"type": "string"}
_NARRATIVE = ("statement", "theme", "question", "conflict", "stakes")
_IDEA = ("title", "tagline", "logline", "audience", "angle")


def schema(step: Step, intent: Intent) -> Json:
    """The form of the answer to a step."""
    if step == "landscape":
        topic = closed({"name": _TEXT, "about": _TEXT, "angles": listed(_TEXT, 2, 4)})
        return closed({"topics": listed(topic, 4, 6)})
    if step == "thesis" and intent is Intent.FICTION:
        return closed(dict.fromkeys(_NARRATIVE, _TEXT))
    if step == "thesis":
        claim = closed(dict.fromkeys(("claim", "support", "refute"), _TEXT))
        return closed({"statement": _TEXT, "claims": listed(claim, 3, 5)})
    return closed({"concepts": listed(closed(dict.fromkeys(_IDEA, _TEXT)), FEWEST_CONCEPTS, MOST_CONCEPTS)})


def read(answer: Answer, step: Step, request: IdeaRequest) -> Verdict[Made]:
    """What can be taken of an answer: whole items, in another language none."""
    for found in candidates(answer.text or answer.thoughts):
        made = _made(clean(found), step, request.brief.intent)
        if made is None:
            continue
        if _is_foreign(_said(made), request.brief.language):
            return Verdict(None, "WRONG_LANGUAGE", f"Write in this language (BCP 47): {request.brief.language}.")
        return Verdict(made)
    reason = "Your answer did not have the required form. Give every field, each with a text of its own."
    return Verdict(None, "BROKEN_ANSWER" if answer.text.strip() else "EMPTY", reason)


def so_far(text: str, step: Step, intent: Intent) -> list[Any]:
    """What has come of an answer that is still being written, item by item."""
    for found in candidates(text):
        if step == "thesis" and isinstance(found, dict):
            items = [{"name": key, "text": one} for key, one in found.items() if isinstance(one, str)]
            if intent is Intent.FICTION:
                return [one for one in items if one["name"] in _NARRATIVE]
            claims = found.get("claims")
            first = [{"statement": found["statement"]}] if isinstance(found.get("statement"), str) else []
            return [*first, *(one for one in (claims if isinstance(claims, list) else ()) if _whole(one, Claim))]
        key, kind = ("topics", Topic) if step == "landscape" else ("concepts", Idea)
        listed_items = _items(found, key)
        if listed_items:
            return [one for one in listed_items if _whole(one, kind)]
    return []


def _made(found: Any, step: Step, intent: Intent) -> Made | None:
    try:
        if step == "landscape":
            topics = _valid(_items(found, "topics"), Topic)[:_MOST_TOPICS]
            return Landscape(topics=tuple(topics)) if len(topics) >= _FEWEST_TOPICS else None
        if step == "concepts":
            ideas = _untwinned(_valid(_items(found, "concepts"), Idea))[:MOST_CONCEPTS]
            return tuple(ideas) if len(ideas) >= FEWEST_CONCEPTS else None
        if not isinstance(found, dict):
            return None
        if intent is Intent.FICTION:
            return NarrativeThesis(**{key: _line(found.get(key)) for key in _NARRATIVE})
        claims = _valid(_items(found.get("claims"), "claims"), Claim)[:_MOST_CLAIMS]
        if len(claims) < _FEWEST_CLAIMS:
            return None
        return ArgumentThesis(statement=_line(found.get("statement")), claims=tuple(claims))
    except ValidationError:
        return None


def _items(found: Any, key: str) -> list[Any]:
    """A list that stands under its key, or alone."""
    value = found.get(key) if isinstance(found, dict) else found
    return value if isinstance(value, list) else []


def _valid(items: list[Any], kind: type[Any]) -> list[Any]:
    made = []
    for item in items:
        try:
            made.append(kind.model_validate(_trimmed(item, kind)))
        except ValidationError:
            continue
    return made


def _whole(item: Any, kind: type[Any]) -> bool:
    return bool(_valid([item], kind))


def _trimmed(item: Any, kind: type[Any]) -> Any:
    """Without fields that nobody has asked for, and without white space that means nothing."""
    if not isinstance(item, Mapping):
        return item
    known = {key: value for key, value in item.items() if key in kind.model_fields}
    return {
        key: [_line(one) for one in value if _line(one)][:6] if isinstance(value, list) else _line(value)
        for key, value in known.items()
    }


def _line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _untwinned(ideas: list[Idea]) -> list[Idea]:
    """The first of those that have one title."""
    found: dict[str, Idea] = {}
    for idea in ideas:
        found.setdefault(idea.title.casefold(), idea)
    return list(found.values())


def _said(made: Made) -> str:
    match made:
        case Landscape():
            return " ".join(topic.about for topic in made.topics)
        case NarrativeThesis():
            return f"{made.statement} {made.conflict} {made.stakes}"
        case ArgumentThesis():
            return " ".join((made.statement, *(one.claim for one in made.claims)))
        case _:
            return " ".join(idea.logline for idea in made)


def _is_foreign(text: str, language: str) -> bool:
    wanted = known_languages(language)
    if not wanted:
        return False
    found, sure = language_of(text)
    return sure >= _SURE and found not in wanted

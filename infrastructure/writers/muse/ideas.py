"""The muse behind the port of ideas' writers: stories are planned as its concepts are, facts are never made up.

Of non-fiction it knows nothing: what it gives are questions, claims to be tested, and shapes of books.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from string import Template
from typing import Any

from genesis_types.enums import GenesisStage, Intent
from pydantic import JsonValue

from application.idea_writers import STEPS, IdeaDraft, IdeaRequest, IdeasWritten, Made, Step, StepWritten
from application.writers import Spent
from domain.genesis.premise import Premise
from domain.project.ideas import ArgumentThesis, Brief, Claim, Idea, Landscape, NarrativeThesis, Topic
from infrastructure.writers.muse.concept import concept
from infrastructure.writers.muse.decisions import Decisions
from infrastructure.writers.muse.forms import capital
from infrastructure.writers.muse.lexicon import language_of, load
from infrastructure.writers.muse.plan import draw
from infrastructure.writers.muse.realise import joined, realiser

VERSION = "muse-ideas-1"
CONCEPTS = 4

_FREE = Spent({}, 0.0, "none")


class MuseIdeas:
    """A writer without a model. `pace_seconds` lies between two drafts, so that a step can be read as it comes."""

    def __init__(self, pace_seconds: float = 0.0) -> None:
        self._pace = pace_seconds

    async def write_ideas(self, request: IdeaRequest) -> AsyncIterator[IdeaDraft | StepWritten | IdeasWritten]:
        """Costs nothing and raises nothing. What was kept decides only where it goes on, never what is written."""
        for step in request.left:
            made = await asyncio.to_thread(make, request, step)
            items = shown(made)
            for count in range(1, len(items) + 1):
                percent = 100 * (STEPS.index(step) + count / (len(items) + 1)) / len(STEPS)
                yield IdeaDraft(step, items[:count], round(percent, 1), "writing")
                await asyncio.sleep(self._pace)
            yield StepWritten(step, made, _FREE)
        yield IdeasWritten("muse", VERSION, VERSION, _FREE)


def make(request: IdeaRequest, step: Step) -> Made:
    """One step, the same for the same project and brief."""
    fiction = request.brief.intent is Intent.FICTION
    if step == "landscape":
        return _landscape(request.brief)
    if step == "thesis":
        return _narrative(request) if fiction else _argument(request.brief)
    return _stories(request) if fiction else _books(request.brief)


def shown(made: Made) -> list[JsonValue]:
    """What has come of a step, item by item, as a draft shows it."""
    match made:
        case Landscape():
            return [topic.model_dump(mode="json") for topic in made.topics]
        case NarrativeThesis():
            return [{"name": name, "text": text} for name, text in made.model_dump(exclude={"kind"}).items()]
        case ArgumentThesis():
            return [{"statement": made.statement}, *(claim.model_dump(mode="json") for claim in made.claims)]
        case _:
            return [idea.model_dump(mode="json") for idea in made]


class _Words:
    """The sentences of the brief's language, with its keyword in them."""

    def __init__(self, brief: Brief) -> None:
        self.data: Mapping[str, Any] = load(f"{language_of(brief.language)}/ideas")
        keyword = brief.keyword
        quote = keyword if keyword[:1] in "“「\"'" else Template(self.data["quote"]).substitute(k=keyword)
        self._slots = {"k": keyword, "K": capital(keyword), "q": quote}

    def say(self, text: str) -> str:
        return Template(text).substitute(self._slots)

    def readers(self, brief: Brief) -> str:
        return brief.audience or str(self.data["readers"][brief.audience_level])


def _landscape(brief: Brief) -> Landscape:
    words = _Words(brief)
    return Landscape(
        topics=tuple(
            Topic(
                name=words.say(topic["name"]),
                about=words.say(topic["about"]),
                angles=tuple(words.say(angle) for angle in topic["angles"]),
            )
            for topic in words.data[brief.intent]["topics"]
        )
    )


def _argument(brief: Brief) -> ArgumentThesis:
    words = _Words(brief)
    thesis = words.data["thesis"]
    claims = tuple(Claim(**{key: words.say(text) for key, text in claim.items()}) for claim in thesis["claims"])
    return ArgumentThesis(statement=words.say(thesis["statement"]), claims=claims)


def _books(brief: Brief) -> tuple[Idea, ...]:
    words = _Words(brief)
    readers = words.readers(brief)
    return tuple(
        Idea(**{key: words.say(text) for key, text in book.items()}, audience=readers)
        for book in words.data["concepts"]
    )


def _premise(brief: Brief) -> Premise:
    return Premise(title="", seed=brief.keyword, genre=brief.genre, audience=brief.audience, language=brief.language)


def _narrative(request: IdeaRequest) -> NarrativeThesis:
    plan = draw(request.project_id, _premise(request.brief), 0, Decisions())
    writer = realiser(plan, GenesisStage.STORY_CONCEPTION, 0)
    told = plan.told
    separator = "、" if plan.language == "zh" else ", "
    return NarrativeThesis(
        statement=writer.say("theme_statement", told["theme_statement"]),
        theme=separator.join(told["themes"]),
        question=writer.say("thematic_question", told["thematic_question"]),
        conflict=writer.say("conflict", told["conflict"]),
        stakes=joined(plan, writer.say("stakes", told["stakes"])),
    )


def _stories(request: IdeaRequest) -> tuple[Idea, ...]:
    words, made = _Words(request.brief), list[Idea]()
    for turn in range(CONCEPTS):
        plan = draw(request.project_id, _premise(request.brief), turn, Decisions())
        writer = realiser(plan, GenesisStage.CONCEPT_SELECTION, turn)
        content = concept(plan, writer, [one.title for one in made], "", turn == 0)
        general = request.brief.audience_level == "general"
        made.append(
            Idea(
                title=str(content["title"]),
                tagline=str(content["premise_question"]),
                logline=_about(request.brief, words, str(content["logline"]), turn),
                audience=str(content["target_audience"]) if general else words.readers(request.brief),
                angle=str(content["unique_angle"]),
            )
        )
    return tuple(made)


def _about(brief: Brief, words: _Words, logline: str, turn: int) -> str:
    """The logline, with a sentence that holds the keyword where the story itself does not name it."""
    if brief.keyword.casefold() in logline.casefold():
        return logline
    told = words.data["stories"]
    return logline + ("" if language_of(brief.language) == "zh" else " ") + words.say(told[turn % len(told)])

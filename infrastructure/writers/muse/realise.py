"""From a plan to a realiser that writes with it, and what the makers of all stages share."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from genesis_types.enums import GenesisStage

from infrastructure.writers.contents import texts as texts_of
from infrastructure.writers.muse import forms
from infrastructure.writers.muse.forms import Forms, capital
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.lexicon import columns
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.spark import sentences
from infrastructure.writers.muse.template import Realiser

Json = dict[str, Any]
_PARAGRAPH = {"setup": "setup", "d1": "disaster_1", "d2": "disaster_2", "d3": "disaster_3", "ending": "ending"}
_ROLES = {"antagonist": "rival", "love_interest": "love", "protagonist": "hero"}
_NO_SENTENCE = ("name", "kind", "term", "when", "label")
_ENDS = (".", "!", "?", "…", "”", "。", "！", "？")


def realiser(plan: StoryPlan, stage: GenesisStage, turn: int) -> Realiser:
    """Writes one stage of a plan. `turn`: which of the wordings. What happens is the same in every later stage."""
    stage_dice = plan.session.child(stage.value).turned(turn)
    story = stage is GenesisStage.STORY_CONCEPTION
    writer = Realiser(_slots(plan), plan.session.child("story").turned(plan.turn + turn * story), plan.allowed)
    told = plan.told
    for key in ("goal", "consequence", "lie", "truth", "fear", "midpoint", "setup", "d1", "d2", "d3"):
        told_already = any(plan.facts["secrets"] in text for text in writer.said)
        options = [told[key]] if isinstance(told[key], str) else told[key]
        fresh = [option for option in options if not (told_already and "{secret}" in option)]
        writer = writer.with_slots(**{key: writer.say(key, fresh or options)})
    wanted = plan.decided.of(IntentKind.ENDING) or ("dark" if {"dark", "sad"} & set(plan.tones) else "")
    endings = told["dark_ending"] if wanted == "dark" else plan.text("endings").get(wanted) or told["ending"]
    texts = {
        "theme": writer.say("theme", told["theme_statement"]),
        "ending": writer.say("ending", endings),
        "motif": writer.say("motif", plan.words["motifs"]),
        "image": replace(writer, dice=stage_dice).say("image", plan.words["images"]),
    }
    writer = writer.with_slots(**texts | _confirmed(plan))
    told_before = (
        plan.confirmed.get(key) or {} for key in (GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION)
    )
    said = {one.strip() for content in told_before for text in texts_of(content) for one in sentences(text)}
    return replace(writer, dice=stage_dice, said=said)


def _confirmed(plan: StoryPlan) -> dict[str, str]:
    """The confirmed story's own passages, and the confirmed protagonist's own sentences, in place of the plan's."""
    story: Json = plan.confirmed.get(GenesisStage.STORY_CONCEPTION) or {}
    people: Json = plan.confirmed.get(GenesisStage.CHARACTERS) or {}
    hero: Json = next((one for one in people.get("characters") or [] if one.get("role") == "protagonist"), {})
    own = {slot: (story.get("one_paragraph") or {}).get(key) for slot, key in _PARAGRAPH.items()}
    own |= {"theme": story.get("theme_statement"), "lie": hero.get("lie"), "truth": hero.get("truth")}
    return {slot: str(text) for slot, text in own.items() if text}


def _slots(plan: StoryPlan) -> dict[str, Forms]:
    language, facts, figure = plan.language, plan.facts, plan.figure
    people = {_ROLES.get(one.role, one.role): forms.person(language, one) for one in plan.people}
    own = {"a": figure.a, "the": figure.the, "bare": figure.title or figure.the, "title": figure.title}
    last = plan.spark.quote[-1:]
    one_s, whole = plan.text("one_s"), plan.spark.claim and last.isalnum() and not last.isascii()
    texts = {
        "price": facts["prices"].replace(one_s, people["hero"]["their"]) if one_s else facts["prices"],
        "secret": facts["secrets"],
        "force": columns(facts["forces"], 4)[0],
        "age": forms.number_word(language, plan.age),
        "time": plan.time,
        "spark": forms.quoted(language, plan.spark.quote, ends=plan.text("stop") if whole else "out"),
    }
    return {
        **people,
        "me": people["hero"],
        "hero": {**people["hero"], **own},
        "rival": {**people["rival"], "post": facts["posts"]},
        "place": forms.place(language, plan.place, _described(plan)),
        "token": forms.thing(language, facts["tokens"]),
        "subject": forms.named(language, facts["subject"]),
        "clock": forms.named(language, facts["clocks"]),
        **{name: {"": text} for name, text in texts.items()},
    }


def _described(plan: StoryPlan) -> str:
    """A sentence about the place: the lexicon's, or one that is true of anywhere."""
    where = plan.place
    writer = Realiser({"place": forms.place(plan.language, where, "")}, plan.session, plan.allowed)
    if where.description:
        return writer.write(plan.text("place_is") + where.description + plan.text("end"))
    return writer.say(f"described:{where.name}", plan.text("place_descriptions"))


def joined(plan: StoryPlan, *sentences: str) -> str:
    return str(plan.text("space")).join(one for one in sentences if one)


def table(plan: StoryPlan, writer: Realiser, rows: Iterable[str], *keys: str) -> list[Json]:
    """Data rows, written, by the names of their columns; what is no name becomes a sentence of its own."""

    def cell(key: str, text: str) -> str:
        whole = key in _NO_SENTENCE or not text or text.endswith(_ENDS)
        return text if key in ("kind", "term") else capital(text) + ("" if whole else plan.text("end"))

    return [
        {key: cell(key, writer.write(text)) for key, text in zip(keys, columns(row, len(keys)), strict=True)}
        for row in rows
    ]


def tone_line(plan: StoryPlan, own: str) -> str:
    """The tone, with what the writer asked for in front."""
    words = plan.text("tone_words")
    return str(plan.text("between")).join([*(words[tone] for tone in reversed(plan.tones)), own])


def tone_sentences(plan: StoryPlan, writer: Realiser, key: str) -> str:
    """One sentence for each wanted tone that has one left; `key` varies which."""
    fresh = {
        tone: [one for one in plan.text("tones")[tone] if writer.write(one) not in writer.said] for tone in plan.tones
    }
    return joined(plan, *(writer.say(f"{key}:{tone}", options) for tone, options in fresh.items() if options))


def additions(plan: StoryPlan, writer: Realiser, key: str) -> str:
    """One sentence for each element that the writer added, in the writer's own words."""
    values = {value: forms.quoted(plan.language, value) for value in plan.decided.every(IntentKind.ADD)}
    return joined(
        plan, *(writer.with_slots(value=quote).say(f"add:{one}", plan.text(key)) for one, quote in values.items())
    )

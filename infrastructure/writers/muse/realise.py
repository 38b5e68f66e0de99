"""From a plan to a realiser that writes with it, and what the makers of all stages share."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse import forms
from infrastructure.writers.muse.forms import Forms, capital
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.lexicon import columns
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.template import Realiser

Json = dict[str, Any]
_PARAGRAPH = {"setup": "setup", "d1": "disaster_1", "d2": "disaster_2", "d3": "disaster_3", "ending": "ending"}


def realiser(plan: StoryPlan, stage: GenesisStage, turn: int) -> Realiser:
    """Writes one stage of a plan. `turn`: which of the wordings. What happens is the same in every later stage."""
    stage_dice = plan.session.child(stage.value).turned(turn)
    story = stage is GenesisStage.STORY_CONCEPTION
    writer = Realiser(_slots(plan), plan.session.child("story").turned(plan.turn + turn * story), plan.allowed)
    told, extra = plan.told, dict[str, str]()
    for key in ("goal", "consequence", "lie", "truth", "fear", "midpoint", "setup", "d1", "d2", "d3"):
        extra[key] = writer.with_slots(**extra).say(key, told[key])
    extra["theme"] = writer.with_slots(**extra).say("theme", told["theme_statement"])
    wanted = plan.decided.of(IntentKind.ENDING) or ("dark" if {"dark", "sad"} & set(plan.decided.tones) else "")
    endings = [told["dark_ending"]] if wanted == "dark" else plan.text("endings").get(wanted) or told["ending"]
    extra["ending"] = writer.with_slots(**extra).say("ending", endings)
    extra["motif"] = writer.say("motif", plan.words["motifs"])
    extra["image"] = replace(writer, dice=stage_dice).say("image", plan.words["images"])
    return replace(writer.with_slots(**extra | _confirmed(plan)), dice=stage_dice, said=set())


def _confirmed(plan: StoryPlan) -> dict[str, str]:
    """The confirmed story's own passages, and the confirmed protagonist's own sentences, in place of the plan's."""
    story: Any = plan.confirmed.get(GenesisStage.STORY_CONCEPTION) or {}
    people: Any = (plan.confirmed.get(GenesisStage.CHARACTERS) or {}).get("characters") or []
    hero: Json = next((one for one in people if one.get("role") == "protagonist"), {})
    own = {slot: (story.get("one_paragraph") or {}).get(key) for slot, key in _PARAGRAPH.items()}
    own |= {"theme": story.get("theme_statement"), "lie": hero.get("lie"), "truth": hero.get("truth")}
    return {slot: str(text) for slot, text in own.items() if text}


def _slots(plan: StoryPlan) -> dict[str, Forms]:
    language = plan.language
    slots: dict[str, Forms] = {
        {"antagonist": "rival", "love_interest": "love", "protagonist": "hero"}.get(one.role, one.role): forms.person(
            language, one
        )
        for one in plan.people
    }
    figure = plan.figure
    bare = figure.title or figure.the
    slots["me"] = slots["hero"]
    slots["hero"] = {**slots["hero"], "a": figure.a, "the": figure.the, "bare": bare, "title": figure.title}
    slots["rival"] = {**slots["rival"], "post": plan.facts["post"]}
    slots["place"] = forms.place(language, plan.place, described(plan))
    slots["token"] = forms.thing(language, plan.facts["token"])
    for name in ("subject", "clock"):
        slots[name] = forms.named(language, plan.facts[name])
    own = plan.text("one_s")
    price = plan.facts["price"].replace(own, slots["hero"]["their"]) if own else plan.facts["price"]
    texts = {
        "price": price,
        "secret": plan.facts["secret"],
        "force": plan.force[0],
        "age": plan.age,
        "time": plan.time,
        "spark": forms.quoted(language, plan.spark.quote, ends=plan.text("stop") if plan.spark.claim else "out"),
    }
    return slots | {name: {"": text} for name, text in texts.items()}


def described(plan: StoryPlan) -> str:
    """A sentence about the place: the lexicon's, or one that is true of anywhere."""
    language, where = plan.language, plan.place
    name = {"place": forms.place(language, where, "")}
    writer = Realiser(name, plan.session, plan.allowed)
    if where.description:
        return capital(writer.write(plan.text("place_is") + where.description + plan.text("end")))
    return writer.say(f"described:{where.name}", plan.text("place_descriptions"))


def sentence(plan: StoryPlan, text: str) -> str:
    """A phrase of the lexicon as a sentence of its own."""
    ends = (".", "!", "?", "…", "”", "。", "！", "？")
    return capital(text) if not text or text.endswith(ends) else capital(text) + plan.text("end")


def joined(plan: StoryPlan, *sentences: str) -> str:
    return str(plan.text("space")).join(one for one in sentences if one)


def row(writer: Realiser, plan: StoryPlan, text: str, count: int) -> list[str]:
    """The columns of a data row, written; all but the first are sentences."""
    first, *rest = (writer.write(cell) for cell in columns(text, count))
    return [first, *(sentence(plan, cell) for cell in rest)]


def tone_line(plan: StoryPlan, own: str) -> str:
    """The tone, with what the writer asked for in front."""
    words = plan.text("tone_words")
    return str(plan.text("between")).join([*(words[tone] for tone in reversed(plan.decided.tones)), own])


def tone_sentences(plan: StoryPlan, writer: Realiser, key: str) -> str:
    """One sentence for each wanted tone; `key` varies which one."""
    return joined(plan, *(writer.say(f"{key}:{tone}", plan.text("tones")[tone]) for tone in plan.decided.tones))


def additions(plan: StoryPlan, writer: Realiser, templates: Sequence[str]) -> str:
    """One sentence for each element that the writer added, in the writer's own words."""
    return joined(
        plan,
        *(
            writer.with_slots(value=forms.quoted(plan.language, value)).say(f"add:{value}", templates)
            for value in plan.decided.additions
        ),
    )

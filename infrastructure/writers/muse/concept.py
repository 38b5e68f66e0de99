"""CONCEPT_SELECTION: variants of one spark, each about somebody else, with another conflict and another end."""

from collections.abc import Collection

from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.realise import Json, additions, joined, sentence, tone_line, tone_sentences
from infrastructure.writers.muse.template import Realiser


def concept(plan: StoryPlan, writer: Realiser, used: Collection[str], asked: str, first: bool) -> Json:
    """`used`: the titles on the table; `asked`: the title that the writer gave, which the first variant has alone."""
    told = plan.told
    return {
        "title": _title(plan, writer, used, plan.decided.of(IntentKind.TITLE) or asked, first),
        "logline": _logline(plan, writer),
        "hook": joined(
            plan,
            _opening(plan, writer),
            writer.say("hook", told["hook"]),
            tone_sentences(plan, writer, "hook"),
            additions(plan, writer, plan.text("add_concept")),
        ),
        "premise_question": writer.say("question", told["question"]),
        "genre": plan.words["label"],
        "subgenres": writer.some("subgenres", plan.words["subgenres"], 2),
        "target_audience": plan.audience or plan.words["audience"],
        "themes": list(told["themes"]),
        "tone": tone_line(plan, writer.say("tone", told["tones"])),
        "protagonist_sketch": _sketch(plan, writer),
        "central_conflict": writer.say("conflict", told["conflict"]),
        "stakes": joined(plan, writer.say("stakes", told["stakes"]), tone_sentences(plan, writer, "stakes")),
        "comparable_titles": writer.some("comps", plan.words["comps"], 2),
        "unique_angle": joined(plan, sentence(plan, told["label"]), told["unique"]),
        "emotional_core": told["core"],
        "adjustments_made": [],
    }


def titles(plan: StoryPlan, writer: Realiser) -> list[str]:
    """All titles that a plan gives, within the language's length: of the person first, one time in three."""
    low, high = plan.text("title_length")
    person = writer.dice.order("person", plan.text("titles_of_a_person") if plan.figure.title else [])
    own = writer.dice.order("titles", list(plan.told["titles"]))
    more = writer.dice.order("more", list(plan.text("alternative_titles")))
    shift = plan.turn % len(more)
    templates = [*(person if plan.turn % 3 == 0 else []), *own, *more[shift:], *more[:shift], *person]
    size = len if plan.language == "zh" else lambda title: len(title.split())
    written = [writer.write(template) for template in templates]
    return list(dict.fromkeys(title for title in written if low <= size(title) <= high and plan.allowed(title)))


def _title(plan: StoryPlan, writer: Realiser, used: Collection[str], asked: str, first: bool) -> str:
    taken = {title.casefold() for title in used}
    every = titles(plan, writer)
    own = [title for title in every if title.casefold() not in taken]
    if asked and first and asked.casefold() not in taken:
        return asked
    if own:
        return f"{asked}{plan.text('subtitle')}{own[0]}" if asked else own[0]
    numbered = (str(plan.text("numbered")).format(asked or every[0], part) for part in range(2, 1000))
    return next(title for title in numbered if title.casefold() not in taken)


def _logline(plan: StoryPlan, writer: Realiser) -> str:
    """The first that is short enough for a logline."""
    written = [writer.write(template) for template in writer.dice.order("logline", plan.told["logline"])]
    fitting = [line for line in written if plan.allowed(line) and len(line.split()) <= 24]
    return (fitting or sorted(written, key=len))[0]


def _opening(plan: StoryPlan, writer: Realiser) -> str:
    """The spark in the writer's own words, as something that the protagonist hears, reads or finds."""
    when = writer.say("when", plan.text("when")) if plan.time else ""
    if not plan.spark.quote:
        return when
    frames = plan.text("frames")
    return joined(plan, when, writer.say("frame", frames[plan.stance if plan.spark.claim else "words"]))


def _sketch(plan: StoryPlan, writer: Realiser) -> str:
    inner = writer.say("sketch", plan.told["sketch"])
    stance = writer.say("stance", plan.text("stances")[plan.stance])
    return joined(plan, writer.with_slots(sketch=inner).write(plan.text("sketch")), stance)

"""CONCEPT_SELECTION: variants of one spark, each about somebody else, with another conflict and another end."""

from collections.abc import Collection
from itertools import chain

from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.realise import Json, additions, joined, tone_line, tone_sentences
from infrastructure.writers.muse.template import Realiser

_LOGLINE_WORDS = 24


def concept(plan: StoryPlan, writer: Realiser, used: Collection[str], asked: str, first: bool) -> Json:
    """`used`: the titles on the table; `asked`: the title that the writer gave, which the first variant has alone."""
    told, placed = plan.told, plan.time or plan.decided.of(IntentKind.PLACE)
    return {
        "title": _title(plan, writer, used, plan.decided.of(IntentKind.TITLE) or asked, first),
        "logline": _logline(plan, writer),
        "hook": joined(
            plan,
            writer.write(plan.text("when")["time" if plan.time else "place"]) if placed else "",
            writer.say("frame", plan.text("frames")[_frame(plan)]) if plan.spark.quote else "",
            writer.say("hook", told["hook"]),
            tone_sentences(plan, writer, "hook"),
            additions(plan, writer, "add_concept"),
        ),
        "premise_question": writer.say("question", told["question"]),
        "genre": plan.words["label"],
        "subgenres": writer.some("subgenres", plan.words["subgenres"], 2),
        "target_audience": plan.audience or plan.words["audience"],
        "themes": list(told["themes"]),
        "tone": tone_line(plan, plan.session.pick("tone", told["tones"], None, plan.turn)),
        "protagonist_sketch": joined(
            plan,
            writer.with_slots(sketch=writer.say("sketch", told["sketch"])).write(plan.text("sketch")),
            writer.say("stance", plan.text("stances")[plan.stance]),
        ),
        "central_conflict": writer.say("conflict", told["conflict"]),
        "stakes": joined(plan, writer.say("stakes", told["stakes"]), tone_sentences(plan, writer, "stakes")),
        "comparable_titles": writer.some("comps", plan.words["comps"], 2),
        "unique_angle": joined(plan, told["label"] + plan.text("end"), told["unique"]),
        "emotional_core": told["core"],
    }


def _frame(plan: StoryPlan) -> str:
    """How the spark comes to the protagonist: by how they stand to it, or as mere words where it tells of nothing."""
    return plan.stance if plan.spark.claim else "words"


def fitting(plan: StoryPlan, title: str) -> bool:
    """Whether a title has the length that the language's titles have."""
    low, high = map(int, plan.text("title_length"))
    return low <= len(title.split() if plan.data("grammar")["spaced"] else title) <= high


def titles(plan: StoryPlan, writer: Realiser) -> list[str]:
    """All titles that a plan gives, within the language's length: of the person first, one time in three."""
    person = writer.dice.order("person", plan.text("titles_of_a_person") if plan.figure.title else [])
    own, more = (writer.dice.order("titles", every) for every in (plan.told["titles"], plan.text("alternative_titles")))
    shift = plan.turn % len(more)
    templates = [*(person if plan.turn % 3 == 0 else []), *own, *more[shift:], *more[:shift], *person]
    own_subject = plan.facts["subject"].split()[-1] in plan.figure.a
    templates = [one for one in templates if not (own_subject and "ubject" in one and "ero" in one)]
    written = [writer.write(template) for template in templates]
    return list(dict.fromkeys(title for title in written if fitting(plan, title) and plan.allowed(title)))


def _title(plan: StoryPlan, writer: Realiser, used: Collection[str], asked: str, first: bool) -> str:
    taken = {title.casefold() for title in used}
    every = titles(plan, writer)
    numbered = (str(plan.text("numbered")).format(asked or every[0], part) for part in range(2, 1000))
    own = (f"{asked}{plan.text('subtitle')}{title}" if asked else title for title in every)
    options = chain([asked] if asked and first else [], own, numbered)
    return next(title for title in options if title.casefold() not in taken)


def _logline(plan: StoryPlan, writer: Realiser) -> str:
    """The first that is short enough for a logline."""
    written = [writer.write(template) for template in writer.dice.order("logline", plan.told["logline"])]
    fitting = [line for line in written if plan.allowed(line) and len(line.split()) <= _LOGLINE_WORDS]
    return (fitting or sorted(written, key=len))[0]

"""CONCEPT_SELECTION: variants of one spark, each from another angle."""

import re
from collections.abc import Collection
from typing import Any

from infrastructure.writers.muse import english
from infrastructure.writers.muse.bible import Bible
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.render import Pen
from infrastructure.writers.muse.tone import joined, tone_line, tone_sentences
from infrastructure.writers.muse.wishes import is_chinese

Json = dict[str, Any]

_LOGLINE_WORDS = 25
_AGED = re.compile(
    r"\b(?:old (?:wo)?man|old lady|elderly|retired|ageing|grand\w+|emeritus)\b|老人|老头|老太|退休|外婆|奶奶|爷爷"
)
_YOUTHFUL = re.compile(r"\b(?:young|apprentice|student|girl|boy)\b|年轻|学徒|徒弟|少年|少女|姑娘|女孩|男孩|学生")
_CHILDLIKE = re.compile(
    r"\b(?:boy|girl|child|kid|teen|student|pupil|orphan|twin|prince|apprentice)|孩|少年|少女|学生|学徒|徒弟|公主|王子|孤儿"
)
_LOGLINE_CHARACTERS = 72


def concept(bible: Bible, pen: Pen, used_titles: Collection[str]) -> Json:
    angle, words, language = bible.angle, bible.lexicon, bible.language
    logline = _logline(bible, pen)
    data = load(f"{language}/story")
    return {
        "title": title(bible, pen, used_titles),
        "logline": logline,
        "hook": joined(
            language,
            _spark_sentence(bible, logline),
            pen.say("hook", angle["hook"]),
            tone_sentences(bible, pen, "hook"),
        ),
        "premise_question": _question(bible, pen),
        "genre": words["label"],
        "subgenres": pen.some("subgenres", words["subgenres"], 2),
        "target_audience": bible.audience or words["audience"],
        "themes": list(angle["themes"]),
        "tone": tone_line(bible, pen.say("tone", angle["tones"])),
        "protagonist_sketch": _sketch(bible, pen),
        "central_conflict": pen.say("conflict", angle["conflict"]),
        "stakes": joined(
            language, pen.say("stakes", angle["stakes"]), tone_sentences(bible, pen, "stakes") if _hard(bible) else ""
        ),
        "comparable_titles": pen.some("comps", words["comps"], 2),
        "unique_angle": pen.write(
            data["angle_frame"].replace("<LABEL>", angle["label"]).replace("<ANGLE>", angle["unique"])
        ),
        "emotional_core": pen.write(angle["core"]),
        "adjustments_made": [],
    }


def _hard(bible: Bible) -> bool:
    return bool({"dark", "sad", "tense"} & set(bible.wishes.tones))


def title(bible: Bible, pen: Pen, used: Collection[str]) -> str:
    """A title nobody has used in this stage yet."""
    candidates = [
        *pen.dice.order("title", list(bible.angle["titles"])),
        *pen.dice.order("more", list(load(f"{bible.language}/story")["alternative_titles"])),
    ]
    if pen.dice.number("spark_title", 1, 3) > 1:  # two in three say in the title what the spark is about
        candidates.sort(key=lambda template: "matter}" not in template and "head}" not in template)
    known = {name.casefold() for name in used}
    written = [_cased(bible, pen.write(template)) for template in candidates if fits(bible, template)]
    for name in written:
        if name.casefold() not in known and bible.wishes.allowed(name):
            return name
    for name in written:
        longer = f"{name}：{bible.place}" if bible.language == "zh" else f"{name}: {english.title_case(bible.place)}"
        if longer.casefold() not in known:
            return longer
    return f"{written[0]} {len(known) + 1}"


def _cased(bible: Bible, name: str) -> str:
    return name if bible.language == "zh" else english.title_case(name)


def fits(bible: Bible, template: str) -> bool:
    """Long phrases of the spark make no title."""
    slots = bible.figure_slots() | {"matter": bible.matter}
    zh = bible.language == "zh"
    for slot, limit in (("matter", 10 if zh else 5), ("head", 8 if zh else 3)):
        if (
            "{" in template
            and f"{slot}}}" in template
            and (len(slots[slot]) if zh else len(slots[slot].split())) > limit
        ):
            return False
    return not ("{intitle matter}" in template and "{intitle place}" in template and bible.place in bible.matter)


def _logline(bible: Bible, pen: Pen) -> str:
    templates = _templates(bible)
    short = pen.with_slots(figure=bible.figure_slots()["a_hero"])
    brief = [template.replace("<BRIEF>", bible.angle["short"]) for template in _frames(bible)]
    made = [template for template in templates if template in bible.angle["logline_figure"]]
    fuller = made if made and pen.dice.number("made", 1, 3) > 1 else templates  # the ones made for it, twice in three
    for writer, options in ((pen, fuller), (pen, templates), (pen, brief), (short, templates), (short, brief)):
        for template in pen.dice.order("logline", options):
            line = writer.write(template)
            if _short_enough(bible, line) and bible.wishes.allowed(line):
                return line
    return short.write("{a_hero}" + ("" if bible.language == "zh" else " ") + bible.angle["short"])


def _short_enough(bible: Bible, line: str) -> bool:
    return len(line) <= _LOGLINE_CHARACTERS if bible.language == "zh" else len(line.split()) <= _LOGLINE_WORDS


def _uses_figure(bible: Bible) -> bool:
    return (
        bible.spark.kind == "figure" and bool(bible.spark.figure) and not bible.wishes.last("trade") and not bible.trade
    )


def _templates(bible: Bible) -> list[str]:
    """The fullest loglines first in kind: made for a figure, or for what the spark is about; then the predicates."""
    angle = bible.angle
    framed = [frame.replace("<BRIEF>", predicate) for frame in _frames(bible) for predicate in angle["predicate"]]
    if _uses_figure(bible):
        return [*angle["logline_figure"], *framed]
    spark, same = bible.spark, _same_language(bible)
    if spark.matter and same and spark.kind == "matter":
        return list(angle["logline_matter"])
    if spark.matter and same and spark.kind == "whatif" and spark.clause:
        lead = load(f"{bible.language}/story")["lead_whatif"]
        return [
            f"{lead}{_joint(bible)}{template}"
            for template in angle["logline_matter"]
            if template.startswith("{a_hero}")
        ] + framed
    return framed


def _frames(bible: Bible) -> list[str]:
    """How a bare predicate (<BRIEF>) is led in: by the figure, or by the event, the question or the thing."""
    data, spark, joint = load(f"{bible.language}/story"), bible.spark, _joint(bible)
    if _uses_figure(bible):
        return [f"{{figure}}{joint}<BRIEF>"]
    same, subject = _same_language(bible), "{a_hero}"
    if spark.kind == "event" and spark.clause and same:
        leads = [data["lead_event"]]
        if spark.subject_is_person and not bible.wishes.last("trade"):
            subject = "{hthey}"
    elif spark.kind == "whatif" and spark.clause and same:
        leads = [data["lead_whatif"]]
    elif spark.quote and not (spark.matter and same):
        leads = [data["lead_line"]]
    else:
        leads = list(data["leads_matter"])
    return [f"{lead}{joint}{subject}{joint}<BRIEF>" for lead in leads]


def _joint(bible: Bible) -> str:
    return "" if bible.language == "zh" else " "


def _same_language(bible: Bible) -> bool:
    return is_chinese(bible.spark.text) == (bible.language == "zh")


def _spark_sentence(bible: Bible, logline: str) -> str:
    """The spark in the writer's own words, where the logline has not used them all."""
    spark, zh = bible.spark, bible.language == "zh"
    lost = [word for word in spark.keywords if word.lower() not in logline.lower()]
    if not spark.text or not lost or (spark.kind == "figure" and bible.wishes.last("trade")):
        return ""
    limit = 120 if zh else 320
    text = spark.text if len(spark.text) <= limit else _cut(spark.text, limit, zh)
    if is_chinese(spark.text) != zh:
        return f"“{text.rstrip('.。')}”。" if zh else f"“{text.rstrip('.。')}”."
    text = text.rstrip(" ,;，；：")
    closed = text.endswith((".", "!", "?", "…", "。", "！", "？", "”"))
    return english.capital(text) + ("" if closed else "。" if zh else ".")


def _cut(text: str, limit: int, zh: bool) -> str:
    cut = text[:limit]
    return (cut if zh else cut.rsplit(" ", 1)[0]).rstrip(" ,;，；。") + ("……" if zh else "…")


def _question(bible: Bible, pen: Pen) -> str:
    data, spark = load(f"{bible.language}/story"), bible.spark
    if spark.kind == "whatif" and spark.clause and _same_language(bible):
        return pen.write(data["question_whatif"])
    return pen.say("question", bible.angle["question"])


def _sketch(bible: Bible, pen: Pen) -> str:
    data = load(f"{bible.language}/story")
    young = bible.young if bible.trade or bible.spark.name or _CHILDLIKE.search(bible.spark.head) else "adult"
    ages = data[{"children": "ages_children", "young": "ages_young", "adult": "ages"}[young]]
    if young == "adult":
        said = " ".join(bible.figure_slots()[key] for key in ("head", "who"))
        ages = data["ages_old"] if _AGED.search(said) else data["ages_first"] if _YOUTHFUL.search(said) else ages
    inner = pen.say("sketch", bible.angle["sketch"])
    return pen.with_slots(age=pen.dice.pick("age", ages), sketch=inner).write(data["sketch"])

"""STORY_CONCEPTION: the confirmed concept worked out into a premise, three disasters, a theme and a way of telling."""

from collections.abc import Mapping
from typing import Any

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse import english
from infrastructure.writers.muse.bible import Bible
from infrastructure.writers.muse.concepts import fits
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.muse.render import Pen
from infrastructure.writers.muse.tone import joined, tone_line, tone_sentences

Json = dict[str, Any]

_LIGHT = ("comedy", "epistolary")
_STRUCTURES = ("three_act", "save_the_cat", "story_circle", "snowflake")


def conception(bible: Bible, pen: Pen, session_title: str) -> Json:
    angle, language, wishes = bible.angle, bible.language, bible.wishes
    data = load(f"{language}/story")
    concept: Mapping[str, Any] = bible.confirmed.get(GenesisStage.CONCEPT_SELECTION, {})
    working = wishes.last("title") or session_title or str(concept.get("title") or "")
    alternatives = _alternatives(bible, pen, working)
    working = working or alternatives[0]
    return {
        "working_title": working,
        "alternative_titles": [name for name in alternatives if name != working][:3],
        "premise_sentence": pen.say("premise", data["premise"]),
        "one_paragraph": {
            "setup": joined(
                language,
                pen.say("setup_tail", data["setup_tail"]),
                pen.slots["setup"],
                tone_sentences(bible, pen, "setup"),
            ),
            "disaster_1": pen.slots["d1"],
            "disaster_2": joined(
                language, pen.slots["d2"], "" if bible.angle_key in _LIGHT else pen.write(data["d2_tail"])
            ),
            "disaster_3": pen.slots["d3"],
            "ending": joined(language, pen.slots["ending"], tone_sentences(bible, pen, "ending")),
        },
        "theme_statement": pen.slots["theme"],
        "thematic_question": pen.write(angle["thematic_question"]),
        "conflict": {
            "external": _from(concept, "central_conflict") or pen.say("conflict", angle["conflict"]),
            "internal": pen.write(data["internal"]),
        },
        "stakes": {
            "public": _from(concept, "stakes") or pen.write(data["stakes_public"]),
            "personal": pen.write(data["stakes_personal"]),
        },
        "story_goal": pen.write(data["story_goal"]),
        "consequence_if_failed": pen.write(data["consequence"]),
        "pov": _pov(bible, pen, data),
        "tense": _tense(bible, pen, data),
        "tone": tone_line(bible, _own_tone(bible, concept, pen)),
        "style_guide": {
            "sample": pen.say("sample", data["style_samples"]),
            "rules": pen.some("rules", data["style_rules"], 4),
            "banned": pen.some("banned", data["style_banned"], 4),
        },
        "target_words": target_words(bible),
        "structure": wishes.last("structure") or bible.dice.pick("structure", _STRUCTURES),
        "content_limits": pen.some(
            "limits",
            data[{"children": "limits_children", "young": "limits_young", "adult": "limits_general"}[bible.young]],
            2,
        ),
    }


def _alternatives(bible: Bible, pen: Pen, working: str) -> list[str]:
    templates = [*bible.angle["titles"], *load(f"{bible.language}/story")["alternative_titles"]]
    names = [
        pen.write(template) for template in pen.dice.order("alternatives", [t for t in templates if fits(bible, t)])
    ]
    cased = [name if bible.language == "zh" else english.title_case(name) for name in names]
    return [
        name for name in dict.fromkeys(cased) if name.casefold() != working.casefold() and bible.wishes.allowed(name)
    ][:4]


def _from(concept: Mapping[str, Any], key: str) -> str:
    return str(concept.get(key) or "")


def _own_tone(bible: Bible, concept: Mapping[str, Any], pen: Pen) -> str:
    """The concept's tone without the words that a wanted tone has put there already."""
    words = set(load(f"{bible.language}/story")["tone_words"].values())
    separator = "；" if bible.language == "zh" else "; "
    parts = [part for part in _from(concept, "tone").split(separator) if part and part not in words]
    return separator.join(parts) or pen.say("tone", bible.angle["tones"])


def _pov(bible: Bible, pen: Pen, data: Mapping[str, Any]) -> str:
    asked = bible.wishes.last("pov")
    if asked:
        return asked
    if bible.angle_key == "epistolary":
        return pen.say("pov", data["pov_papers"])
    return pen.say("pov", data["pov"])


def _tense(bible: Bible, pen: Pen, data: Mapping[str, Any]) -> str:
    return bible.wishes.last("tense") or pen.say("tense", data["tense"])


def target_words(bible: Bible) -> int:
    """What the writer asked for, or what is usual for the readers."""
    asked = bible.wishes.last("words")
    if asked:
        digits = asked.lower().replace(",", "").replace(".", "").replace(" ", "")
        if digits.endswith("k"):
            return min(int(digits[:-1]) * 1000, 2_000_000)
        if digits.endswith("万"):
            return min(int(digits[:-1]) * 10_000, 2_000_000)
        return min(int(digits), 2_000_000)
    usual = int(bible.lexicon["target_words"])
    words = {"children": min(usual, 42_000), "young": min(usual, 70_000), "adult": usual}[bible.young]
    return words + 5_000 * bible.dice.number("words", -1, 2)

"""STORY_CONCEPTION: the confirmed concept worked out into a premise, three disasters, a theme and a way of telling."""

from collections.abc import Mapping
from typing import Any

from genesis_types.enums import GenesisStage

from infrastructure.writers.muse.concept import titles
from infrastructure.writers.muse.intents import IntentKind
from infrastructure.writers.muse.plan import StoryPlan
from infrastructure.writers.muse.realise import Json, additions, joined, tone_line, tone_sentences
from infrastructure.writers.muse.template import Realiser

_STRUCTURES = ("three_act", "save_the_cat", "story_circle", "snowflake")


def conception(plan: StoryPlan, writer: Realiser, session_title: str) -> Json:
    told, text, decided = plan.told, plan.text, plan.decided
    concept: Mapping[str, Any] = plan.confirmed.get(GenesisStage.CONCEPT_SELECTION) or {}
    own = titles(plan, writer)
    working = decided.of(IntentKind.TITLE) or session_title or concept.get("title") or own[0]
    limits = writer.some("limits", text("limits")[plan.readers], 2)
    return {
        "working_title": working,
        "alternative_titles": [title for title in own if title.casefold() != working.casefold()][:3],
        "premise_sentence": writer.say("premise", text("premise")),
        "one_paragraph": {
            "setup": joined(
                plan,
                writer.write("{place.described}"),
                writer.write("{Setup}"),
                tone_sentences(plan, writer, "setup"),
                additions(plan, writer, "add_story"),
            ),
            "disaster_1": writer.write("{D1}"),
            "disaster_2": joined(plan, writer.write("{D2}"), writer.write(text("cost"))),
            "disaster_3": writer.write("{D3}"),
            "ending": joined(plan, writer.write("{Ending}"), tone_sentences(plan, writer, "ending")),
        },
        "theme_statement": writer.write("{Theme}"),
        "thematic_question": writer.write(told["thematic_question"]),
        "conflict": {
            "external": concept.get("central_conflict") or writer.say("conflict", told["conflict"]),
            "internal": writer.write(text("internal")),
        },
        "stakes": {
            "public": concept.get("stakes") or writer.write(text("stakes_public")),
            "personal": writer.write(text("stakes_personal")),
        },
        "story_goal": writer.write(text("story_goal")),
        "consequence_if_failed": writer.write(text("consequence")),
        "pov": _way_of_telling(plan, writer, IntentKind.POINT_OF_VIEW, "pov"),
        "tense": _way_of_telling(plan, writer, IntentKind.TENSE, "tense"),
        "tone": tone_line(plan, plan.session.pick("tone", told["tones"], None, plan.turn)),
        "style_guide": {
            "sample": writer.say("sample", text("style_samples")),
            "rules": writer.some("rules", text("style_rules"), 4),
            "banned": writer.some("banned", text("style_banned"), 4),
        },
        "target_words": target_words(plan),
        "structure": decided.of(IntentKind.STRUCTURE) or plan.session.pick("structure", _STRUCTURES, None, plan.turn),
        "content_limits": limits,
    }


def _way_of_telling(plan: StoryPlan, writer: Realiser, kind: IntentKind, key: str) -> str:
    """The point of view or the tense: what was asked for, or a usual one."""
    options: Mapping[str, str] = plan.text(key)
    usual = ["papers"] if key == "pov" and plan.angle == "epistolary" else plan.text(f"usual_{key}")
    asked = plan.decided.of(kind)
    return writer.say(key, [options[one] for one in ([asked] if asked in options else usual)])


def target_words(plan: StoryPlan) -> int:
    """What the writer asked for, or what is usual for the genre and the readers."""
    limit: Mapping[str, int] = plan.text("words_limit")
    usual = int(plan.words["target_words"])
    usual = min(usual, limit.get(plan.readers, usual)) + 5_000 * plan.session.number("words", -1, 2)
    found = plan.decided.said(IntentKind.LENGTH, "words") or plan.decided.said(IntentKind.LENGTH, "protagonist")
    if found is None or not (found.value.isdigit() or found.value in ("longer", "shorter")):
        return usual
    if found.value.isdigit():
        return min(int(found.value), 2_000_000)
    return round(usual * (1.5 if found.value == "longer" else 0.6) / 1000) * 1000

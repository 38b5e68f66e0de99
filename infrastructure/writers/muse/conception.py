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
    concept: Mapping[str, Any] = plan.confirmed.get(GenesisStage.CONCEPT_SELECTION, {})
    own = titles(plan, writer)
    working = decided.of(IntentKind.TITLE) or session_title or str(concept.get("title") or "") or own[0]
    public = str(concept.get("stakes") or "") or writer.write(text("stakes_public"))
    return {
        "working_title": working,
        "alternative_titles": [title for title in own if title.casefold() != working.casefold()][:3],
        "premise_sentence": writer.say("premise", text("premise")),
        "one_paragraph": {
            "setup": joined(
                plan,
                writer.say("setup_tail", text("setup_tail")),
                writer.write("{Setup}"),
                tone_sentences(plan, writer, "setup"),
                additions(plan, writer, text("add_story")),
            ),
            "disaster_1": writer.write("{D1}"),
            "disaster_2": joined(plan, writer.write("{D2}"), writer.write(text("cost"))),
            "disaster_3": writer.write("{D3}"),
            "ending": joined(plan, writer.write("{Ending}"), tone_sentences(plan, writer, "ending")),
        },
        "theme_statement": writer.write("{Theme}"),
        "thematic_question": writer.write(told["thematic_question"]),
        "conflict": {
            "external": str(concept.get("central_conflict") or "") or writer.say("conflict", told["conflict"]),
            "internal": writer.write(text("internal")),
        },
        "stakes": {"public": public, "personal": writer.write(text("stakes_personal"))},
        "story_goal": writer.write(text("story_goal")),
        "consequence_if_failed": writer.write(text("consequence")),
        "pov": _told_by(plan, writer, IntentKind.POINT_OF_VIEW, "pov"),
        "tense": _told_by(plan, writer, IntentKind.TENSE, "tense"),
        "tone": str(concept.get("tone") or "") if not decided.tones else _tone(plan, writer, concept),
        "style_guide": {
            "sample": writer.say("sample", text("style_samples")),
            "rules": writer.some("rules", text("style_rules"), 4),
            "banned": writer.some("banned", text("style_banned"), 4),
        },
        "target_words": target_words(plan),
        "structure": decided.of(IntentKind.STRUCTURE) or plan.session.pick("structure", _STRUCTURES, None, plan.turn),
        "content_limits": writer.some("limits", text("limits")[plan.readers], 2),
    }


def _tone(plan: StoryPlan, writer: Realiser, concept: Mapping[str, Any]) -> str:
    """The concept's tone without the words that a wanted tone has put there already."""
    words = set(plan.text("tone_words").values())
    parts = [part for part in str(concept.get("tone") or "").split(plan.text("between")) if part and part not in words]
    return tone_line(plan, str(plan.text("between")).join(parts) or writer.say("tone", plan.told["tones"]))


def _told_by(plan: StoryPlan, writer: Realiser, kind: IntentKind, key: str) -> str:
    """The point of view or the tense: what was asked for, or one of the usual."""
    asked = plan.decided.of(kind)
    options: Mapping[str, Any] = plan.text(key)
    if asked:
        return writer.write(options[asked]) if asked in options else asked
    usual = options["papers"] if key == "pov" and plan.angle == "epistolary" else list(options.values())
    return writer.say(key, usual if isinstance(usual, str) else [one for one in usual if one != options.get("papers")])


def target_words(plan: StoryPlan) -> int:
    """What the writer asked for, or what is usual for the genre and the readers."""
    usual = int(plan.words["target_words"])
    limit: Mapping[str, int] = plan.text("words_limit")
    usual = min(usual, limit.get(plan.readers, usual)) + 5_000 * plan.session.number("words", -1, 2)
    asked = plan.decided.of(IntentKind.LENGTH)
    if asked in ("longer", "shorter"):
        return round(usual * (1.5 if asked == "longer" else 0.6) / 1000) * 1000
    return min(int(asked), 2_000_000) if asked.isdigit() else usual

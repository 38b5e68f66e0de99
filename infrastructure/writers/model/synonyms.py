"""Keys that models write for a field of a stage's content. Tried only where the field itself is missing."""

from pydantic import BaseModel

from domain.genesis import content as c
from infrastructure.writers.model.part_kinds import Beats, Chapters, Pair, whole_of

SYNONYMS: dict[type[BaseModel], dict[str, tuple[str, ...]]] = {
    c.ConceptVariant: {
        "title": ("name", "working_title", "headline", "concept"),
        "logline": ("log_line", "one_liner", "pitch", "summary", "one_sentence"),
        "premise_question": ("what_if", "question", "dramatic_question", "premise"),
        "central_conflict": ("conflict", "main_conflict"),
        "protagonist_sketch": ("protagonist", "main_character", "hero"),
        "comparable_titles": ("comps", "comparables"),
        "adjustments_made": ("adjustments", "changes"),
    },
    c.StoryConception: {
        "working_title": ("title", "name"),
        "premise_sentence": ("premise", "logline", "one_sentence"),
        "one_paragraph": ("paragraph", "one_paragraph_summary"),
        "theme_statement": ("theme", "thematic_statement"),
        "thematic_question": ("theme_question",),
    },
    c.Characters: {"characters": ("people", "cast", "persons", "character_list")},
    c.Character: {
        "name": ("full_name",),
        "one_line_storyline": ("storyline", "one_line", "summary", "description"),
        "want": ("goal",),
    },
    c.Worldview: {"locations": ("places",), "rules": ("laws",), "setting": ("world",)},
    c.Setting: {"place": ("location", "where", "name"), "time": ("era", "period", "when")},
    c.Rule: {"name": ("title",), "statement": ("rule", "description")},
    c.Location: {"name": ("title", "place")},
    c.Faction: {"name": ("title",)},
    c.PlotOutline: {"chapters": ("chapter_list",), "beats": ("beat_sheet",)},
    Beats: {"beats": ("beat_sheet",)},
    Chapters: {"chapters": ("chapter_list",)},
    Pair: {
        "quote": ("first_quote", "quote_1", "quote1", "sentence", "sentence_1", "text", "text_1", "first"),
        "other_quote": (
            *("second_quote", "quote_2", "quote2", "other_sentence", "sentence_2", "other_text", "text_2", "second"),
            *("other", "conflicting_quote", "contradicting_quote"),
        ),
        "why": ("reason", "explanation", "description"),
        "change": ("proposed_change", "proposed", "proposal", "correction", "replacement", "suggestion", "fix"),
    },
    c.Beat: {"key": ("beat", "id"), "summary": ("description", "text"), "label": ("name", "title")},
    c.PlannedChapter: {
        "n": ("number", "chapter", "chapter_number"),
        "title": ("name",),
        "summary": ("description",),
    },
}

FINDINGS = frozenset({"contradictions", "findings", "issues", "inconsistencies", "conflicts"})
"""Keys under which models put what they found in a search."""

WRAPPED_IN = FINDINGS | frozenset(
    {
        *(
            "proposals",
            "variants",
            "concepts",
            "ideas",
            "items",
            "results",
            "options",
            "choices",
            "refinements",
            "list",
        ),
        *("arguments", "parameters", "args", "input", "function", "tool_call", "tool_calls", "properties"),
        *("proposal", "content", "refined", "data", "response", "output", "result", "answer", "propose"),
        *("story", "conception", "worldview", "outline", "plot"),
    }
)
"""Keys under which models put what was asked for."""


def synonyms_of(kind: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """Other keys of the fields of `kind`; of a shape that has some fields of a content, those of that content."""
    return SYNONYMS.get(kind) or SYNONYMS.get(whole_of(kind) or kind, {})

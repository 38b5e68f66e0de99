"""What each stage makes: a short required core, everything else optional, so that small models survive.

Sources of the shapes: Randy Ingermanson's Snowflake method (one paragraph with three disasters), Dramatica (story goal
and consequence), Blake Snyder's Save the Cat and Dan Harmon's story circle (beats), K. M. Weiland (lie, want, truth).
"""

from typing import Annotated, Any, Literal

from genesis_types.text import CleanText
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Line = Annotated[str, Field(max_length=400), CleanText]
Passage = Annotated[str, Field(max_length=8_000), CleanText]
Lines = Annotated[tuple[Line, ...], Field(max_length=60)]
RequiredLine = Annotated[str, Field(min_length=1, max_length=400), CleanText]
RequiredPassage = Annotated[str, Field(min_length=1, max_length=8_000), CleanText]
ItemId = Annotated[str, Field(min_length=1, max_length=80), CleanText]


class Part(BaseModel):
    """A piece of content: unknown keys are refused, so that a misspelt field is an error and not a silent loss."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StageContent(Part):
    """The content of one stage."""


def _words(text: str) -> int:
    return len(text.split())


def _logline(value: Any) -> Any:
    """A logline has 25 words at most; longer ones are cut at the word, for models that cannot count."""
    if isinstance(value, str) and _words(value) > 25:
        return " ".join(value.split()[:25]).rstrip(",;:") + "…"
    return value


class ConceptVariant(StageContent):
    title: RequiredLine
    logline: Annotated[RequiredLine, BeforeValidator(_logline)]
    hook: Passage = ""
    premise_question: RequiredLine
    genre: Line = ""
    subgenres: Lines = ()
    target_audience: Line = ""
    themes: Lines = ()
    tone: Line = ""
    protagonist_sketch: Passage = ""
    central_conflict: RequiredPassage
    stakes: Passage = ""
    comparable_titles: Lines = ()
    unique_angle: Passage = ""
    emotional_core: Passage = ""
    adjustments_made: Lines = ()


class SnowflakeParagraph(Part):
    setup: Passage = ""
    disaster_1: Passage = ""
    disaster_2: Passage = ""
    disaster_3: Passage = ""
    ending: Passage = ""


class Conflict(Part):
    external: Passage = ""
    internal: Passage = ""


class Stakes(Part):
    public: Passage = ""
    personal: Passage = ""


class StyleGuide(Part):
    sample: Passage = ""
    rules: Lines = ()
    banned: Lines = ()


Structure = Literal["three_act", "save_the_cat", "story_circle", "snowflake", "custom"]


class StoryConception(StageContent):
    working_title: RequiredLine
    alternative_titles: Lines = ()
    premise_sentence: RequiredPassage
    one_paragraph: SnowflakeParagraph = SnowflakeParagraph()
    theme_statement: RequiredPassage
    thematic_question: Line = ""
    conflict: Conflict = Conflict()
    stakes: Stakes = Stakes()
    story_goal: Passage = ""
    consequence_if_failed: Passage = ""
    pov: Line = ""
    tense: Line = ""
    tone: Line = ""
    style_guide: StyleGuide = StyleGuide()
    target_words: Annotated[int, Field(ge=0, le=2_000_000)] = 80_000
    structure: Structure = "three_act"
    content_limits: Lines = ()


class Arc(Part):
    type: Literal["positive", "negative", "flat"] = "positive"
    start: Passage = ""
    midpoint: Passage = ""
    climax: Passage = ""
    end: Passage = ""


class Voice(Part):
    diction: Passage = ""
    rhythm: Passage = ""
    tics: Lines = ()
    sample_line: Passage = ""


class Relation(Part):
    target_id: ItemId
    surface: Passage = ""
    hidden_tension: Passage = ""
    change: Passage = ""


class Character(Part):
    id: ItemId
    name: RequiredLine
    aliases: Lines = ()
    role: Literal["protagonist", "antagonist", "mentor", "ally", "love_interest", "foil", "supporting"] = "supporting"
    one_line_storyline: RequiredPassage
    want: Passage = ""
    motivation: Passage = ""
    need: Passage = ""
    lie: Passage = ""
    wound: Passage = ""
    truth: Passage = ""
    flaw: Passage = ""
    strength: Passage = ""
    fear: Passage = ""
    secret: Passage = ""
    stakes: Passage = ""
    conflict: Conflict = Conflict()
    arc: Arc = Arc()
    epiphany: Passage = ""
    appearance: Passage = ""
    background: Passage = ""
    voice: Voice = Voice()
    relations: Annotated[tuple[Relation, ...], Field(max_length=40)] = ()


class Characters(StageContent):
    characters: Annotated[tuple[Character, ...], Field(min_length=1, max_length=40)]


class Setting(Part):
    time: Line = ""
    place: RequiredLine
    scale: Line = ""
    mood: Line = ""


class Rule(Part):
    id: ItemId
    name: RequiredLine
    kind: Literal["magic", "technology", "physical", "social"] = "social"
    statement: RequiredPassage
    cost: Passage = ""
    limits: Passage = ""
    loopholes: Passage = ""


class Location(Part):
    id: ItemId
    name: RequiredLine
    description: Passage = ""
    parent_id: ItemId | None = None
    significance: Passage = ""


class Faction(Part):
    id: ItemId
    name: RequiredLine
    goal: Passage = ""
    resources: Passage = ""
    rivals: Lines = ()
    internal_tension: Passage = ""


class HistoricalEvent(Part):
    when: Line = ""
    event: RequiredPassage
    consequence_now: Passage = ""


class Term(Part):
    term: RequiredLine
    aliases: Lines = ()
    meaning: Passage = ""


class Worldview(StageContent):
    setting: Setting
    rules: Annotated[tuple[Rule, ...], Field(max_length=40)] = ()
    locations: Annotated[tuple[Location, ...], Field(max_length=80)] = ()
    factions: Annotated[tuple[Faction, ...], Field(max_length=40)] = ()
    cultures: Lines = ()
    history: Annotated[tuple[HistoricalEvent, ...], Field(max_length=60)] = ()
    power_structure: Passage = ""
    economy: Passage = ""
    taboos: Lines = ()
    technology_level: Line = ""
    motifs: Lines = ()
    glossary: Annotated[tuple[Term, ...], Field(max_length=200)] = ()


Percent = Annotated[float, Field(ge=0, le=100)]


class Act(Part):
    name: RequiredLine
    purpose: Passage = ""
    start_pct: Percent
    end_pct: Percent


class Beat(Part):
    key: ItemId
    label: RequiredLine
    target_pct: Percent
    summary: RequiredPassage
    act: Line = ""
    character_change: Passage = ""


class Thread(Part):
    setup: RequiredPassage
    planned_payoff: Passage = ""
    status: Literal["planted", "advanced", "paid", "abandoned"] = "planted"


class ValueShift(Part):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)

    from_: Annotated[Line, Field(alias="from")] = ""
    to: Line = ""


class PlannedChapter(Part):
    n: Annotated[int, Field(ge=1, le=500)]
    title: RequiredLine
    part: Line = ""
    pov_character_id: ItemId | None = None
    purpose: Passage = ""
    summary: RequiredPassage
    goal: Passage = ""
    conflict: Passage = ""
    turning_point: Passage = ""
    outcome: Passage = ""
    value_shift: ValueShift = ValueShift()
    location_ids: tuple[ItemId, ...] = ()
    character_ids: tuple[ItemId, ...] = ()
    hook: Passage = ""
    target_words: Annotated[int, Field(ge=0, le=100_000)] = 0
    sections: Lines = ()


class PlotOutline(StageContent):
    structure: Structure = "three_act"
    acts: Annotated[tuple[Act, ...], Field(max_length=12)] = ()
    beats: Annotated[tuple[Beat, ...], Field(min_length=1, max_length=60)]
    subplots: Lines = ()
    threads: Annotated[tuple[Thread, ...], Field(max_length=60)] = ()
    chapters: Annotated[tuple[PlannedChapter, ...], Field(min_length=1, max_length=500)]

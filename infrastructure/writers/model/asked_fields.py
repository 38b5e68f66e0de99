"""Which fields of a content one request is about: those that are shown of what is refined, and asked for in the answer.

A small model is asked for the required core of a stage. A refinement leaves details alone that its note does not mean:
they are neither shown nor asked for, and stay as they were. What a note means is decided by words, never by a model.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from application.writers import WriterRequest
from domain.genesis import content as c
from domain.genesis.proposals import pointer_parts
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.model.part_kinds import Beats, Chapters
from infrastructure.writers.model.quality.finding import DATA, fields

_LEAN: dict[type[BaseModel], tuple[str, ...]] = {
    c.ConceptVariant: (
        *("title", "logline", "hook", "premise_question", "genre", "protagonist_sketch"),
        *("central_conflict", "stakes"),
    ),
    c.StoryConception: (
        *("working_title", "premise_sentence", "one_paragraph", "theme_statement", "thematic_question", "conflict"),
        *("story_goal", "consequence_if_failed", "pov", "tense", "tone"),
    ),
    c.Character: ("name", "role", "one_line_storyline", "want", "need", "lie", "flaw", "strength", "secret"),
    c.Worldview: ("setting", "rules", "locations", "factions"),
    c.Setting: ("time", "place", "mood"),
    c.Rule: ("name", "kind", "statement", "cost"),
    c.Location: ("name", "description"),
    c.Faction: ("name", "goal"),
    c.PlotOutline: ("beats", "chapters"),
    Beats: ("beats",),
    Chapters: ("chapters",),
    c.Beat: ("summary",),
    c.PlannedChapter: ("title", "summary", "turning_point", "pov_character_id"),
}
_DETAILS: dict[type[BaseModel], tuple[str, ...]] = {
    c.ConceptVariant: ("subgenres", "target_audience", "comparable_titles"),
    c.StoryConception: ("alternative_titles", "style_guide", "target_words", "content_limits"),
    c.Character: (
        *("aliases", "motivation", "wound", "truth", "fear", "stakes", "epiphany", "appearance", "background", "voice"),
        "relations",
    ),
}
"""What a refinement leaves alone unless its note means it. None of it is in the core above."""

_WORD = re.compile(r"[^\W\d_]{5,}")
_COMMON = frozenset(
    {
        *("about", "again", "could", "every", "never", "other", "should", "still", "their", "there", "these", "those"),
        *("where", "which", "while", "would", "please"),
    }
)


@dataclass(frozen=True, slots=True)
class AskedFields:
    """`lean`: the core only; `kept`: details of the refined content that stay as they are.

    `only`: the fields of a kind that a part asks for, whatever else is asked.
    """

    lean: bool
    kept: frozenset[str] = frozenset()
    only: Mapping[type[BaseModel], tuple[str, ...]] = field(default_factory=dict)

    def names(self, kind: type[BaseModel]) -> list[str]:
        """The fields of `kind` that are asked for, in the order in which they are written."""
        if kind in self.only:
            return list(self.only[kind])
        details = _DETAILS.get(kind, ())
        asked = [name for name in kind.model_fields if name not in self.kept or name not in details]
        if not self.lean or kind not in _LEAN:
            return asked
        # a detail that the note means is asked for of a small model, too
        named = [name for name in details if self.kept and name not in self.kept]
        return [*_LEAN[kind], *named]

    def has(self, kind: Any, name: str) -> bool:
        return not isinstance(kind, type) or not issubclass(kind, BaseModel) or name in self.names(kind)


def asked_fields(request: WriterRequest, *, lean: bool = False) -> AskedFields:
    """What `request` is about. A first proposal is asked for with all its fields, or with the whole core."""
    if request.target is None:
        return AskedFields(lean)
    kind = STAGE_BY_KEY[request.work.stage].content
    details = _DETAILS[c.Character] if kind is c.Characters else _DETAILS.get(kind, ())
    meant = {name for name in details if _means(request, name)}
    return AskedFields(lean, frozenset(details) - meant)


def shown(kind: Any, value: Any, asked: AskedFields) -> Any:
    """A refined content without the details that stay as they are."""
    if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, BaseModel):
        details = _DETAILS.get(kind, ())
        return {
            key: shown(_kind_of(kind, key), item, asked)
            for key, item in value.items()
            if key not in details or key not in asked.kept
        }
    if isinstance(value, list | tuple):
        return [shown(kind, item, asked) for item in value]
    return value


def core(kind: Any, value: Any) -> Any:
    """A content with the required core of its stage only, and what its items are known by."""
    if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, BaseModel):
        names = {*AskedFields(lean=True).names(kind), "id", "key", "n"}
        return {key: core(_kind_of(kind, key), item) for key, item in value.items() if key in names}
    if isinstance(value, list | tuple):
        return [core(kind, item) for item in value]
    return value


def _kind_of(kind: type[BaseModel], name: str) -> Any:
    field = kind.model_fields.get(name)
    return inner_model(field.annotation) if field is not None else None


def inner_model(annotation: Any) -> Any:
    """The model inside of a field's type, as far as there is one."""
    for part in (annotation, *getattr(annotation, "__args__", ()), *getattr(annotation, "__metadata__", ())):
        if isinstance(part, type) and issubclass(part, BaseModel):
            return part
        if part is not annotation and part is not Ellipsis and (found := inner_model(part)) is not None:
            return found
    return None


def _means(request: WriterRequest, name: str) -> bool:
    """Whether the note of a refinement, or its wishes, are about this detail: by its name, or by words out of it."""
    said = next((one for _, one in request.feedback if one.id == request.work.feedback_id), None)
    if said is not None and said.path and name in pointer_parts(said.path):
        return True
    text = f"{said.text if said else ''} {request.work.instructions}".casefold()
    if any(word in text for word in (name.replace("_", " "), *_meanings().get(name, ()))):
        return True
    if name == "relations" and sum(one in text for one in _people(request)) > 1:
        return True
    words = set(_WORD.findall(text)) - _COMMON
    return bool(words) and any(words & set(_WORD.findall(old)) for old in _texts_of(request, name))


def _texts_of(request: WriterRequest, name: str) -> list[str]:
    target = request.target.content if request.target else {}
    return [text.casefold() for path, text in fields(target) if name in pointer_parts(path)]


def _people(request: WriterRequest) -> set[str]:
    """What the cast of a refined proposal is called, in lower case: first names, or whole ones."""
    target: Any = request.target.content if request.target else {}
    names = [str(one.get("name") or "") for one in target.get("characters") or () if isinstance(one, dict)]
    return {name.casefold().split()[0] for name in names if name.strip()}


@lru_cache
def _meanings() -> dict[str, list[str]]:
    return tomllib.loads((DATA / "details.toml").read_text(encoding="utf-8"))

"""What a type cannot say of a content: beats of the preset, chapters 1…n, ids that stand once, how long a line is."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.model.quality.finding import Finding, finding, short
from infrastructure.writers.muse.lexicon import load
from infrastructure.writers.text_units import is_dense, units

LOGLINE_WORDS = 25
_LOGLINE_CHARACTERS = 70
"""Of a dense script: about what 25 words are in translation."""

_SENTENCES = ("logline", "central_conflict", "premise_sentence", "theme_statement", "one_line_storyline", "summary")


def beats(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    if request.work.stage is not GenesisStage.PLOT_OUTLINE:
        return
    for number, content in enumerate(contents):
        structure = str(content.get("structure"))
        preset = load("beats").get(structure)
        if structure == "custom" or preset is None:
            continue
        known = [key for key, _ in preset["beats"]]
        unknown = [str(beat["key"]) for beat in _items(content, "beats") if beat.get("key") not in known]
        if unknown:
            yield finding(
                "BEATS",
                number,
                "/beats",
                request.premise.language,
                structure=structure,
                unknown=", ".join(unknown[:8]),
                known=", ".join(known),
            )


def numbers(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    for number, content in enumerate(contents):
        chapters = [chapter.get("n") for chapter in _items(content, "chapters")]
        if sorted(chapters, key=str) != sorted(range(1, len(chapters) + 1), key=str):
            yield finding("CHAPTERS", number, "/chapters", request.premise.language, count=len(chapters))


def ids(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    """Every list whose items have ids."""
    for number, content in enumerate(contents):
        for key in content:
            counted = Counter(str(item["id"]) for item in _items(content, key) if "id" in item)
            twice = [one for one, times in counted.items() if times > 1]
            if twice:
                yield finding("SAME_ID", number, f"/{key}", request.premise.language, what=twice[0])


def lengths(request: WriterRequest, contents: list[Content]) -> Iterator[Finding]:
    """craft.md: a logline has 25 words at most. The type has cut longer ones, which then end in “…”."""
    language = request.premise.language
    for number, content in enumerate(contents):
        logline = str(content.get("logline") or "")
        if is_dense(logline):
            if len(logline) > _LOGLINE_CHARACTERS:
                most = f"{_LOGLINE_CHARACTERS} 个字" if language.lower().startswith("zh") else "70 characters"
                yield finding("LOGLINE", number, "/logline", language, severity="note", most=most)
        elif len(logline.split()) >= LOGLINE_WORDS and logline.endswith("…"):
            most = "25 个词" if language.lower().startswith("zh") else "25 words"
            yield finding("LOGLINE", number, "/logline", language, most=most)
        for path, text in _sentences(content):
            # The writer's own "No." is no sentence of a model's: only what a type requires is judged.
            if text.strip() and len(units(text)) < (5 if is_dense(text) else 3):
                yield finding("TOO_SHORT", number, path, language, example=short(text))


def _sentences(content: Content) -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if key in _SENTENCES and isinstance(value, str):
            yield f"/{key}", value
        for index, item in enumerate(_items(content, key)):
            yield from ((f"/{key}/{index}/{one}", item[one]) for one in _SENTENCES if isinstance(item.get(one), str))


def _items(content: Content, key: str) -> list[dict[str, Any]]:
    value = content.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

"""Sparks of every form through all five stages, with two rounds of feedback on the way; and all of their texts."""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage

from domain.genesis.proposals import Content, Feedback, Proposal, StageRecord, resolve
from domain.genesis.stages import STAGE_BY_KEY
from infrastructure.writers.muse.proposing import propose
from tests.support.writers import proposal, request

ROUNDS = 2
_GENRES = {
    "en": ("", "fantasy", "", "mystery", "", "science fiction", "", "romance", "", "horror", "", "historical", "",
           "literary", "", "thriller", "", "children's"),
    "zh": ("", "奇幻", "", "推理", "", "科幻", "", "言情", "", "恐怖", "", "历史", "", "文学", "", "惊悚", "", "儿童"),
}  # fmt: skip
# every seventh feedback is about one field
_FIELDS = {
    GenesisStage.CONCEPT_SELECTION: ("/title", "/hook", "/stakes", "/themes/0"),
    GenesisStage.STORY_CONCEPTION: ("/theme_statement", "/one_paragraph/setup", "/working_title", "/conflict/internal"),
    GenesisStage.CHARACTERS: ("/characters/0/want", "/characters/1/background", "/characters/0/voice/sample_line"),
    GenesisStage.WORLDVIEW: ("/setting/mood", "/locations/0/description", "/rules/0/statement"),
    GenesisStage.PLOT_OUTLINE: ("/chapters/0/summary", "/beats/1/summary", "/chapters/1/title", "/threads/0/setup"),
}
# what a program reads, and no person
_IDENTIFIERS = {"id", "role", "key", "kind", "type", "status", "structure"}


@dataclass(frozen=True, slots=True)
class Spark:
    """`language`: en or zh; `form`: the list of sparks.toml it stands in."""

    language: str
    form: str
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One content the muse proposed: for which spark, where, in which round, and what the writer had said by then.

    `round`: 0 for fresh proposals, then the number of the feedback. `said`: the newest feedback last.
    """

    spark: Spark
    stage: GenesisStage
    round: int
    said: tuple[str, ...]
    content: Content

    @property
    def own(self) -> tuple[str, ...]:
        """The writer's words, that a proposal may quote."""
        return (self.spark.text, *self.said)

    def texts(self) -> Iterator[tuple[str, str]]:
        """(path, text) of all that a person reads."""
        return _texts(self.content, "")


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and value.strip():
        yield path, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _IDENTIFIERS and not key.endswith(("_id", "_ids")):
                yield from _texts(item, f"{path}/{key}")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("sparks.toml").read_text(encoding="utf-8"))


def sparks(language: str, count: int | None = None) -> list[Spark]:
    """All of a language, or `count` of them that are spread over all forms."""
    found = [
        (form, text)
        for form, group in _data()[language].items()
        for text in (group.values() if isinstance(group, dict) else group)
    ]
    spread = len(found) if count is None else min(count, len(found))
    chosen = [index * len(found) // spread for index in range(spread)]
    return [Spark(language, found[index][0], found[index][1], index) for index in chosen]


def feedbacks(language: str) -> list[str]:
    return [text for group in _data()["feedback"][language].values() for text in group]


def journey(spark: Spark, *, everywhere: bool = False) -> Iterator[Piece]:
    """Every content on the way; what a stage has come to is confirmed. The same spark goes the same way every time.

    One stage, another one for the next spark, is refined in two rounds of feedback; with `everywhere` each stage is.
    """
    draw = random.Random(f"{spark.language} {spark.number}")
    refined = set(STAGE_BY_KEY) if everywhere else {draw.choice(list(STAGE_BY_KEY))}
    said = draw.sample(feedbacks(spark.language), ROUNDS * len(refined))
    genres = _GENRES[spark.language]
    always: dict[str, Any] = {
        "language": {"en": "en", "zh": "zh-CN"}[spark.language],
        "genre": genres[spark.number % len(genres)],
        "session": UUID(int=1 + spark.number),
    }
    confirmed: dict[GenesisStage, Content] = {}
    heard: tuple[tuple[GenesisStage, Feedback], ...] = ()
    for stage in STAGE_BY_KEY:
        spoken = tuple(feedback.text for _, feedback in heard)
        asked = request(stage, spark.text, confirmed=dict(confirmed), earlier=heard, **always)
        contents, _ = propose(asked)
        proposals = [proposal(stage, content, version) for version, content in enumerate(contents, 1)]
        for content in contents:
            yield Piece(spark, stage, 0, spoken, content)
        target = proposals[0]
        for turn in range(1, ROUNDS + 1) if stage in refined else ():
            text = said.pop()
            spoken = (*spoken, text)
            asked = request(
                stage, spark.text, confirmed=dict(confirmed), earlier=heard, target=target, said=text,
                path=_field(draw, stage, target), record=StageRecord(proposals=tuple(proposals)), **always,
            )  # fmt: skip
            heard = asked.feedback
            (content,), _ = propose(asked)
            target = proposal(stage, content, len(proposals) + 1, target.id)
            proposals.append(target)
            yield Piece(spark, stage, turn, spoken, content)
        confirmed[stage] = target.content


def _field(draw: random.Random, stage: GenesisStage, target: Proposal) -> str | None:
    if draw.randrange(7):
        return None
    path = draw.choice(_FIELDS[stage])
    return path if resolve(target.content, path)[0] else None

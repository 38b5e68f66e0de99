"""Prints the muse's stories of seeds 1 to 10 in both languages, as docs/muse.md shows them.

Nothing is selected: the session's id is the seed, the spark is the one at that place of its list, and the concept is
the first of its round. Run it as `python -m scripts.muse_stories`.
"""

from datetime import UTC, datetime
from uuid import UUID

from genesis_types.enums import CommandType, GenesisStage

from application.writers import WriterRequest
from domain.genesis.events import GenerationRequested
from domain.genesis.premise import Premise
from domain.genesis.proposals import Content, StageRecord
from infrastructure.writers.muse.proposing import propose

SPARKS = {
    "en": (
        "A lighthouse keeper who has been dead for ten years keeps answering the radio",
        "What if memory could be taxed?",
        "Two sisters inherit a failing circus in 1930s Vienna",
        "grief",
        "We buried him on Monday. On Friday he came to dinner.",
        "bees, letters, a station hotel",
        "The king is dead and nobody has told the army",
        "Will",
        "a hotel for retired superheroes",
        "🌊",
    ),
    "zh": (
        "一个死了十年的守灯塔人还在回答电台",
        "如果记忆可以被征税会怎样？",
        "两姐妹在1930年代的维也纳继承了一家破败的马戏团",
        "悲伤",
        "民国上海，一个女侦探",
        "蜂、信、旅馆",
        "唐朝长安的最后一位琴师",
        "白",
        "退休的杀手开了一家幼儿园",
        "🌊",
    ),
}
_CONCEPT, _STORY = GenesisStage.CONCEPT_SELECTION, GenesisStage.STORY_CONCEPTION


def first(stage: GenesisStage, language: str, seed: int, confirmed: dict[GenesisStage, Content]) -> Content:
    """The first proposal of a stage for the spark with the number `seed`."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    ids = {"correlation_id": UUID(int=1), "command_id": UUID(int=2), "command_type": CommandType.GENERATE_INSPIRATION}
    work = GenerationRequested(
        occurred_at=now, **ids, stage=stage, kind="inspiration", count=1, instructions="", turn=1, deadline_at=now
    )
    premise = Premise(language=language, seed=SPARKS[language][seed - 1], genre="", audience="", title="")
    request = WriterRequest(
        work=work,
        premise=premise,
        confirmed=confirmed,
        record=StageRecord(),
        target=None,
        feedback=(),
        session_id=UUID(int=seed),
    )
    return propose(request)[0][0]


def story(language: str, seed: int) -> str:
    """One story as Markdown: the back cover, and what happens."""
    concept = first(_CONCEPT, language, seed, {})
    told = first(_STORY, language, seed, {_CONCEPT: concept})
    paragraph = told["one_paragraph"]
    assert isinstance(paragraph, dict)
    happens = ("" if language == "zh" else " ").join(str(text) for text in paragraph.values())
    lines = [
        f"**{seed}. {concept['title']}** ({concept['genre']}), from “{SPARKS[language][seed - 1]}”",
        f"*{concept['logline']}* {concept['hook']}",
        happens,
    ]
    return "\n\n".join(lines)


def main() -> None:
    for language, name in (("en", "English"), ("zh", "Chinese")):
        print(f"### {name}\n")
        for seed in range(1, 11):
            print(story(language, seed), end="\n\n")


if __name__ == "__main__":
    main()

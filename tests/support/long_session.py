"""A session that has gone on for long: at each stage twelve proposals and ten notes, on everything before confirmed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from genesis_types.enums import GenesisStage

from application.writers import WriterRequest
from domain.genesis.proposals import Content, Feedback, StageRecord
from domain.genesis.stages import STAGES
from infrastructure.writers.muse.proposing import propose
from tests.support.writers import NOW, genesis, proposal, request

SEEDS = {"en": "a lighthouse keeper who collects lost voices", "zh-CN": "记忆可以被征税"}
NOTE = "Make it {} darker, and let the sister know more than she says."


@dataclass(frozen=True, slots=True)
class LongSession:
    """The first request of a stage, and the last ones of a long day in it."""

    stage: GenesisStage
    first: WriterRequest
    refinement: WriterRequest
    another_round: WriterRequest


def note(number: int, text: str | None = None) -> Feedback:
    return Feedback(
        id=UUID(int=900 + number), proposal_id=UUID(int=1), text=text or NOTE.format(number), created_at=NOW
    )


_made: dict[str, dict[GenesisStage, Content]] = {}
_others: dict[tuple[str, GenesisStage, int], Content] = {}


async def _contents(language: str) -> dict[GenesisStage, Content]:
    if language not in _made:
        _made[language] = await genesis(SEEDS[language], language)
    return _made[language]


def _another(language: str, stage: GenesisStage, contents: dict[GenesisStage, Content], number: int) -> Content:
    """One of six different ones: the muse takes its time."""
    key = (language, stage, number % 6)
    if key not in _others:
        order = [one.key for one in STAGES]
        before = {one: contents[one] for one in order[: order.index(stage)]}
        asked = request(
            stage, SEEDS[language], language=language, confirmed=before, count=1, session=UUID(int=50 + key[2])
        )
        _others[key] = propose(asked)[0][0]
    return _others[key]


async def long_sessions(language: str, proposals: int = 12, notes: int = 10) -> list[LongSession]:
    seed = SEEDS[language]
    contents = await _contents(language)
    order = [stage.key for stage in STAGES]
    found = []
    for at, stage in enumerate(order):
        confirmed = {before: contents[before] for before in order[:at]}
        told: Any = {"seed": seed, "language": language, "confirmed": confirmed}
        made = tuple(
            proposal(stage, _another(language, stage, contents, number), number + 1) for number in range(proposals)
        )
        said = tuple(note(number) for number in range(notes - 1))
        record = StageRecord(proposals=made, feedback=said)
        earlier = tuple((stage, one) for one in said)
        last = "No magic in the ending, please."
        found.append(
            LongSession(
                stage,
                first=request(stage, **told),
                refinement=request(stage, record=record, target=made[-1], said=last, earlier=earlier, **told),
                another_round=request(stage, record=record, earlier=earlier, **told),
            )
        )
    return found

"""One spark through every stage: proposals, a note with a lock on them, and the refined one confirmed."""

import time
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from genesis_types.enums import CommandType, GenesisStage, Origin

from application.writers import Proposed, Spent, Writer, WriterError, WriterRequest
from domain.genesis.events import GenerationRequested
from domain.genesis.premise import Premise
from domain.genesis.proposals import Content, Feedback, Proposal, StageRecord
from domain.genesis.stages import STAGES, Stage
from infrastructure.writers.evaluation.measuring import Figures, judge, judge_refinement

_SPARKS = Path(__file__).parent / "sparks.toml"
_NOBODY = UUID(int=0)
_THEN = datetime(2026, 1, 1, tzinfo=UTC)
_LOCKED = {
    GenesisStage.CONCEPT_SELECTION: "/title",
    GenesisStage.STORY_CONCEPTION: "/working_title",
    GenesisStage.CHARACTERS: "/characters/0/role",
    GenesisStage.WORLDVIEW: "/setting/place",
    GenesisStage.PLOT_OUTLINE: "/chapters/0/title",
}


@dataclass(frozen=True, slots=True)
class Spark:
    language: str
    seed: str
    asked: str
    note: str
    genre: str = ""


def sparks() -> tuple[int, list[Spark]]:
    """(version, sparks) of the fixed set."""
    data = tomllib.loads(_SPARKS.read_text(encoding="utf-8"))
    return data["version"], [Spark(**one) for one in data["spark"]]


STEPS = 2 * len(STAGES)
"""How often a writer is asked for one spark."""


async def journey(
    writer: Writer, spark: Spark, figures: dict[GenesisStage, Figures], stepped: Callable[[], None]
) -> None:
    """Adds to the figures of each stage. A stage that fails is counted and ends the journey: the next need it."""
    confirmed: dict[GenesisStage, Content] = {}
    feedback: list[tuple[GenesisStage, Feedback]] = []
    rejected: str | None = None
    for at, stage in enumerate(STAGES):
        row = figures[stage.key]
        first = await _asked(writer, _request(spark, stage, confirmed, feedback, None), row)
        stepped()
        if first is None:
            for _ in range(STEPS - 2 * at - 1):
                stepped()
            return
        target = _proposal(stage, first.contents[0])
        rejected = rejected or _name(first.contents[0])
        note = Feedback(
            id=uuid5(_NOBODY, f"{spark.seed}{stage.key}"),
            proposal_id=target.id,
            text=spark.note.format(rejected=rejected or "Elara"),
            created_at=_THEN,
        )
        feedback.append((stage.key, note))
        asked = _request(spark, stage, confirmed, feedback, target)
        refined = await _asked(writer, asked, row)
        stepped()
        if refined is not None:
            judge_refinement(row, asked, refined.contents[0], asked=spark.asked, rejected=rejected)
        confirmed[stage.key] = (refined or first).contents[0]


async def _asked(writer: Writer, request: WriterRequest, row: Figures) -> Proposed | None:
    began = time.monotonic()
    try:
        items = [item async for item in writer.write(request)]
    except WriterError as error:
        _spend(row, began, error.spent)
        row.requests.append(error.tries)
        row.failures.append(error.code)
        row.shape += [False] * request.work.count
        return None
    end = items[-1]
    assert isinstance(end, Proposed)
    _spend(row, began, end)
    requests = end.usage.get("requests")
    if isinstance(requests, int):
        row.requests.append(requests)
    judge(row, request, end.contents)
    return end


def _spend(row: Figures, began: float, spent: Proposed | Spent | None) -> None:
    row.seconds += time.monotonic() - began
    if spent is None or spent.cost_usd is None:
        row.cost_usd = None  # unknown, which is not nought
    elif row.cost_usd is not None:
        row.cost_usd += spent.cost_usd
    usage = spent.usage if spent is not None else {}
    row.tokens += sum(value for name in ("input_tokens", "output_tokens") if isinstance(value := usage.get(name), int))


def _request(
    spark: Spark,
    stage: Stage,
    confirmed: dict[GenesisStage, Content],
    feedback: Iterable[tuple[GenesisStage, Feedback]],
    target: Proposal | None,
) -> WriterRequest:
    said = tuple(feedback)
    path = _LOCKED[stage.key]
    locks: dict[str, Any] = {"locked_paths": (path,), "lock_base": target.content} if target else {}
    work = GenerationRequested(
        occurred_at=_THEN,
        correlation_id=uuid5(_NOBODY, f"{spark.seed}{stage.key}{target is None}"),
        command_id=_NOBODY,
        command_type=CommandType.PROVIDE_FEEDBACK if target else CommandType.GENERATE_INSPIRATION,
        stage=stage.key,
        kind="refinement" if target else "inspiration",
        count=1 if target else stage.default_count,
        proposal_id=target.id if target else None,
        feedback_id=said[-1][1].id if target else None,
        turn=0,
        deadline_at=_THEN,
    )
    return WriterRequest(
        work=work,
        premise=Premise(title="", seed=spark.seed, genre=spark.genre, audience="", language=spark.language),
        confirmed=dict(confirmed),
        record=StageRecord(proposals=(target,) if target else (), **locks),
        target=target,
        feedback=said,
        session_id=uuid5(_NOBODY, spark.seed),
    )


def _proposal(stage: Stage, content: Content) -> Proposal:
    one = uuid5(_NOBODY, str(stage.key))
    return Proposal(id=one, stage=stage.key, version=1, content=content, origin=Origin.AI, created_at=_THEN)


def _name(content: Content) -> str | None:
    """A name that the note can reject: the last person's, where there are people."""
    people: Any = content.get("characters") or []
    return str(people[-1]["name"]) if len(people) > 1 else None

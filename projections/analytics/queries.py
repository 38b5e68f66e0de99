"""What readers ask of the figures: whose, in which range. Answers in whole numbers, and the cases behind each."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from genesis_types.enums import GenesisStage
from psycopg import AsyncConnection
from psycopg.rows import dict_row

from domain.genesis.stages import STAGE_ORDER
from projections.analytics import figures_sql
from projections.analytics.cases_sql import CASES
from projections.analytics.responses import ResponseKind
from projections.analytics.time_range import TimeRange
from projections.analytics.views import (
    ByModel,
    ByStage,
    Case,
    CaseKind,
    Cases,
    Cause,
    Causes,
    Cost,
    Funnel,
    FunnelStep,
    Generations,
    ModelFigures,
    Outcome,
    Rounds,
    Spread,
    StageFigures,
    Summary,
    Texts,
)
from projections.engine.cursors import InvalidCursor

Connections = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]
Pseudonym = Callable[[UUID], UUID]

_NO_SPREAD: dict[str, Any] = {"n": 0, "least": None, "median": None, "most": None}
_NO_TEXTS = dict.fromkeys(Texts.model_fields, 0)
_NO_GENERATIONS = dict.fromkeys(Generations.model_fields, 0)
_NO_COST: dict[str, Any] = {"n": 0, "unknown": 0, "known_nano_usd": None}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures (None: everybody's), and of which time."""

    user_id: UUID | None
    within: TimeRange

    @property
    def parameters(self) -> dict[str, Any]:
        return {"user_id": self.user_id, "since": self.within.since, "before": self.within.before}

    @property
    def told(self) -> dict[str, Any]:
        scope: Literal["own", "all"] = "all" if self.user_id is None else "own"
        return {"scope": scope, "since": self.within.since, "before": self.within.before, "zone": self.within.zone}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which of the cases; None: whatever it is. `unpriced`: only those whose cost nobody knows."""

    stage: GenesisStage | None = None
    outcome: Outcome | None = None
    code: str | None = None
    cause: str | None = None
    kind: ResponseKind | None = None
    model: str | None = None
    prompt_version: str | None = None
    rounds: int | None = None
    unpriced: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class AnalyticsQueries:
    """Reads figures. Each answer is one statement. `connections` gives one for each, such as a pool's `connection`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def summary(self, asked: Asked) -> Summary:
        (row,) = await self._rows(figures_sql.BY_STAGE, asked.parameters)
        return Summary(**asked.told, sessions=row["sessions"] or {}, figures=_figures(row, None))

    async def by_stage(self, asked: Asked) -> ByStage:
        """Every stage in its order, whether there is something to count or not."""
        (row,) = await self._rows(figures_sql.BY_STAGE, asked.parameters)
        return ByStage(**asked.told, items=tuple(_figures(row, stage) for stage in STAGE_ORDER))

    async def by_model(self, asked: Asked) -> ByModel:
        rows = await self._rows(figures_sql.BY_MODEL, asked.parameters)
        return ByModel(**asked.told, items=tuple(map(_model, rows)))

    async def funnel(self, asked: Asked) -> Funnel:
        (row,) = await self._rows(figures_sql.FUNNEL, asked.parameters)
        steps, ends = _by_stage(row["steps"]), _by_stage(row["ends"])
        counted = ("reached", "proposed", "accepted", "abandoned", "open")
        return Funnel(
            **asked.told,
            **row["sessions"],
            steps=tuple(
                FunnelStep.model_validate(
                    {"stage": stage} | dict.fromkeys(counted, 0) | steps.get(stage, {}) | ends.get(stage, {})
                )
                for stage in STAGE_ORDER
            ),
        )

    async def causes(self, asked: Asked) -> Causes:
        rows = await self._rows(figures_sql.CAUSES, asked.parameters)
        return Causes(**asked.told, items=tuple(map(Cause.model_validate, rows)))

    async def cases(
        self,
        asked: Asked,
        of: CaseKind,
        narrowed: Narrowed,
        *,
        cursor: str | None = None,
        limit: int = 50,
        pseudonym: Pseudonym | None = None,
    ) -> Cases:
        """The cases of a kind, the newest first; their ids are replaced by `pseudonym`. Raises InvalidCursor."""
        page = {"after": _position(cursor), "limit": limit + 1}
        rows = await self._rows(CASES[of], asked.parameters | narrowed.parameters | page)
        items = tuple(_case(row, pseudonym) for row in rows[:limit])
        more = str(items[-1].position) if len(rows) > limit else None
        return Cases(**asked.told, of=of, items=items, next_cursor=more)

    async def _rows(self, query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with self._connections() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query.encode(), parameters)
            rows: list[dict[str, Any]] = await cursor.fetchall()
        return rows


def _figures(row: Mapping[str, Any], stage: GenesisStage | None) -> StageFigures:
    accepted = _of(row["acceptances"], stage)
    made = _of(row["generations"], stage)
    texts = Texts.model_validate(accepted.get("texts", _NO_TEXTS))
    return StageFigures(
        stage=stage,
        accepted=accepted.get("accepted", 0),
        rounds=Spread.model_validate(accepted.get("rounds", _NO_SPREAD)),
        rounds_counted=tuple(Rounds(rounds=one["rounds"], n=one["n"]) for one in _all_of(row["rounds"], stage)),
        first_proposal=Spread.model_validate(_of(row["proposals"], stage).get("first_proposal", _NO_SPREAD)),
        confirmation=Spread.model_validate(accepted.get("confirmation", _NO_SPREAD)),
        texts=texts,
        generations=Generations.model_validate(made.get("generations", _NO_GENERATIONS)),
        cost=_cost(made.get("cost", _NO_COST), texts.confirmed_words),
        responses={one["kind"]: one["n"] for one in _all_of(row["responses"], stage)},
    )


def _model(row: Mapping[str, Any]) -> ModelFigures:
    texts = Texts.model_validate(row["texts"] or _NO_TEXTS)
    return ModelFigures(
        model=row["model"],
        prompt_version=row["prompt_version"],
        generations=Generations.model_validate(row["generations"]),
        texts=texts,
        cost=_cost(row["cost"], texts.confirmed_words),
    )


def _cost(found: Mapping[str, Any], words: int) -> Cost:
    known, unknown = found["known_nano_usd"], found["unknown"]
    per_word = known // words if known is not None and unknown == 0 and words else None
    return Cost(n=found["n"], unknown=unknown, known_nano_usd=known, per_word_nano_usd=per_word)


def _case(row: Mapping[str, Any], pseudonym: Pseudonym | None) -> Case:
    ids = {name: pseudonym(row[name]) for name in ("event_id", "session_id")} if pseudonym else {}
    return Case.model_validate({**row, "opens": row["session_id"], **ids})


def _all_of(found: Sequence[Mapping[str, Any]] | None, stage: GenesisStage | None) -> list[Mapping[str, Any]]:
    return [one for one in found or () if one["stage"] == stage]


def _of(found: Sequence[Mapping[str, Any]] | None, stage: GenesisStage | None) -> Mapping[str, Any]:
    return next(iter(_all_of(found, stage)), {})


def _by_stage(found: Sequence[Mapping[str, Any]] | None) -> dict[str, dict[str, Any]]:
    return {one["stage"]: dict(one) for one in found or ()}


def _position(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidCursor("This is not a cursor of this list.")
    return int(cursor)

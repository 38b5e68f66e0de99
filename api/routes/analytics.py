"""Counts how ideas were judged, how long it took and what it cost: one's own figures, or everybody's for analysts.

Every number can be opened: `cases` lists the events that it was counted from, with the same range and scope.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from genesis_types.enums import GenesisStage

from api.audited_reading import analyst
from api.dependencies import Readers, SignedIn, reading
from api.errors import Problem, documented
from api.routes.genesis import Cursor, Limit, shown
from infrastructure.exports.key import NoKey, export_key
from infrastructure.exports.redaction import Redactor
from projections.analytics.queries import AnalyticsQueries, Asked, Narrowed
from projections.analytics.responses import ResponseKind
from projections.analytics.time_range import InvalidRange, parse_range
from projections.analytics.views import ByModel, ByStage, CaseKind, Cases, Causes, Funnel, Outcome, Summary

router = APIRouter(tags=["analytics"])

_ANSWERS = documented("INVALID_REQUEST", "UNAUTHENTICATED", "ANALYST_ONLY", "INVALID_RANGE")
_Name = Annotated[str | None, Query(max_length=200)]

Scope = Annotated[
    Literal["own", "all"], Query(description="What I did, or what everybody did: for analysts only, with pseudonyms.")
]
From = Annotated[
    str | None,
    Query(alias="from", max_length=60, description="A day, which begins in `zone`, or a time (RFC 3339)."),
]
To = Annotated[str | None, Query(max_length=60, description="The first moment that is not counted; as `from`.")]
Zone = Annotated[str | None, Query(max_length=60, description="A time zone such as Europe/Berlin; UTC if not given.")]


async def _queries(request: Request) -> AnalyticsQueries:
    found: AnalyticsQueries = request.app.state.analytics
    return found


async def _asked(
    request: Request,
    account: SignedIn,
    *,
    scope: Scope = "own",
    from_: From = None,
    to: To = None,
    zone: Zone = None,
) -> Asked:
    """Whose figures of which time. Raises Problem ANALYST_ONLY, INVALID_RANGE."""
    try:
        within = parse_range(from_, to, zone)
    except InvalidRange as error:
        raise Problem("INVALID_RANGE", str(error)) from error
    if scope == "all":
        await analyst(request, account)
    return Asked(account.id if scope == "own" else None, within)


QueriesOf = Annotated[AnalyticsQueries, Depends(_queries)]
AskedFor = Annotated[Asked, Depends(_asked)]
AnalyticsReading = Annotated[Readers, Depends(reading("analytics"))]


@router.get("/analytics/summary", responses=_ANSWERS, response_model=Summary)
async def analytics_summary(asked: AskedFor, _: AnalyticsReading, found: QueriesOf) -> Response:
    """All figures over all stages."""
    return shown(await found.summary(asked))


@router.get("/analytics/stages", responses=_ANSWERS, response_model=ByStage)
async def analytics_by_stage(asked: AskedFor, _: AnalyticsReading, found: QueriesOf) -> Response:
    """The same figures for each stage."""
    return shown(await found.by_stage(asked))


@router.get("/analytics/models", responses=_ANSWERS, response_model=ByModel)
async def analytics_by_model(asked: AskedFor, _: AnalyticsReading, found: QueriesOf) -> Response:
    """How each model does with each version of the prompts: acceptance, edits, attempts, tokens, cost."""
    return shown(await found.by_model(asked))


@router.get("/analytics/funnel", responses=_ANSWERS, response_model=Funnel)
async def analytics_funnel(asked: AskedFor, _: AnalyticsReading, found: QueriesOf) -> Response:
    """How far the sessions came that were begun in the range, and where they were abandoned."""
    return shown(await found.funnel(asked))


@router.get("/analytics/causes", responses=_ANSWERS, response_model=Causes)
async def analytics_causes(asked: AskedFor, _: AnalyticsReading, found: QueriesOf) -> Response:
    """Why generations failed, and what was wrong with single answers of a model."""
    return shown(await found.causes(asked))


@router.get("/analytics/cases", responses=_ANSWERS, response_model=Cases)
async def analytics_cases(
    request: Request,
    asked: AskedFor,
    _: AnalyticsReading,
    found: QueriesOf,
    *,
    of: Annotated[CaseKind, Query(description="What was counted.")] = "acceptances",
    stage: GenesisStage | None = None,
    outcome: Annotated[
        Outcome | None,
        Query(description="Of sessions, in capitals; of stages how far they came; of generations how they ended."),
    ] = None,
    code: Annotated[str | None, Query(max_length=200, description="Of failed generations.")] = None,
    cause: Annotated[str | None, Query(max_length=200, description="Of an attempt of a generation.")] = None,
    kind: Annotated[ResponseKind | None, Query(description="Of responses.")] = None,
    model: _Name = None,
    prompt_version: _Name = None,
    rounds: Annotated[int | None, Query(ge=0, le=2**31 - 1, description="Of acceptances.")] = None,
    unpriced: Annotated[bool, Query(description="Of generations: only those whose cost nobody knows.")] = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """The cases that a number was counted from, the newest first, each with its event."""
    narrowed = Narrowed(
        stage=stage,
        outcome=outcome,
        code=code,
        cause=cause,
        kind=kind,
        model=model,
        prompt_version=prompt_version,
        rounds=rounds,
        unpriced=unpriced,
    )
    pseudonym = None if asked.user_id is not None else await asyncio.to_thread(_pseudonym, request)
    return shown(await found.cases(asked, of, narrowed, cursor=cursor, limit=limit, pseudonym=pseudonym))


def _pseudonym(request: Request) -> Callable[[UUID], UUID]:
    """What stands for an id in anonymised exports of this studio. Raises Problem UNAVAILABLE."""
    try:
        key = export_key(request.app.state.settings)
    except NoKey as error:
        raise Problem("UNAVAILABLE", "This installation has no key for pseudonyms: set GENESIS_EXPORT_KEY.") from error
    return Redactor(key, with_text=False, anonymise=True).pseudonym

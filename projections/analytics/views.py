"""What readers are told: counts, sums and medians in whole numbers, and the cases that they were counted from."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from genesis_types.enums import GenesisStage, GenesisStatus
from pydantic import Field

from projections.analytics.responses import ResponseKind
from projections.genesis.views import View

FEW = 5
"""Fewer cases than this are said to be few: a share of them says little."""

CaseKind = Literal["sessions", "stages", "first_proposals", "acceptances", "generations", "responses"]
Outcome = Literal["COMPLETED", "ABANDONED", "OPEN", "reached", "proposed", "accepted", "failed", "cancelled"]
"""Of sessions in capitals; of stages how far they came; of generations how they ended."""
Microseconds = Annotated[int, Field(description="Microseconds.")]
NanoUsd = Annotated[int, Field(description="Billionths of a US dollar.")]


class Spread(View):
    """Of `n` cases: the least, the median (of an even number the lower of the two in the middle), the most."""

    n: int
    least: int | None
    median: int | None
    most: int | None


class Cost(View):
    """`known_nano_usd`: the sum of what is known, null where nothing is. `unknown`: how many of `n` have no price."""

    n: int
    unknown: int
    known_nano_usd: NanoUsd | None
    per_word_nano_usd: Annotated[
        int | None,
        Field(description="Per confirmed word, rounded down; null where a price is unknown, or no word is confirmed."),
    ]


class Texts(View):
    """`confirmed` texts; `by_hand`: those that go back to no proposal. The others are compared with theirs.

    `distance`: the fewest characters to insert, delete or replace, of `proposed_characters`. `unchanged`: distance 0.
    `edits_after`: edits and corrections after the acceptance.
    """

    confirmed: int
    by_hand: int
    unchanged: int
    proposed_characters: int
    confirmed_characters: int
    confirmed_words: int
    distance: int
    edits_after: int


class Generations(View):
    """Generations that ended. `accepted`: a proposal of it was confirmed in its session, edited or not.

    attempts: requests to the model, of `attempts_known` generations; tokens, of `tokens_known`; `cache_hits`:
    generations that read from the provider's cache.
    """

    ended: int
    proposed: int
    accepted: int
    failed: int
    cancelled: int
    attempts: int
    attempts_known: int
    retried: int
    tokens_known: int
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_hits: int


class Rounds(View):
    """So many acceptances came after so many rounds of proposals."""

    rounds: int
    n: int


class StageFigures(View):
    """Of one stage, or of all (`stage` null). An acceptance is the first confirmation of a stage in a session."""

    stage: GenesisStage | None
    accepted: int
    rounds: Spread
    rounds_counted: tuple[Rounds, ...]
    first_proposal: Annotated[Spread, Field(description="Microseconds from the first request to the first proposal.")]
    confirmation: Annotated[Spread, Field(description="Microseconds from the first request to the acceptance.")]
    texts: Texts
    generations: Generations
    cost: Cost
    responses: dict[ResponseKind, int]


class Range(View):
    """What was counted: from `since` up to `before`, which is not in it; null: no limit. `few`: fewer say little."""

    scope: Literal["own", "all"]
    since: datetime | None
    before: datetime | None
    zone: str
    few: int = FEW


class Summary(Range):
    """`sessions`: those that were begun in the range, by what became of them."""

    sessions: dict[GenesisStatus, int]
    figures: StageFigures


class ByStage(Range):
    items: tuple[StageFigures, ...]


class ModelFigures(View):
    """Of one model with one version of the prompts; both empty: nothing was recorded, as of what was cancelled."""

    model: str
    prompt_version: str
    generations: Generations
    texts: Texts
    cost: Cost


class ByModel(Range):
    """The most used first. `texts` and words are those that go back to a proposal of the model."""

    items: tuple[ModelFigures, ...]


class FunnelStep(View):
    """Of the sessions that were begun in the range: how many got here, and how many stand or ended here."""

    stage: GenesisStage
    reached: int
    proposed: int
    accepted: int
    abandoned: int
    open: int


class Funnel(Range):
    begun: int
    completed: int
    abandoned: int
    steps: tuple[FunnelStep, ...]


class Cause(View):
    """`of` generations: why they failed. `of` attempts: what was wrong with a single answer of a model."""

    of: Literal["generations", "attempts"]
    code: str
    n: int
    sessions: int


class Causes(Range):
    items: tuple[Cause, ...]


class Case(View):
    """One case with the event that it was counted by: its `position` in the log is the one that exports show.

    Ids are pseudonyms, the ones of anonymised exports, where everybody's cases are shown; `opens` is the session's own
    id all the same, or it could not be read. Who reads it is recorded for its owner.
    """

    position: int
    event_id: UUID
    session_id: UUID
    opens: Annotated[UUID | None, Field(description="The id that the session is read by.")] = None
    stage: GenesisStage
    occurred_at: datetime
    outcome: Annotated[str | None, Field(description="How it ended: a session's status, a generation's outcome.")] = (
        None
    )
    kind: ResponseKind | None = None
    code: str | None = None
    model: str | None = None
    prompt_version: str | None = None
    rounds: int | None = None
    first_proposal: Microseconds | None = None
    confirmation: Microseconds | None = None
    proposed_characters: int | None = None
    confirmed_characters: int | None = None
    confirmed_words: int | None = None
    distance: int | None = None
    edits_after: int | None = None
    attempts: int | None = None
    cost_nano_usd: NanoUsd | None = None
    accepted: bool | None = None


class Cases(Range):
    """The newest first, by their places in the log."""

    of: CaseKind
    items: tuple[Case, ...]
    next_cursor: str | None

"""Estimates what a chapter costs before it is written: what it takes when all goes well, and the most it can take."""

import json
from dataclasses import asdict

from application.chapter_writers import ChapterRequest, Passages
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.chapter.limits import (
    CRITICAL_REVISIONS,
    CRITIQUE_TOKENS,
    MORE_TOKENS,
    PLAN_TOKENS,
    PLAN_TRIES,
    REVISIONS,
    SUMMARY_TOKENS,
    WORD_TOKENS,
)
from infrastructure.writers.model.tokens import tokens
from infrastructure.writers.passage_lengths import passage_words
from infrastructure.writers.pricing import FlatPricing, ModelPricing
from infrastructure.writers.scene_lengths import is_detailed, scenes_of, wanted_words, words_for

_FRAME = 1_500
"""Tokens for instructions, task and what a provider adds."""

_SO_FAR = 6_000
"""Bytes of the text before a scene that a model is told at most, with room for scripts of three bytes a character."""


def chapter_cost(pricing: FlatPricing | ModelPricing, request: ChapterRequest) -> tuple[int, int]:
    """(usually, at most) what the rest of a chapter costs, in the smallest unit: kept scenes cost nothing again."""
    if isinstance(pricing, FlatPricing):
        return pricing.amount, pricing.amount
    passages = request.passages
    of = passages.count if passages is not None else request.kept[0].of if request.kept else scenes_of(request)
    left = max(0, of - len(request.kept))
    words = _longest(passages) if passages is not None else words_for(request, 0, of)
    plans = 0 if request.kept or passages is not None or is_detailed(request) else 1
    ends = 0 if passages is not None else 1
    told = json.dumps({**asdict(request.book), **request.plan.model_dump()}, ensure_ascii=False, default=str)
    told += request.instructions + "".join(one.title + one.summary for one in request.earlier[-32:])
    usual, longest = tokens(told) + _FRAME, len(told.encode()) + _FRAME + 2 * _SO_FAR
    whole = wanted_words(request) * WORD_TOKENS
    readings, revisions = (CRITICAL_REVISIONS + 1, CRITICAL_REVISIONS) if request.critique else (0, REVISIONS)
    low = (
        pricing.of_requests(left, usual + 1_000, words * 3 // 2)
        + pricing.of_requests(plans, usual, 400)
        + pricing.of_requests(ends, whole // 2, 200)
        + pricing.of_requests(left if readings else 0, usual + words * WORD_TOKENS, 200)
    )
    high = (
        pricing.of_requests(left * (REQUESTS + revisions), longest, (words * WORD_TOKENS + MORE_TOKENS) * 3)
        + pricing.of_requests(plans * PLAN_TRIES, longest, PLAN_TOKENS * 3)
        + pricing.of_requests(left * readings, longest + words * WORD_TOKENS, CRITIQUE_TOKENS * 3)
        + pricing.of_requests(ends, whole * 2 + _FRAME, SUMMARY_TOKENS)
    )
    return low, max(low, high)


def _longest(passages: Passages) -> int:
    return max(passage_words(passages, number) for number in range(1, passages.count + 1))

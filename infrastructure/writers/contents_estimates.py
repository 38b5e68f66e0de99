"""Estimates what contents cost before they are written: what they take when all goes well, and the most they can."""

import json
from dataclasses import asdict
from math import ceil

from application.contents_writers import ContentsRequest
from infrastructure.writers.contents_batches import BATCH, CHAPTER_TOKENS, FRAME_TOKENS
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.tokens import tokens
from infrastructure.writers.pricing import FlatPricing, ModelPricing


def contents_cost(pricing: FlatPricing | ModelPricing, request: ContentsRequest) -> tuple[int, int]:
    """(usually, at most) what the rest of a range costs, in the smallest unit: kept chapters cost nothing again."""
    if isinstance(pricing, FlatPricing):
        return pricing.amount, pricing.amount
    left = request.last - request.first + 1 - len(request.kept)
    if left <= 0:
        return 0, 0
    given = [request.book, *request.beats, *request.threads, *request.standing]
    told = json.dumps(given, ensure_ascii=False, default=asdict)
    told += request.instructions + request.paragraph
    usual, longest = tokens(told) + FRAME_TOKENS, len(told.encode()) + FRAME_TOKENS + left * CHAPTER_TOKENS
    answer = BATCH * CHAPTER_TOKENS
    low = pricing.of_requests(ceil(left / BATCH), usual, answer // 3)
    # a batch that comes short is followed by one that begins behind what came: at worst one chapter a batch
    high = pricing.of_requests(left * REQUESTS, longest, answer * 3)
    return low, max(low, high)

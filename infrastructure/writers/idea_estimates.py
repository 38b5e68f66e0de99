"""Estimates what the steps from a keyword to a book cost before they are made."""

from application.idea_writers import IdeaRequest
from infrastructure.writers.limits import REQUESTS
from infrastructure.writers.model.idea_limits import ANSWER_TOKENS
from infrastructure.writers.pricing import FlatPricing, ModelPricing

_TOLD = (1_500, 4_500)
"""Tokens that a step is usually told, and at most: the instructions, the brief and the steps before it."""

_ANSWERED = 900


def ideas_cost(pricing: FlatPricing | ModelPricing, request: IdeaRequest) -> tuple[int, int]:
    """(usually, at most) what the steps that are left cost, in the smallest unit."""
    if isinstance(pricing, FlatPricing):
        return pricing.amount, pricing.amount
    steps = len(request.left)
    low = pricing.of_requests(steps, _TOLD[0], _ANSWERED)
    return low, max(low, pricing.of_requests(steps * REQUESTS, _TOLD[1], ANSWER_TOKENS * 3))

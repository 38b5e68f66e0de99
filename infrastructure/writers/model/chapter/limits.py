"""Bounds what one chapter may ask of a model, for its writer and for its price."""

WORD_TOKENS, MORE_TOKENS = 3, 1_500
"""Tokens for a word of an answer, amply, and for what a model thinks before it."""

PLAN_TOKENS, SUMMARY_TOKENS = 3_000, 2_500
PLAN_TRIES = 2
REVISIONS = 1
"""Of a scene in which something was found."""

CRITICAL_REVISIONS = 2
"""The same where the model reads its scenes itself; it reads each version."""

CRITIQUE_TOKENS = 2_000

SUMMARY_WORDS = 400

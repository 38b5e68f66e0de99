"""How many chapters of contents a model is asked for at once, for its writer and for its price."""

BATCH = 5
CHAPTER_TOKENS, FRAME_TOKENS = 700, 2_000
"""Tokens for a chapter's plan, amply, and for instructions, task and form."""

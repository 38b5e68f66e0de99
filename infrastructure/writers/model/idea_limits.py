"""Bounds what the steps from a keyword to a book may ask of a model, for their writer and for their price."""

ANSWER_TOKENS = 3_000
"""The longest answer of a step, ample for a model that thinks before it writes; a later try may be thrice as long."""

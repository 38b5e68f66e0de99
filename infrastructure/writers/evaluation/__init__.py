"""Measures a writer: the same sparks through every stage, judged by the same pure functions as its answers."""

"""Chapters of the muse: who is in them, what of the plan stands in which scene, and the sentences."""

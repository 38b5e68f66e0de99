"""Prose as it can be measured: how a text is built, where it reads as machine-made. Pure; English and Chinese."""

"""Continuity: what the chapters of a book state, sentence by sentence, and where two of its sentences contradict."""

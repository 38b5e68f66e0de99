"""Chapters by a model: how scenes are planned, asked for as prose, judged by code, and summed up."""

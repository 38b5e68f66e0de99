"""Exports of the log for the tools of analysts: JSON Lines, CSV, Parquet, OCEL 2.0, DuckDB, and their proof."""

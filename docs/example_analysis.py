"""What an analyst would start from: `python docs/example_analysis.py FOLDER`, with polars and duckdb installed.

FOLDER holds two exports of one studio, made by
    genesis export events   FOLDER/events   --format parquet
    genesis export sessions FOLDER/sessions --format parquet
Nothing of Genesis Studio is imported: the files are all that is needed.
"""

import sys
from pathlib import Path

import duckdb
import polars as pl

folder = Path(sys.argv[1])

# --- Polars: how long does a stage take, and how many rounds? ---------------------------------------------------------
events = pl.read_parquet(folder / "events" / "*.parquet")
stages = (
    events.filter(pl.col("aggregate_type") == "genesis_session", pl.col("stage").is_not_null())
    .group_by("stream_id", "stage")
    .agg(
        rounds=(pl.col("event_type") == "ProposalsRecorded").sum(),
        asked=pl.col("occurred_at").filter(pl.col("event_type") == "GenerationRequested").min(),
        confirmed=pl.col("occurred_at").filter(pl.col("event_type") == "StageConfirmed").min(),
    )
)
print("Rounds until a stage is confirmed, and the minutes from the first request to it:")
print(
    stages.filter(pl.col("confirmed").is_not_null())
    .group_by("stage")
    .agg(
        sessions=pl.len(),
        rounds=pl.col("rounds").median(),
        minutes=(pl.col("confirmed") - pl.col("asked")).dt.total_seconds().median() / 60,
    )
    .sort("stage")
)

# --- DuckDB: what does a model cost? A cost that nobody knows is NULL, and is counted apart: it is not 0. -------------
with duckdb.connect() as db:
    db.read_parquet(str(folder / "events" / "*.parquet")).create_view("events")
    costs = db.sql("""
        SELECT model, prompt_version, count(*) AS generations, sum(cost_usd) AS cost_usd,
            count(*) FILTER (WHERE cost_usd IS NULL) AS without_price,
            sum(output_tokens)::BIGINT AS output_tokens
        FROM events WHERE event_type = 'ProposalsRecorded' GROUP BY ALL ORDER BY generations DESC
    """).pl()
    print("What models cost:")
    print(costs)

    # the payload is JSON: every field of it can be asked for
    feedback = db.sql("""
        SELECT stage, count(*) AS feedback, median((payload ->> '$.text.chars')::INT) AS characters
        FROM events WHERE event_type = 'FeedbackGiven' GROUP BY ALL ORDER BY stage
    """).pl()
    print("How much feedback is given, and how long it is (from the lengths: the export has no texts):")
    print(feedback)

# --- The history of sessions: a row for every state, from when to when -----------------------------------------------
sessions = pl.read_parquet(folder / "sessions" / "*.parquet")
moment = sessions["valid_from"].quantile(0.5)
then = sessions.filter(pl.col("valid_from") <= moment, pl.col("valid_to").is_null() | (pl.col("valid_to") > moment))
print(f"Where sessions stood at {moment}:")
print(then.group_by("status", "current_stage").len().sort("status", "current_stage"))

"""The Insights page from an export: `python docs/examples/insights.py FOLDER [ACCOUNT]`, with duckdb installed.

FOLDER is an export of events with texts, which edits are measured on:
    genesis export events FOLDER --format parquet --with-text
Nothing of Genesis Studio is imported. What each number means: docs/analytics.md.
"""

import sys
from pathlib import Path

import duckdb

folder, account = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None

with duckdb.connect() as db:
    db.read_parquet(str(folder / "*.parquet")).create_view("events")
    db.execute("SET VARIABLE account = ?::VARCHAR", [account])
    db.execute("SET VARIABLE since = NULL::TIMESTAMPTZ; SET VARIABLE before = NULL::TIMESTAMPTZ")
    db.execute(Path(__file__).with_name("insights.sql").read_text(encoding="utf-8"))

    print("Acceptances by stage (the last row is all of them): rounds, microseconds, characters")
    db.sql("FROM insights_acceptances ORDER BY stage NULLS LAST").show(max_width=200)
    print("Generations and their cost in billionths of a dollar; a price that nobody knows is counted, and is not 0")
    db.sql("FROM insights_generations ORDER BY stage NULLS LAST").show(max_width=200)
    print("Models and prompt versions")
    db.sql("FROM insights_models").show(max_width=200)
    print("How far sessions came, and where they were abandoned")
    db.sql("FROM insights_funnel").show()

    # every number opens its events: the acceptances that took the most rounds, with their places in the log
    print("The acceptances that took the most rounds")
    db.sql("""
        SELECT e.position, e.event_id, a.session_id, a.stage, a.rounds, a.distance
        FROM acceptances AS a JOIN events AS e ON e.stream_id = a.session_id AND e.stream_version = a.accepted_version
        ORDER BY a.rounds DESC, e.position LIMIT 10
    """).show()

    # and the next question is one of your own: does a longer proposal get edited more?
    print("Edited characters per thousand, by the length of the proposal")
    db.sql("""
        SELECT proposed_characters // 1000 AS thousands, count(*) AS texts,
            sum(distance) * 1000 // sum(proposed_characters) AS edited_per_thousand
        FROM acceptances WHERE source IS NOT NULL GROUP BY 1 ORDER BY 1
    """).show()

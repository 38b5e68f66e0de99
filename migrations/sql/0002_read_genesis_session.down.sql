DROP TABLE genesis_timeline, genesis_stage_records, genesis_sessions;

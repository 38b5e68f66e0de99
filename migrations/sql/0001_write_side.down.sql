DROP TABLE projection_parked, projection_checkpoints, flow_resume_handles, async_tasks, bus_checkpoints, event_outbox,
    command_inbox, access_tokens, users, domain_events;
DROP FUNCTION refuse_change, set_updated_at;
DROP TYPE genesis_stage, genesis_status, handle_status, outbox_status, task_status, command_status;

"""What the sweep looks for: the facts in SQL that a lost message, a dead process or an absent Prefect left undone."""

EXPIRE = """
UPDATE flow_resume_handles SET status = 'EXPIRED', resuming_until = NULL
WHERE status IN ('PENDING_PAUSE', 'PAUSED') AND expires_at < clock_timestamp() AND resume_payload IS NULL
"""
# Nobody sleeps at them: nothing is left to do once the writer has been told.
CLOSE_EXPIRED = """
UPDATE flow_resume_handles SET resumed_at = clock_timestamp()
WHERE status = 'EXPIRED' AND resumed_at IS NULL AND noticed_at IS NOT NULL AND flow_run_id IS NULL
"""
# The session has come to a turn that somebody still waits for: the message has been lost. How long ago is asked of this
# server's own clock, `updated_at`: `last_event_at` is by the clock of whoever took the command.
UNHEARD = """
SELECT h.session_id, h.turn FROM flow_resume_handles AS h JOIN genesis_sessions AS s ON s.id = h.session_id
WHERE h.status IN ('PENDING_PAUSE', 'PAUSED') AND h.resume_payload IS NULL AND s.turn >= h.turn
    AND s.updated_at < clock_timestamp() - interval '3 seconds' ORDER BY random() LIMIT %(limit)s
"""
# Work that was requested and that no run of its stream will come to.
WITHOUT_RUN = """
SELECT i.session_id, (SELECT (payload->>'turn')::int FROM domain_events
    WHERE aggregate_id = i.session_id::text AND event_type = ANY(%(requests)s)
    ORDER BY aggregate_version DESC LIMIT 1) AS turn
FROM command_inbox AS i
WHERE i.status = 'PROCESSING' AND i.created_at < clock_timestamp() - interval '3 seconds'
    AND i.deadline_at > clock_timestamp()
    AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = i.session_id)
    AND NOT EXISTS (SELECT FROM flow_resume_handles AS h WHERE h.session_id = i.session_id
        AND h.status IN ('PENDING_PAUSE', 'PAUSED') AND h.flow_run_id IS NOT NULL)
ORDER BY random() LIMIT %(limit)s
"""

# Nobody waits where somebody should: the run was not made, or is gone from Prefect.
UNATTENDED = """
SELECT h.session_id, h.turn - 1 FROM flow_resume_handles AS h
WHERE h.status = 'PENDING_PAUSE' AND h.flow_run_id IS NULL AND h.resume_payload IS NULL
    AND h.updated_at < clock_timestamp() - interval '3 seconds'
    AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = h.session_id)
ORDER BY random() LIMIT %(limit)s
"""

# Conditions on handles, each with an index of its own.
TO_RESUME = """
WHERE h.status = 'PAUSED' AND h.flow_run_id IS NOT NULL AND h.resume_payload IS NOT NULL
    AND h.updated_at < clock_timestamp() - interval '1 second'
    AND (h.resuming_until IS NULL OR h.resuming_until < clock_timestamp())"""
# Nobody executes the run, and its pause is not confirmed.
UNCONFIRMED = """
WHERE h.status = 'PENDING_PAUSE' AND h.flow_run_id IS NOT NULL
    AND h.updated_at < clock_timestamp() - interval '3 seconds'
    AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = h.session_id)"""
UNTOLD = "WHERE h.status = 'EXPIRED' AND h.resumed_at IS NULL AND h.noticed_at IS NULL"
# While somebody executes the run it may be about to suspend: it is looked at when nobody does.
EXPIRED_ASLEEP = """
WHERE h.status = 'EXPIRED' AND h.resumed_at IS NULL AND h.noticed_at IS NOT NULL AND h.flow_run_id IS NOT NULL
    AND (h.resuming_until IS NULL OR h.resuming_until < clock_timestamp())
    AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = h.session_id)"""

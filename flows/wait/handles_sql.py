"""Moves flow_resume_handles, in SQL: each statement is one step that may be repeated and raced; `attempt` tells which.

What was stored as a payload is only shown when it is small: it is a wake-up, and nobody's way to fill our memory.
"""

_COLUMNS = """id, correlation_id, session_id, turn, flow_run_id, attempt, status,
    CASE WHEN pg_column_size(resume_payload) <= 1000 THEN resume_payload
        WHEN resume_payload IS NOT NULL THEN '"too large"'::jsonb END AS resume_payload"""

# Ends a wait that the session has gone past. Nobody, or the run that goes past it, waits there: RESUMED, that run is
# awake. Another run waits there: EXPIRED and already noticed (the writer need not be told), so that the reconciler
# wakes that run to end; else it would stay suspended in Prefect for ever.
_PASSED = """status = CASE WHEN {own} THEN 'RESUMED' ELSE 'EXPIRED' END::handle_status,
        resumed_at = CASE WHEN {own} THEN clock_timestamp() END,
        noticed_at = CASE WHEN {own} THEN noticed_at ELSE clock_timestamp() END, resuming_until = NULL"""
_OWN = "flow_run_id IS NULL OR flow_run_id = %(flow_run_id)s"

# Opening a wait closes the waits of earlier turns: the flow has seen them. A wait of another run is left alone.
OPEN = f"""
WITH seen AS (
    UPDATE flow_resume_handles SET {_PASSED.format(own=_OWN)}
    WHERE session_id = %(session_id)s AND turn < %(turn)s AND status IN ('PENDING_PAUSE', 'PAUSED')
), over AS (
    SELECT {_COLUMNS} FROM flow_resume_handles WHERE correlation_id = %(correlation_id)s
        AND (status = 'RESUMED' OR (status = 'EXPIRED' AND flow_run_id = %(flow_run_id)s)) LIMIT 1
), opened AS (
    INSERT INTO flow_resume_handles AS h
        (id, correlation_id, session_id, turn, flow_run_id, timeout_seconds, expires_at)
    SELECT %(id)s, %(correlation_id)s, %(session_id)s, %(turn)s, %(flow_run_id)s, %(timeout)s,
        clock_timestamp() + make_interval(secs => %(timeout)s)
    WHERE NOT EXISTS (SELECT FROM over)
    ON CONFLICT (correlation_id) WHERE status IN ('PENDING_PAUSE', 'PAUSED') DO UPDATE
        SET flow_run_id = EXCLUDED.flow_run_id, attempt = h.attempt + 1, status = 'PENDING_PAUSE',
            timeout_seconds = EXCLUDED.timeout_seconds, expires_at = coalesce(h.expires_at, EXCLUDED.expires_at)
        WHERE h.flow_run_id IS NULL OR h.flow_run_id = EXCLUDED.flow_run_id
    RETURNING {_COLUMNS}
)
SELECT * FROM over UNION ALL SELECT * FROM opened
"""  # noqa: S608  (constants)
# Reopens a wait that was resumed although the log holds no decision (a spurious wake-up): its payload is dropped.
REOPEN = f"""
UPDATE flow_resume_handles SET status = 'PENDING_PAUSE', attempt = attempt + 1, flow_run_id = %(flow_run_id)s,
    resume_payload = NULL, paused_at = NULL, resumed_at = NULL, resuming_until = NULL,
    timeout_seconds = %(timeout)s,
    expires_at = greatest(expires_at, clock_timestamp() + make_interval(secs => %(timeout)s))
WHERE id = (SELECT id FROM flow_resume_handles WHERE correlation_id = %(correlation_id)s AND status = 'RESUMED'
        ORDER BY created_at DESC LIMIT 1)
    AND NOT EXISTS (SELECT FROM flow_resume_handles
        WHERE correlation_id = %(correlation_id)s AND status IN ('PENDING_PAUSE', 'PAUSED'))
RETURNING {_COLUMNS}
"""  # noqa: S608  (constants)
# Records that a session has begun and wants a run that waits for its first decision; that run takes the row over.
EXPECT = """
INSERT INTO flow_resume_handles (id, correlation_id, session_id, turn)
SELECT %(id)s, %(correlation_id)s, %(session_id)s, %(turn)s
WHERE NOT EXISTS (SELECT FROM flow_resume_handles WHERE session_id = %(session_id)s)
ON CONFLICT DO NOTHING
"""
# A signal for a turn that a flow of the session has gone past is only remembered, so that it is not taken up twice.
SIGNAL = f"""
INSERT INTO flow_resume_handles AS h (id, correlation_id, session_id, turn, status, resume_payload, resumed_at)
SELECT %(id)s, %(correlation_id)s, %(session_id)s, %(turn)s,
    CASE WHEN past THEN 'RESUMED' ELSE 'PENDING_PAUSE' END::handle_status, %(payload)s,
    CASE WHEN past THEN clock_timestamp() END
FROM (SELECT EXISTS (SELECT FROM flow_resume_handles
    WHERE session_id = %(session_id)s AND turn > %(turn)s AND flow_run_id IS NOT NULL) AS past) AS seen
WHERE NOT EXISTS (
    SELECT FROM flow_resume_handles WHERE correlation_id = %(correlation_id)s AND status = 'RESUMED')
ON CONFLICT (correlation_id) WHERE status IN ('PENDING_PAUSE', 'PAUSED') DO UPDATE
    SET resume_payload = coalesce(h.resume_payload, EXCLUDED.resume_payload)
RETURNING {_COLUMNS}
"""  # noqa: S608  (constants)
# Only for the attempt that was suspended: an executor that was frozen meanwhile confirms nothing of a later one.
PAUSED = f"""
UPDATE flow_resume_handles SET status = 'PAUSED', paused_at = clock_timestamp(), resuming_until = NULL
WHERE id = %(id)s AND status = 'PENDING_PAUSE' AND flow_run_id = %(flow_run_id)s AND attempt = %(attempt)s
RETURNING {_COLUMNS}
"""  # noqa: S608  (constants)
# Lets one of several processes wake the run. If it dies at it, the others wait until `resuming_until`.
TAKE = """
UPDATE flow_resume_handles SET resuming_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE id = %(id)s AND attempt = %(attempt)s
    AND (status = 'PAUSED' OR (status = 'EXPIRED' AND resumed_at IS NULL))
    AND (resuming_until IS NULL OR resuming_until < clock_timestamp())
RETURNING 1
"""
LET_GO = "UPDATE flow_resume_handles SET resuming_until = NULL WHERE id = %(id)s AND attempt = %(attempt)s"
CLOSE = "UPDATE flow_resume_handles SET status = 'RESUMED', resumed_at = clock_timestamp() WHERE id = %(id)s"
# The run is due from the moment that its wait is over: both facts in one statement. `taken`: Prefect has just accepted
# the resume, so an execution that still holds the lease is only unwinding.
RESUMED = """
WITH over AS (
    UPDATE flow_resume_handles SET resumed_at = clock_timestamp(), resuming_until = NULL,
        status = CASE WHEN status = 'EXPIRED' THEN status ELSE 'RESUMED' END
    WHERE id = %(id)s AND attempt = %(attempt)s AND status IN ('PAUSED', 'EXPIRED') RETURNING session_id, flow_run_id
)
INSERT INTO flow_run_leases AS l (session_id, flow_run_id)
SELECT session_id, flow_run_id FROM over WHERE flow_run_id IS NOT NULL
ON CONFLICT (session_id) DO UPDATE
    SET lease_owner = NULL, lease_expires_at = clock_timestamp()
    WHERE %(taken)s AND l.flow_run_id = EXCLUDED.flow_run_id
"""
CLOSE_ALL = f"""
UPDATE flow_resume_handles SET {_PASSED.format(own=_OWN)}
WHERE session_id = %(session_id)s AND status IN ('PENDING_PAUSE', 'PAUSED')
"""  # noqa: S608  (constants)
# A wait that has expired stays so, and needs no run any more; any other is open for another run.
FORGET_RUN = f"""
UPDATE flow_resume_handles SET flow_run_id = NULL, paused_at = NULL, resuming_until = NULL,
    status = CASE WHEN status = 'EXPIRED' THEN 'EXPIRED' ELSE 'PENDING_PAUSE' END::handle_status,
    resumed_at = CASE WHEN status = 'EXPIRED' THEN clock_timestamp() END
WHERE id = %(id)s AND flow_run_id = %(flow_run_id)s AND status IN ('PENDING_PAUSE', 'PAUSED', 'EXPIRED')
RETURNING {_COLUMNS}
"""  # noqa: S608  (constants)
NOTICED = "UPDATE flow_resume_handles SET noticed_at = clock_timestamp() WHERE id = %(id)s"
# `updated_at` is the trigger's: the row goes behind all others that the sweep looks at.
SET_BACK = "UPDATE flow_resume_handles SET attempt = attempt WHERE id = %(id)s"

SELECT = f"SELECT {_COLUMNS} FROM flow_resume_handles AS h "  # noqa: S608

_GONE_ON = """flow_run_id IS NULL OR EXISTS (SELECT FROM flow_resume_handles AS later
            WHERE later.session_id = h.session_id AND later.turn > h.turn AND later.flow_run_id = h.flow_run_id)"""
# Waits that a flow of their session has gone past, and signals that came when the session had ended.
CLOSE_PASSED = f"""
UPDATE flow_resume_handles AS h SET {_PASSED.format(own=_GONE_ON)}
WHERE status IN ('PENDING_PAUSE', 'PAUSED') AND created_at < clock_timestamp() - interval '5 seconds'
    AND (EXISTS (SELECT FROM flow_resume_handles AS later
            WHERE later.session_id = h.session_id AND later.turn > h.turn AND later.flow_run_id IS NOT NULL)
        OR (flow_run_id IS NULL AND resume_payload IS NOT NULL
            AND NOT EXISTS (SELECT FROM flow_run_leases AS l WHERE l.session_id = h.session_id)
            AND NOT EXISTS (SELECT FROM command_inbox AS i
                WHERE i.session_id = h.session_id AND i.status = 'PROCESSING')))
"""  # noqa: S608  (constants)

-- The credits projection: each account's figures, and its history. Runs in the schema of the projection's version, and in a rebuild's.

CREATE TABLE account_credits (
    account_id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    ledger JSONB NOT NULL,
    version INTEGER NOT NULL,
    period_began INTEGER NOT NULL DEFAULT 0,
    next_deadline_at TIMESTAMPTZ,
    next_expiry_at TIMESTAMPTZ,
    last_event_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX account_credits_of_user ON account_credits (user_id);
CREATE INDEX account_credits_deadlines ON account_credits (next_deadline_at) WHERE next_deadline_at IS NOT NULL;
CREATE INDEX account_credits_expiries ON account_credits (next_expiry_at) WHERE next_expiry_at IS NOT NULL;
CREATE INDEX account_credits_periods ON account_credits ((version - period_began));
CREATE TRIGGER account_credits_updated_at BEFORE UPDATE ON account_credits
    FOR EACH ROW EXECUTE FUNCTION public.set_updated_at();

-- One row per event: what a person reads of an account. Amounts in the smallest unit.
CREATE TABLE account_history (
    account_id UUID NOT NULL,
    version INTEGER NOT NULL,
    event_id UUID NOT NULL,
    event_type TEXT NOT NULL,
    amount BIGINT NOT NULL,
    used BIGINT,
    grant_id UUID,
    reservation_id UUID,
    subject_id UUID,
    reason TEXT NOT NULL DEFAULT '',
    expires_at TIMESTAMPTZ,
    occurred_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account_id, version)
);
CREATE INDEX account_history_of_subject ON account_history (subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX account_history_of_reservation ON account_history (reservation_id) WHERE reservation_id IS NOT NULL;

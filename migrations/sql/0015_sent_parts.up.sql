-- What models were sent: the text of each part of a prompt, once for a session. Events hold the hashes and the order.
CREATE TABLE sent_parts (
    session_id UUID NOT NULL,
    hash TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (session_id, hash),
    CONSTRAINT sent_parts_hash CHECK (hash = encode(sha256(convert_to(text, 'UTF8')), 'hex'))
);

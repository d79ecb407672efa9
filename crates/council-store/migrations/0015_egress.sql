-- Every request and connection has its line, with what it really carried. SQLite cannot change a check in place.

CREATE TABLE egress_of_all (
    key            INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at_ns  INTEGER NOT NULL,
    -- Empty for what no request asked for.
    request_id     TEXT    NOT NULL,
    -- Empty where no model is asked.
    model          TEXT    NOT NULL,
    host           TEXT    NOT NULL,
    purpose        TEXT    NOT NULL,
    -- Text of a call of a model.
    sent_bytes     INTEGER NOT NULL CHECK (sent_bytes >= 0),
    received_bytes INTEGER NOT NULL DEFAULT 0 CHECK (received_bytes >= 0),
    -- Requests or connections, and what they carried.
    requests       INTEGER NOT NULL DEFAULT 0 CHECK (requests >= 0),
    carried_out    INTEGER NOT NULL DEFAULT 0 CHECK (carried_out >= 0),
    carried_in     INTEGER NOT NULL DEFAULT 0 CHECK (carried_in >= 0),
    -- JSON: kind of private text to how many were replaced.
    redacted       TEXT    NOT NULL,
    outcome        TEXT    NOT NULL DEFAULT 'running'
                   CHECK (outcome IN ('running', 'completed', 'cancelled', 'failed', 'interrupted', 'refused'))
) STRICT;

INSERT INTO egress_of_all (key, started_at_ns, request_id, model, host, purpose, sent_bytes, received_bytes, redacted, outcome)
SELECT key, started_at_ns, request_id, model, host, purpose, sent_bytes, received_bytes, redacted, outcome FROM egress;

DROP TABLE egress;
ALTER TABLE egress_of_all RENAME TO egress;

CREATE INDEX egress_by_request ON egress (request_id) WHERE request_id <> '';
CREATE INDEX egress_running ON egress (key) WHERE outcome = 'running';
CREATE INDEX egress_by_host ON egress (host, purpose);

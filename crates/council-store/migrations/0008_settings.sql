-- What is set at run time, who changed what, and what left this machine.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    key     INTEGER PRIMARY KEY,
    at_ns   INTEGER NOT NULL,
    by      TEXT    NOT NULL,
    setting TEXT    NOT NULL,
    -- Empty: as configured.
    before  TEXT    NOT NULL,
    after   TEXT    NOT NULL
) STRICT;

CREATE TABLE egress (
    key            INTEGER PRIMARY KEY AUTOINCREMENT,
    started_at_ns  INTEGER NOT NULL,
    -- Empty for what no request asked for.
    request_id     TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    host           TEXT    NOT NULL,
    purpose        TEXT    NOT NULL,
    sent_bytes     INTEGER NOT NULL CHECK (sent_bytes >= 0),
    received_bytes INTEGER NOT NULL DEFAULT 0 CHECK (received_bytes >= 0),
    -- JSON: kind of private text to how many were replaced.
    redacted       TEXT    NOT NULL,
    outcome        TEXT    NOT NULL DEFAULT 'running'
                   CHECK (outcome IN ('running', 'completed', 'cancelled', 'failed', 'interrupted'))
) STRICT;

CREATE INDEX egress_by_request ON egress (request_id) WHERE request_id <> '';
CREATE INDEX egress_running ON egress (key) WHERE outcome = 'running';

-- One line per request: what it used and cost. Lines outlive the conversations that they belong to.

CREATE TABLE ledger (
    key            INTEGER PRIMARY KEY,
    request_id     TEXT    NOT NULL UNIQUE,
    started_at_ns  INTEGER NOT NULL,
    route          TEXT    NOT NULL,
    -- Empty when no model was reached.
    model          TEXT    NOT NULL,
    locality       TEXT    NOT NULL CHECK (locality IN ('local', 'remote')),
    input_tokens   INTEGER NOT NULL,
    cached_tokens  INTEGER NOT NULL,
    output_tokens  INTEGER NOT NULL,
    -- 1e-9 US dollars, an integer so that sums are exact.
    cost_nano_usd  INTEGER NOT NULL CHECK (cost_nano_usd >= 0),
    latency_ns     INTEGER NOT NULL,
    first_token_ns INTEGER,
    outcome        TEXT    NOT NULL CHECK (outcome IN ('completed', 'cancelled', 'failed'))
) STRICT;

CREATE INDEX ledger_by_time ON ledger (started_at_ns, key);

-- Paid calls of models: reserved before they are made, charged after. The only source of sums of money.

CREATE TABLE charges (
    key           INTEGER PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    request_id    TEXT    NOT NULL,
    -- The API key that pays; empty for the owner of this machine.
    payer         TEXT    NOT NULL,
    model         TEXT    NOT NULL,
    at_ns         INTEGER NOT NULL,
    expires_at_ns INTEGER NOT NULL,
    -- 1e-9 US dollars: most that the call could cost.
    reserved_nano INTEGER NOT NULL CHECK (reserved_nano >= 0),
    -- What it counts for: the reservation while it is open, then what it has cost.
    counted_nano  INTEGER NOT NULL CHECK (counted_nano >= 0),
    -- 'expired' was charged in full because nobody said what it had cost; who says so later corrects it.
    state         TEXT    NOT NULL CHECK (state IN ('open', 'expired', 'charged'))
) STRICT;

CREATE INDEX charges_by_time ON charges (at_ns);
CREATE INDEX charges_by_request ON charges (request_id);
CREATE INDEX charges_that_are_open ON charges (expires_at_ns) WHERE state = 'open';

-- What was spent before there were reservations.
INSERT INTO charges (id, request_id, payer, model, at_ns, expires_at_ns, reserved_nano, counted_nano, state)
    SELECT request_id, request_id, '', model, started_at_ns, started_at_ns, cost_nano_usd, cost_nano_usd, 'charged'
      FROM ledger WHERE cost_nano_usd > 0;

-- Why each request was answered by whom; numbers and reasons, and nothing of what was said.
CREATE TABLE receipts (
    key           INTEGER PRIMARY KEY,
    request_id    TEXT    NOT NULL UNIQUE,
    started_at_ns INTEGER NOT NULL,
    -- The conversation's id, where there is one: its receipts go with it.
    conversation  TEXT,
    answered_by   TEXT    NOT NULL,
    skill         TEXT    NOT NULL,
    outcome       TEXT    NOT NULL,
    -- 1: more than one was asked.
    escalated     INTEGER NOT NULL CHECK (escalated IN (0, 1)),
    -- All of it, as JSON.
    receipt       TEXT    NOT NULL
) STRICT;

CREATE INDEX receipts_by_time ON receipts (started_at_ns DESC, key DESC);
CREATE INDEX receipts_by_conversation ON receipts (conversation) WHERE conversation IS NOT NULL;

CREATE TRIGGER receipts_go_with_their_conversation AFTER DELETE ON conversations
BEGIN
    DELETE FROM receipts WHERE conversation = old.id;
END;

-- What became of answers.
CREATE TABLE feedback (
    key         INTEGER PRIMARY KEY,
    receipt_key INTEGER NOT NULL REFERENCES receipts (key) ON DELETE CASCADE,
    rating      TEXT    NOT NULL,
    at_ns       INTEGER NOT NULL,
    note        TEXT
) STRICT;

CREATE INDEX feedback_by_receipt ON feedback (receipt_key);

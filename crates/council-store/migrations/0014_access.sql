-- Who may call what: users beside the owner of the machine, API keys, and the sessions that browsers open with them.

CREATE TABLE users (
    name          TEXT PRIMARY KEY,
    created_at_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    key             INTEGER PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL,
    -- 'local' is the owner of the machine, who is no row of `users`.
    user            TEXT    NOT NULL,
    -- Argon2id of the secret, as a PHC string.
    hash            TEXT    NOT NULL,
    -- Names with commas between them.
    scopes          TEXT    NOT NULL,
    created_at_ns   INTEGER NOT NULL,
    expires_at_ns   INTEGER,
    revoked_at_ns   INTEGER,
    last_used_at_ns INTEGER,
    -- 1e-9 US dollars a day; null: as configured.
    daily_nano      INTEGER CHECK (daily_nano >= 0),
    per_minute      INTEGER CHECK (per_minute > 0)
) STRICT;

CREATE TABLE sessions (
    -- SHA-256 of the token.
    digest        TEXT PRIMARY KEY,
    key_id        TEXT    NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    created_at_ns INTEGER NOT NULL,
    expires_at_ns INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_key ON sessions (key_id);

-- Users, API keys and sessions of browsers, for all Councils that share this database: a key is good at each of them.

CREATE TABLE users (
    name          text   COLLATE "C" PRIMARY KEY,
    created_at_ns bigint NOT NULL
);

CREATE TABLE api_keys (
    key             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              text   NOT NULL UNIQUE,
    name            text   NOT NULL,
    -- 'local' is the owner, who is no row of `users`.
    user_name       text   COLLATE "C" NOT NULL,
    -- Argon2id of the secret, as a PHC string.
    hash            text   NOT NULL,
    -- Names with commas between them.
    scopes          text   NOT NULL,
    created_at_ns   bigint NOT NULL,
    expires_at_ns   bigint,
    revoked_at_ns   bigint,
    last_used_at_ns bigint,
    -- 1e-9 US dollars a day; null: as configured.
    daily_nano      bigint CHECK (daily_nano >= 0),
    per_minute      bigint CHECK (per_minute > 0)
);

CREATE INDEX api_keys_by_user ON api_keys (user_name);

CREATE TABLE sessions (
    -- SHA-256 of the token.
    digest        text   PRIMARY KEY,
    key_id        text   NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
    created_at_ns bigint NOT NULL,
    expires_at_ns bigint NOT NULL
);

CREATE INDEX sessions_by_key ON sessions (key_id);

-- How often any of these was changed, in one row: each Council keeps them in its memory, and looks here for whether it is behind.
CREATE TABLE access_revision (
    revision bigint NOT NULL
);

INSERT INTO access_revision (revision) VALUES (0);

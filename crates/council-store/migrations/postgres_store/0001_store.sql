-- Conversations, ledger, books, receipts and settings of all Councils that share this database. The meaning is that of
-- SQLite's tables (0001 to 0013). Times are nanoseconds since the Unix epoch, UTC; money is in 1e-9 US dollars.

CREATE TABLE conversations (
    key           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Of another user than the owner of the machine with the user's name and U+001F before it, so that ids stay unique.
    id            text    NOT NULL UNIQUE,
    owner         text    COLLATE "C" NOT NULL,
    source        text,
    title         text    NOT NULL DEFAULT '',
    -- The words of the title: lower case, without accents, a space between them.
    words         text    NOT NULL DEFAULT '',
    folder        text    COLLATE "C" NOT NULL DEFAULT '',
    pinned        boolean NOT NULL DEFAULT false,
    archived      boolean NOT NULL DEFAULT false,
    settings      text    NOT NULL DEFAULT '{}',
    created_at_ns bigint  NOT NULL,
    updated_at_ns bigint  NOT NULL,
    -- The length of the active branch, and its last message.
    message_count bigint  NOT NULL DEFAULT 0,
    leaf_id       bigint,
    UNIQUE (source, owner)
);

CREATE INDEX conversations_by_use ON conversations (owner, updated_at_ns DESC, key DESC);
CREATE INDEX conversations_by_folder ON conversations (owner, folder, updated_at_ns DESC, key DESC) WHERE folder <> '';
CREATE INDEX conversations_pinned ON conversations (owner, updated_at_ns DESC, key DESC) WHERE pinned;
CREATE INDEX conversations_by_words ON conversations USING gin (to_tsvector('simple', words));

CREATE TABLE messages (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_key bigint NOT NULL REFERENCES conversations (key) ON DELETE CASCADE,
    -- The message before it; 0 for a first one, so that siblings are equal.
    parent_id        bigint NOT NULL,
    -- Its place on its branch; the first has 1.
    depth            bigint NOT NULL,
    role             text   NOT NULL,
    -- JSON, as text: jsonb has no U+0000.
    content          text   NOT NULL,
    tool_calls       text,
    tool_call_id     text,
    name             text,
    model            text,
    request_id       text   NOT NULL,
    created_at_ns    bigint NOT NULL,
    finish           text,
    -- Of what users and assistants said, as in `conversations`.
    words            text   NOT NULL
);

CREATE INDEX messages_by_parent ON messages (conversation_key, parent_id, id);
CREATE INDEX messages_by_conversation ON messages (conversation_key, id);
CREATE INDEX messages_by_words ON messages USING gin (to_tsvector('simple', words));

CREATE TABLE attachments (
    key              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id               text   NOT NULL UNIQUE,
    conversation_key bigint NOT NULL REFERENCES conversations (key) ON DELETE CASCADE,
    name             text   NOT NULL,
    kind             text   NOT NULL,
    bytes            bigint NOT NULL,
    pages            bigint,
    text             text   NOT NULL,
    created_at_ns    bigint NOT NULL
);

CREATE INDEX attachments_by_conversation ON attachments (conversation_key);

CREATE TABLE ledger (
    key            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id     text   NOT NULL UNIQUE,
    started_at_ns  bigint NOT NULL,
    route          text   NOT NULL,
    model          text   COLLATE "C" NOT NULL,
    locality       text   NOT NULL,
    input_tokens   bigint NOT NULL,
    cached_tokens  bigint NOT NULL,
    output_tokens  bigint NOT NULL,
    cost_nano_usd  bigint NOT NULL CHECK (cost_nano_usd >= 0),
    latency_ns     bigint NOT NULL,
    first_token_ns bigint,
    outcome        text   NOT NULL,
    owner          text   COLLATE "C" NOT NULL
);

CREATE INDEX ledger_by_time ON ledger (started_at_ns, key);
CREATE INDEX ledger_by_owner ON ledger (owner, started_at_ns, key);

CREATE TABLE charges (
    key           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            text   NOT NULL UNIQUE,
    request_id    text   NOT NULL,
    payer         text   NOT NULL,
    model         text   COLLATE "C" NOT NULL,
    at_ns         bigint NOT NULL,
    expires_at_ns bigint NOT NULL,
    reserved_nano bigint NOT NULL CHECK (reserved_nano >= 0),
    counted_nano  bigint NOT NULL CHECK (counted_nano >= 0),
    state         text   NOT NULL CHECK (state IN ('open', 'expired', 'charged'))
);

-- With what is summed in the index, a sum over a day reads no row.
CREATE INDEX charges_by_time ON charges (at_ns) INCLUDE (counted_nano, payer);
CREATE INDEX charges_by_request ON charges (request_id);
CREATE INDEX charges_that_are_open ON charges (expires_at_ns) WHERE state = 'open';

CREATE TABLE receipts (
    key           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id    text    NOT NULL UNIQUE,
    started_at_ns bigint  NOT NULL,
    conversation  text,
    answered_by   text    NOT NULL,
    skill         text    NOT NULL,
    outcome       text    NOT NULL,
    escalated     boolean NOT NULL,
    receipt       text    NOT NULL,
    owner         text    COLLATE "C" NOT NULL
);

CREATE INDEX receipts_by_time ON receipts (started_at_ns DESC, key DESC);
CREATE INDEX receipts_by_owner ON receipts (owner, started_at_ns DESC, key DESC);
CREATE INDEX receipts_by_conversation ON receipts (conversation) WHERE conversation IS NOT NULL;

CREATE TABLE feedback (
    key         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    receipt_key bigint NOT NULL REFERENCES receipts (key) ON DELETE CASCADE,
    rating      text   NOT NULL,
    at_ns       bigint NOT NULL,
    note        text
);

CREATE INDEX feedback_by_receipt ON feedback (receipt_key);

CREATE TABLE settings (
    name  text COLLATE "C" PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE audit (
    key     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_ns   bigint NOT NULL,
    by      text   NOT NULL,
    setting text   COLLATE "C" NOT NULL,
    before  text   NOT NULL,
    after   text   NOT NULL
);

CREATE INDEX audit_by_setting ON audit (setting, key);

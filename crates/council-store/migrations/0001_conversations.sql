-- Conversations and their messages. Times are nanoseconds since the Unix epoch, UTC.

-- "CNCL": tells this file from any other program's SQLite file.
PRAGMA application_id = 1129202508;

CREATE TABLE conversations (
    key           INTEGER PRIMARY KEY,
    id            TEXT    NOT NULL UNIQUE,
    title         TEXT    NOT NULL DEFAULT '',
    created_at_ns INTEGER NOT NULL,
    updated_at_ns INTEGER NOT NULL,
    -- Kept by the same statement that adds a message, so that lists need not count.
    message_count INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX conversations_by_use ON conversations (updated_at_ns DESC, key DESC);

CREATE TABLE messages (
    -- AUTOINCREMENT: the id of a deleted message is never given out again.
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_key INTEGER NOT NULL REFERENCES conversations (key) ON DELETE CASCADE,
    role             TEXT    NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
    -- JSON array of {"type": "text", "text"} and {"type": "image_url", "image_url"}.
    content          TEXT    NOT NULL,
    -- JSON array of {"id", "name", "arguments"}; null when the message calls no tool.
    tool_calls       TEXT,
    tool_call_id     TEXT,
    name             TEXT,
    model            TEXT,
    request_id       TEXT    NOT NULL,
    created_at_ns    INTEGER NOT NULL
) STRICT;

CREATE INDEX messages_by_conversation ON messages (conversation_key, id);

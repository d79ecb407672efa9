-- Files that are attached to questions: their text; and where conversations from elsewhere come from.

CREATE TABLE attachments (
    key              INTEGER PRIMARY KEY,
    id               TEXT    NOT NULL UNIQUE,
    conversation_key INTEGER NOT NULL REFERENCES conversations (key) ON DELETE CASCADE,
    name             TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    bytes            INTEGER NOT NULL,
    pages            INTEGER,
    text             TEXT    NOT NULL,
    created_at_ns    INTEGER NOT NULL
) STRICT;

CREATE INDEX attachments_by_conversation ON attachments (conversation_key);

-- What a conversation is known by where it comes from; null for one that began here.
ALTER TABLE conversations ADD COLUMN source TEXT;

CREATE UNIQUE INDEX conversations_by_source ON conversations (source) WHERE source IS NOT NULL;

-- What is remembered beyond a conversation. Times are nanoseconds since the Unix epoch, UTC.
--
-- Words are looked up in an index in memory that is made from these rows, not in an FTS5 table: it is faster, a
-- user's words do not change how another's count, and there is one copy of the text less to forget.

CREATE TABLE memories (
    -- AUTOINCREMENT: grows with every memory, and that of a forgotten one is never given out again.
    key           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT    NOT NULL UNIQUE,
    user          TEXT    NOT NULL,
    project       TEXT,
    session       TEXT,
    kind          TEXT    NOT NULL CHECK (kind IN ('turn', 'fact', 'preference', 'note', 'summary', 'document')),
    text          TEXT    NOT NULL CHECK (text <> ''),
    speaker       TEXT,
    said_at_ns    INTEGER NOT NULL,
    area          TEXT    NOT NULL,
    -- JSON array of strings.
    tags          TEXT    NOT NULL,
    -- JSON object.
    metadata      TEXT    NOT NULL,
    trust         TEXT    NOT NULL CHECK (trust IN ('web', 'tool', 'assistant', 'user')),
    pinned        INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    -- 1: everything that was said is overwritten with as many zeros, and the row stays in its place. SQLite
    -- would otherwise move its neighbours, and can leave copies of what it moves in unused parts of pages.
    forgotten     INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1)),
    created_at_ns INTEGER NOT NULL,
    updated_at_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE embedders (
    key        INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    -- Numbers in each of its vectors.
    dimensions INTEGER NOT NULL
) STRICT;

-- A memory has the vectors of one embedder; without a row it waits for them.
CREATE TABLE memory_vectors (
    memory_key   INTEGER PRIMARY KEY REFERENCES memories (key) ON DELETE CASCADE,
    embedder_key INTEGER NOT NULL REFERENCES embedders (key),
    -- f32, little endian, of length 1.
    own          BLOB    NOT NULL,
    context      BLOB    NOT NULL
) STRICT;

-- The turns of a session in their order.
CREATE INDEX memories_by_session ON memories (user, session, said_at_ns, key)
    WHERE session IS NOT NULL AND forgotten = 0;

CREATE INDEX memories_forgotten ON memories (key) WHERE forgotten = 1;

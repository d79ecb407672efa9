-- What is remembered beyond a conversation: the same tables as in SQLite, with what SQLite's index holds in memory
-- (words, vectors) as tables too, because several processes may share this database. Times are nanoseconds since the
-- Unix epoch, UTC: `timestamptz` would cut them to microseconds.

CREATE TABLE memories (
    -- Grows with every memory.
    key           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            text    NOT NULL UNIQUE,
    "user"        text    NOT NULL,
    project       text,
    session       text,
    kind          text    NOT NULL CHECK (kind IN ('turn', 'fact', 'preference', 'note', 'summary', 'document')),
    text          text    NOT NULL CHECK (text <> ''),
    speaker       text,
    said_at_ns    bigint  NOT NULL,
    area          text    NOT NULL,
    tags          text[]  NOT NULL,
    -- JSON as text: `jsonb` forgets the order of keys, and cannot hold U+0000.
    metadata      text    NOT NULL,
    trust         text    NOT NULL CHECK (trust IN ('web', 'tool', 'assistant', 'user')),
    -- JSON: subject, attribute, confidence, extractor, evidence.
    claim         text,
    -- The document that it is a part of.
    source        text,
    quarantined   boolean NOT NULL,
    pinned        boolean NOT NULL,
    -- The end of its validity, which begins with `said_at_ns`.
    valid_to_ns   bigint,
    created_at_ns bigint  NOT NULL,
    updated_at_ns bigint  NOT NULL,
    retired_at_ns bigint,
    -- The identifier of what took its place.
    superseded_by text,
    -- What made this version.
    event         text    NOT NULL CHECK (event IN ('created', 'changed', 'retired', 'undone')),
    -- How many terms it has, and how much it tells, 0 to 1.
    terms         integer NOT NULL,
    told          real    NOT NULL
);

CREATE INDEX memories_of_user ON memories ("user", said_at_ns, key);
CREATE INDEX memories_by_session ON memories ("user", session, said_at_ns, key) WHERE session IS NOT NULL;
CREATE INDEX memories_superseded ON memories (superseded_by) WHERE superseded_by IS NOT NULL;

-- What a memory was before its latest version, as far as that can change. Numbers grow with every version.
CREATE TABLE memory_versions (
    number        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    memory_key    bigint  NOT NULL REFERENCES memories (key) ON DELETE CASCADE,
    event         text    NOT NULL CHECK (event IN ('created', 'changed', 'retired', 'undone')),
    text          text    NOT NULL,
    tags          text[]  NOT NULL,
    metadata      text    NOT NULL,
    trust         text    NOT NULL CHECK (trust IN ('web', 'tool', 'assistant', 'user')),
    pinned        boolean NOT NULL,
    quarantined   boolean NOT NULL,
    valid_to_ns   bigint,
    retired_at_ns bigint,
    superseded_by text,
    updated_at_ns bigint  NOT NULL
);

CREATE INDEX memory_versions_of ON memory_versions (memory_key, number);
CREATE INDEX memory_versions_superseded ON memory_versions (superseded_by) WHERE superseded_by IS NOT NULL;

-- Every version of every memory with all of its columns, the latest with the highest number.
CREATE VIEW memory_states AS
    SELECT m.key, m.id, m."user", m.project, m.session, m.kind, v.text, m.speaker, m.said_at_ns, m.area, v.tags,
           v.metadata, v.trust, m.claim, m.source, v.quarantined, v.pinned, v.valid_to_ns, m.created_at_ns,
           v.updated_at_ns, v.retired_at_ns, v.superseded_by, v.event, v.number
      FROM memory_versions v JOIN memories m ON m.key = v.memory_key
    UNION ALL
    SELECT key, id, "user", project, session, kind, text, speaker, said_at_ns, area, tags,
           metadata, trust, claim, source, quarantined, pinned, valid_to_ns, created_at_ns,
           updated_at_ns, retired_at_ns, superseded_by, event, 9223372036854775807
      FROM memories;

-- Which memories a claim rests on: when one is forgotten, its quotes go too.
CREATE TABLE memory_evidence (
    evidence   text   NOT NULL,
    memory_key bigint NOT NULL REFERENCES memories (key) ON DELETE CASCADE,
    PRIMARY KEY (evidence, memory_key)
);

CREATE INDEX memory_evidence_of ON memory_evidence (memory_key);

-- How many times a memory has a term.
CREATE TABLE memory_terms (
    "user"     text    NOT NULL,
    term       text    NOT NULL,
    memory_key bigint  NOT NULL REFERENCES memories (key) ON DELETE CASCADE,
    times      integer NOT NULL,
    PRIMARY KEY ("user", term, memory_key)
);

CREATE INDEX memory_terms_of ON memory_terms (memory_key);

CREATE TABLE embedders (
    key        bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text    NOT NULL UNIQUE,
    -- Numbers in each of its vectors.
    dimensions integer NOT NULL CHECK (dimensions BETWEEN 1 AND 16000)
);

-- A memory has the vectors of one embedder; without a row it waits for them. The columns have no fixed length, so that
-- another embedder can take over while the vectors of the former are still there; every query names the embedder.
CREATE TABLE memory_vectors (
    memory_key   bigint PRIMARY KEY REFERENCES memories (key) ON DELETE CASCADE,
    embedder_key bigint NOT NULL REFERENCES embedders (key),
    -- Of length 1.
    own          vector NOT NULL,
    context      vector NOT NULL
);

-- Beside the row, not in a table of its own, and uncompressed: every search reads all of them, and floating-point
-- numbers do not compress. What is too long for a page goes elsewhere all the same.
ALTER TABLE memory_vectors ALTER COLUMN own SET STORAGE MAIN, ALTER COLUMN context SET STORAGE MAIN;

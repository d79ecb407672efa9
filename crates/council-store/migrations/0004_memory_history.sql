-- What a memory claims, how long it is so, how long it counts as known, and what it was before.
--
-- The row of a memory is its latest version; the ones before are in `memory_versions`. Of memories that were changed
-- before this migration, what they were before is not known.

-- JSON: subject, attribute, confidence, extractor, evidence.
ALTER TABLE memories ADD COLUMN claim TEXT;
-- The document that it is a part of.
ALTER TABLE memories ADD COLUMN source TEXT;
ALTER TABLE memories ADD COLUMN quarantined INTEGER NOT NULL DEFAULT 0 CHECK (quarantined IN (0, 1));
-- The end of its validity, which begins with `said_at_ns`.
ALTER TABLE memories ADD COLUMN valid_to_ns INTEGER;
ALTER TABLE memories ADD COLUMN retired_at_ns INTEGER;
-- The identifier of what took its place.
ALTER TABLE memories ADD COLUMN superseded_by TEXT;
-- What made this version.
ALTER TABLE memories ADD COLUMN event TEXT NOT NULL DEFAULT 'created'
    CHECK (event IN ('created', 'changed', 'retired', 'undone'));

-- What a memory was before its latest version, as far as that can change. Keys grow with every version.
CREATE TABLE memory_versions (
    key           INTEGER PRIMARY KEY AUTOINCREMENT,
    memory_key    INTEGER NOT NULL REFERENCES memories (key) ON DELETE CASCADE,
    event         TEXT    NOT NULL CHECK (event IN ('created', 'changed', 'retired', 'undone')),
    text          TEXT    NOT NULL,
    tags          TEXT    NOT NULL,
    metadata      TEXT    NOT NULL,
    trust         TEXT    NOT NULL CHECK (trust IN ('web', 'tool', 'assistant', 'user')),
    pinned        INTEGER NOT NULL CHECK (pinned IN (0, 1)),
    quarantined   INTEGER NOT NULL CHECK (quarantined IN (0, 1)),
    valid_to_ns   INTEGER,
    retired_at_ns INTEGER,
    superseded_by TEXT,
    updated_at_ns INTEGER NOT NULL
) STRICT;

CREATE INDEX memory_versions_of ON memory_versions (memory_key, key);

-- Which memories a claim rests on: when one is forgotten, its quotes go too.
CREATE TABLE memory_evidence (
    evidence   TEXT    NOT NULL,
    memory_key INTEGER NOT NULL REFERENCES memories (key) ON DELETE CASCADE,
    PRIMARY KEY (evidence, memory_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX memory_evidence_of ON memory_evidence (memory_key);
CREATE INDEX memories_superseded ON memories (superseded_by) WHERE superseded_by IS NOT NULL;
CREATE INDEX memory_versions_superseded ON memory_versions (superseded_by) WHERE superseded_by IS NOT NULL;

-- What was said to the assistant, and whether facts were looked for in it. Beside the memories and no part of them: it
-- makes no version, and nobody sees it in metadata, histories and exports.

CREATE TABLE memory_heard (
    memory_key INTEGER PRIMARY KEY REFERENCES memories (key) ON DELETE CASCADE,
    -- 1: facts were looked for in it.
    learnt     INTEGER NOT NULL DEFAULT 0 CHECK (learnt IN (0, 1))
) STRICT;

-- So far a mark in the metadata of a turn said so. It cannot stand within a text of the metadata, where quotes are
-- escaped.
INSERT INTO memory_heard (memory_key, learnt)
    SELECT key, 1 FROM memories
     WHERE kind = 'turn' AND forgotten = 0 AND instr(metadata, '"facts_extracted":true') > 0;

-- The versions that only the mark made, each with the one before: there was none when nothing of the turn was undone.
CREATE TABLE old_marks AS
    WITH states AS (
        SELECT memory_key, key AS number, event, text, metadata, updated_at_ns FROM memory_versions
        UNION ALL
        SELECT key, 9223372036854775807, event, text, metadata, updated_at_ns FROM memories
         WHERE kind = 'turn' AND forgotten = 0
    ), followed AS (
        SELECT *, lag(number) OVER in_time AS before, lag(text) OVER in_time AS text_before,
               lag(metadata) OVER in_time AS metadata_before
          FROM states
        WINDOW in_time AS (PARTITION BY memory_key ORDER BY number)
    )
    SELECT memory_key, number, before FROM followed
     WHERE event = 'changed' AND text = text_before AND instr(metadata, '"facts_extracted":true') > 0
       AND metadata_before = replace(replace(replace(metadata, ',"facts_extracted":true', ''),
                                             '"facts_extracted":true,', ''), '"facts_extracted":true', '')
       AND NOT EXISTS (SELECT 1 FROM states undone
                        WHERE undone.memory_key = followed.memory_key AND undone.event = 'undone');

-- The latest version is the row of the memory; the one before takes its place.
UPDATE memories SET (event, updated_at_ns) =
        (SELECT v.event, v.updated_at_ns FROM old_marks o JOIN memory_versions v ON v.key = o.before
          WHERE o.memory_key = memories.key AND o.number = 9223372036854775807)
 WHERE key IN (SELECT memory_key FROM old_marks WHERE number = 9223372036854775807);
DELETE FROM memory_versions
 WHERE key IN (SELECT iif(number = 9223372036854775807, before, number) FROM old_marks);
DROP TABLE old_marks;

UPDATE memories
   SET metadata = replace(replace(replace(metadata, ',"facts_extracted":true', ''),
                                  '"facts_extracted":true,', ''), '"facts_extracted":true', '')
 WHERE key IN (SELECT memory_key FROM memory_heard);
UPDATE memory_versions
   SET metadata = replace(replace(replace(metadata, ',"facts_extracted":true', ''),
                                  '"facts_extracted":true,', ''), '"facts_extracted":true', '')
 WHERE memory_key IN (SELECT memory_key FROM memory_heard);

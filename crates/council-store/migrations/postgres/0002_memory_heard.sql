-- What was said to the assistant, and whether facts were looked for in it. Beside the memories and no part of them: it
-- makes no version, and nobody sees it in metadata, histories and exports.

CREATE TABLE memory_heard (
    memory_key bigint  PRIMARY KEY REFERENCES memories (key) ON DELETE CASCADE,
    -- Facts were looked for in it.
    learnt     boolean NOT NULL DEFAULT false
);

-- So far a mark in the metadata of a turn said so. It cannot stand within a text of the metadata, where quotes are
-- escaped.
INSERT INTO memory_heard (memory_key, learnt)
    SELECT key, true FROM memories WHERE kind = 'turn' AND strpos(metadata, '"facts_extracted":true') > 0;

-- The versions that only the mark made, each with the one before: there was none when nothing of the turn was undone.
CREATE TEMPORARY TABLE old_marks ON COMMIT DROP AS
    WITH followed AS (
        SELECT key, number, event, text, metadata, lag(number) OVER in_time AS before,
               lag(text) OVER in_time AS text_before, lag(metadata) OVER in_time AS metadata_before,
               bool_or(event = 'undone') OVER (PARTITION BY key) AS is_undone
          FROM memory_states WHERE kind = 'turn'
        WINDOW in_time AS (PARTITION BY key ORDER BY number)
    )
    SELECT key AS memory_key, number, before FROM followed
     WHERE event = 'changed' AND text = text_before AND strpos(metadata, '"facts_extracted":true') > 0
       AND metadata_before = replace(replace(replace(metadata, ',"facts_extracted":true', ''),
                                             '"facts_extracted":true,', ''), '"facts_extracted":true', '')
       AND NOT is_undone;

-- The latest version is the row of the memory; the one before takes its place.
UPDATE memories m SET event = v.event, updated_at_ns = v.updated_at_ns
  FROM old_marks o JOIN memory_versions v ON v.number = o.before
 WHERE o.memory_key = m.key AND o.number = 9223372036854775807;
DELETE FROM memory_versions
 WHERE number IN (SELECT CASE number WHEN 9223372036854775807 THEN before ELSE number END FROM old_marks);

UPDATE memories
   SET metadata = replace(replace(replace(metadata, ',"facts_extracted":true', ''),
                                  '"facts_extracted":true,', ''), '"facts_extracted":true', '')
 WHERE key IN (SELECT memory_key FROM memory_heard);
UPDATE memory_versions
   SET metadata = replace(replace(replace(metadata, ',"facts_extracted":true', ''),
                                  '"facts_extracted":true,', ''), '"facts_extracted":true', '')
 WHERE memory_key IN (SELECT memory_key FROM memory_heard);

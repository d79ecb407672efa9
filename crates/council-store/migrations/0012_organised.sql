-- Conversations in folders, pinned, put away, with settings of their own; and the words that were said in them.

ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
-- Empty: in none.
ALTER TABLE conversations ADD COLUMN folder TEXT NOT NULL DEFAULT '';
-- JSON object: model, system, temperature, top_p, max_tokens, seed, each where it is set.
ALTER TABLE conversations ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

CREATE INDEX conversations_by_folder ON conversations (folder, updated_at_ns DESC, key DESC) WHERE folder <> '';
CREATE INDEX conversations_pinned ON conversations (updated_at_ns DESC, key DESC) WHERE pinned = 1;

CREATE VIEW message_texts AS
SELECT m.id,
       (SELECT group_concat(part.value ->> 'text', ' ')
        FROM json_each(m.content) AS part WHERE part.value ->> 'type' = 'text') AS text
FROM messages AS m;

-- The text itself is not copied. Diacritics are no letters of their own, so that "uber" finds "über".
CREATE VIRTUAL TABLE message_words USING fts5 (
    text, content = 'message_texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
CREATE VIRTUAL TABLE title_words USING fts5 (
    title, content = 'conversations', content_rowid = 'key', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
-- Words of what is removed are not left in the index until it is merged.
INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1);
INSERT INTO title_words (title_words, rank) VALUES ('secure-delete', 1);

INSERT INTO message_words (rowid, text)
SELECT t.id, t.text FROM message_texts AS t JOIN messages AS m ON m.id = t.id WHERE m.role IN ('user', 'assistant');
INSERT INTO title_words (rowid, title) SELECT key, title FROM conversations;

CREATE TRIGGER message_words_of_new AFTER INSERT ON messages WHEN new.role IN ('user', 'assistant') BEGIN
    INSERT INTO message_words (rowid, text) SELECT id, text FROM message_texts WHERE id = new.id;
END;
CREATE TRIGGER message_words_of_removed BEFORE DELETE ON messages WHEN old.role IN ('user', 'assistant') BEGIN
    INSERT INTO message_words (message_words, rowid, text) SELECT 'delete', id, text FROM message_texts WHERE id = old.id;
END;
CREATE TRIGGER title_words_of_new AFTER INSERT ON conversations BEGIN
    INSERT INTO title_words (rowid, title) VALUES (new.key, new.title);
END;
CREATE TRIGGER title_words_of_changed AFTER UPDATE OF title ON conversations WHEN old.title <> new.title BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.key, old.title);
    INSERT INTO title_words (rowid, title) VALUES (new.key, new.title);
END;
CREATE TRIGGER title_words_of_removed BEFORE DELETE ON conversations BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.key, old.title);
END;

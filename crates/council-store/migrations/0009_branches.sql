-- The messages of a conversation become a tree: what was a list becomes one branch.

-- The message before it; null for a first one. Not a foreign key: removing a long conversation would have to follow it from
-- message to message, which SQLite does at most 1,000 deep.
ALTER TABLE messages ADD COLUMN parent_id INTEGER;
-- Its place on its branch; the first has 1.
ALTER TABLE messages ADD COLUMN depth INTEGER NOT NULL DEFAULT 1;
-- How the answer ended: 'stop', 'length', 'tool_calls', 'stopped' or 'failed'; null for what is no answer's last message, and
-- for answers from before this column.
ALTER TABLE messages ADD COLUMN finish TEXT;

UPDATE messages SET (parent_id, depth) = (chain.parent_id, chain.depth)
FROM (
    SELECT id,
           lag(id) OVER branch AS parent_id,
           row_number() OVER branch AS depth
    FROM messages
    WINDOW branch AS (PARTITION BY conversation_key ORDER BY id)
) AS chain
WHERE chain.id = messages.id;

CREATE INDEX messages_by_parent ON messages (conversation_key, parent_id, id);

-- The last message of the active branch; `message_count` is from now on the length of that branch.
ALTER TABLE conversations ADD COLUMN leaf_id INTEGER;

UPDATE conversations SET leaf_id = (SELECT max(id) FROM messages WHERE conversation_key = conversations.key);

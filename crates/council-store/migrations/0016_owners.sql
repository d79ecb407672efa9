-- Conversations, receipts and lines of the ledger have an owner: 'local' is that of the machine.

-- The id of another user's conversation is kept with the user's name and U+001F before it, so that ids stay unique.
ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT 'local';
ALTER TABLE ledger ADD COLUMN owner TEXT NOT NULL DEFAULT 'local';
ALTER TABLE receipts ADD COLUMN owner TEXT NOT NULL DEFAULT 'local';

CREATE INDEX conversations_by_owner ON conversations (owner, updated_at_ns DESC, key DESC) WHERE owner <> 'local';
CREATE INDEX ledger_by_owner ON ledger (owner, started_at_ns, key) WHERE owner <> 'local';
CREATE INDEX receipts_by_owner ON receipts (owner, started_at_ns DESC, key DESC) WHERE owner <> 'local';

DROP INDEX conversations_by_source;
CREATE UNIQUE INDEX conversations_by_source ON conversations (source, owner) WHERE source IS NOT NULL;

-- Why the gate refused something, in a word; empty of what it let out, and of lines of before this was kept.

ALTER TABLE egress ADD COLUMN reason TEXT NOT NULL DEFAULT '';

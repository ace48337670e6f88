-- Comparing everything anew: pairs that an earlier scan found are kept, and shown, until the new
-- one has either found them again or come to its end without them.
ALTER TABLE pairs ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0 CHECK (doubted IN (0, 1));

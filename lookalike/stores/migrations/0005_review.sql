-- Reviewing duplicates: groups as they are shown, and a journal of what was decided.

CREATE INDEX pairs_by_other ON pairs (other);

-- Groups are a cache of pairs, decisions and assets, so that a page of them costs no more in a
-- large library than in a small one. What may be grouped anew waits in stale_contents, put there
-- by the triggers below in the very transaction that changes it.
CREATE TABLE duplicate_groups (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    gain_bytes INTEGER NOT NULL,                      -- of all but the original
    reason     TEXT NOT NULL,
    note       TEXT NOT NULL
) STRICT;

CREATE INDEX duplicate_groups_by_gain ON duplicate_groups (gain_bytes, id);

CREATE TABLE duplicate_members (
    group_id   INTEGER NOT NULL REFERENCES duplicate_groups (id) ON DELETE CASCADE,
    place      INTEGER NOT NULL,                      -- 0 is the original
    asset_key  INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    relation   TEXT,                                  -- null for the original
    confidence REAL NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (group_id, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX duplicate_members_by_content ON duplicate_members (sha256);

CREATE TABLE stale_contents (
    sha256 TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO stale_contents
    SELECT one FROM pairs UNION SELECT other FROM pairs UNION
    SELECT sha256 FROM assets WHERE searchable = 1 AND sha256 IS NOT NULL
    GROUP BY sha256 HAVING count(*) > 1;

-- Pairs of other pictures (`same_scene`, `similar`) make no groups.
CREATE TRIGGER pairs_insert_stale AFTER INSERT ON pairs
WHEN NEW.relation NOT IN ('same_scene', 'similar')
    OR EXISTS (SELECT 1 FROM duplicate_members WHERE sha256 IN (NEW.one, NEW.other))
BEGIN
    INSERT OR IGNORE INTO stale_contents VALUES (NEW.one), (NEW.other);
END;

CREATE TRIGGER pairs_update_stale AFTER UPDATE OF relation, confidence, copy ON pairs
BEGIN
    INSERT OR IGNORE INTO stale_contents VALUES (NEW.one), (NEW.other);
END;

CREATE TRIGGER pairs_delete_stale AFTER DELETE ON pairs
WHEN OLD.relation NOT IN ('same_scene', 'similar')
BEGIN
    INSERT OR IGNORE INTO stale_contents VALUES (OLD.one), (OLD.other);
END;

CREATE TRIGGER not_duplicates_insert_stale AFTER INSERT ON not_duplicates
BEGIN
    INSERT OR IGNORE INTO stale_contents VALUES (NEW.one), (NEW.other);
END;

CREATE TRIGGER not_duplicates_delete_stale AFTER DELETE ON not_duplicates
BEGIN
    INSERT OR IGNORE INTO stale_contents VALUES (OLD.one), (OLD.other);
END;

CREATE TRIGGER assets_update_stale AFTER UPDATE OF state, has_vector, sha256 ON assets
WHEN OLD.searchable <> NEW.searchable OR OLD.sha256 IS NOT NEW.sha256
BEGIN
    INSERT OR IGNORE INTO stale_contents SELECT OLD.sha256 WHERE OLD.sha256 IS NOT NULL
        AND EXISTS (SELECT 1 FROM duplicate_members WHERE sha256 = OLD.sha256);
    INSERT OR IGNORE INTO stale_contents SELECT NEW.sha256 WHERE NEW.sha256 IS NOT NULL
        AND NEW.searchable = 1 AND (
            EXISTS (SELECT 1 FROM pairs WHERE one = NEW.sha256)
            OR EXISTS (SELECT 1 FROM pairs WHERE other = NEW.sha256)
            OR EXISTS (SELECT 1 FROM assets WHERE sha256 = NEW.sha256 AND key <> NEW.key));
END;

CREATE TRIGGER assets_delete_stale AFTER DELETE ON assets
WHEN OLD.searchable = 1 AND OLD.sha256 IS NOT NULL
BEGIN
    INSERT OR IGNORE INTO stale_contents SELECT OLD.sha256
        WHERE EXISTS (SELECT 1 FROM duplicate_members WHERE sha256 = OLD.sha256);
END;

-- What a rule would change, all of it named before any of it is done.
CREATE TABLE plans (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us         INTEGER NOT NULL,
    who           TEXT NOT NULL,
    rule          TEXT NOT NULL,
    trashed       INTEGER NOT NULL,
    size_bytes    INTEGER NOT NULL,
    freed_bytes   INTEGER NOT NULL,
    linked_bytes  INTEGER NOT NULL,
    passed_by     INTEGER NOT NULL,
    applied_at_us INTEGER
) STRICT;

CREATE TABLE plan_changes (
    plan_id INTEGER NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    place   INTEGER NOT NULL,
    change  TEXT NOT NULL,
    outcome TEXT CHECK (outcome IN ('done', 'passed_by')), -- null: waits
    PRIMARY KEY (plan_id, place)
) STRICT, WITHOUT ROWID;

-- Every decision, with all that it did, so that it can be undone: written in one transaction.
CREATE TABLE journal (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us        INTEGER NOT NULL,
    who          TEXT NOT NULL,
    verdict      TEXT NOT NULL CHECK (verdict IN ('trash', 'keep_all', 'not_duplicates')),
    detail       TEXT NOT NULL,
    kept_id      TEXT,
    plan_id      INTEGER,
    undone_at_us INTEGER
) STRICT;

CREATE INDEX journal_by_plan ON journal (plan_id) WHERE plan_id IS NOT NULL;

-- By id: it outlives the asset, so that a link to a copy leads to what was kept.
CREATE TABLE journal_trashed (
    entry_id  INTEGER NOT NULL REFERENCES journal (id),
    asset_id  TEXT NOT NULL,
    asset_key INTEGER NOT NULL,
    is_back   INTEGER NOT NULL DEFAULT 0,             -- taken out of the trash, in whatever way
    PRIMARY KEY (entry_id, asset_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX journal_trashed_by_asset ON journal_trashed (asset_id);

CREATE TRIGGER assets_restore_journal AFTER UPDATE OF state ON assets
WHEN OLD.state = 'trashed' AND NEW.state <> 'trashed'
BEGIN
    UPDATE journal_trashed SET is_back = 1 WHERE asset_id = NEW.id;
END;

-- Pairs that are to be shown no more, because of the entry.
CREATE TABLE journal_pairs (
    entry_id INTEGER NOT NULL REFERENCES journal (id),
    one      TEXT NOT NULL,
    other    TEXT NOT NULL,
    PRIMARY KEY (entry_id, one, other)
) STRICT, WITHOUT ROWID;

CREATE INDEX journal_pairs_by_content ON journal_pairs (one, other);

-- What the kept picture took over.
CREATE TABLE journal_merges (
    entry_id           INTEGER PRIMARY KEY REFERENCES journal (id),
    asset_key          INTEGER NOT NULL,
    tags               TEXT NOT NULL,
    metadata           TEXT NOT NULL,
    description_before TEXT,
    description_after  TEXT
) STRICT;

-- What the entry says about pairs that Lookalike had called copies, as sure as it was then.
CREATE TABLE judgements (
    entry_id   INTEGER NOT NULL REFERENCES journal (id),
    one        TEXT NOT NULL,
    other      TEXT NOT NULL,
    confidence REAL NOT NULL,
    is_copy    INTEGER NOT NULL,
    PRIMARY KEY (entry_id, one, other)
) STRICT, WITHOUT ROWID;

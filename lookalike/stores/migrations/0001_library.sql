-- The library: assets, vectors, and the counters that answer questions about all of them at once.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Tells this library from any other, so that an index cache can say which one it belongs to.
INSERT INTO settings VALUES ('library_id', lower(hex(randomblob(16))));

CREATE TABLE roots (
    id   INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE
) STRICT;

-- Few rows beside many assets, so that folder filters are resolved here first.
CREATE TABLE folders (
    id   INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE models (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- An asset is searchable when it has a vector and is `indexed`, or `pending` because its file
-- changed: then the old vector serves until the new one is saved.
CREATE TABLE assets (
    key           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    name_folded   TEXT NOT NULL,                      -- for searches that ignore case
    folder_id     INTEGER NOT NULL REFERENCES folders (id),
    path          TEXT UNIQUE,
    root_id       INTEGER REFERENCES roots (id),
    source        TEXT NOT NULL CHECK (source IN ('linked', 'upload')),
    state         TEXT NOT NULL
                  CHECK (state IN ('pending', 'indexed', 'skipped', 'missing', 'trashed')),
    state_before  TEXT CHECK (state_before IN ('pending', 'indexed', 'skipped')),
    skip_reason   TEXT,                               -- kept while a skipped asset is away
    skip_detail   TEXT,
    mime          TEXT,
    size_bytes    INTEGER NOT NULL,
    mtime_ns      INTEGER,
    width_px      INTEGER,
    height_px     INTEGER,
    sha256        TEXT,
    phash64       BLOB,
    phash256      BLOB,
    created_at_us INTEGER NOT NULL,                   -- microseconds since 1970, UTC
    updated_at_us INTEGER NOT NULL,
    taken_at_us   INTEGER,
    metadata      TEXT NOT NULL DEFAULT '{}',
    description   TEXT NOT NULL DEFAULT '',
    has_vector    INTEGER NOT NULL DEFAULT 0,         -- of any model; kept by triggers
    searchable    INTEGER NOT NULL
                  GENERATED ALWAYS AS (has_vector AND state IN ('indexed', 'pending')) STORED,
    shown_at_us   INTEGER NOT NULL                    -- what `after` and `before` compare
                  GENERATED ALWAYS AS (coalesce(taken_at_us, mtime_ns / 1000, created_at_us)) STORED,
    CHECK ((state IN ('missing', 'trashed')) = (state_before IS NOT NULL))
) STRICT;

CREATE INDEX assets_by_sha256 ON assets (sha256) WHERE sha256 IS NOT NULL;
CREATE INDEX assets_by_root ON assets (root_id) WHERE root_id IS NOT NULL;
CREATE INDEX assets_by_folder_id ON assets (folder_id);
CREATE INDEX assets_pending ON assets (state) WHERE state = 'pending';
CREATE INDEX assets_skipped ON assets (skip_reason) WHERE state = 'skipped';

-- Filters are answered from these alone, without reading the wide rows. `searchable` leads each,
-- because SQLite looks at the row for a condition that it knows from `WHERE` only.
CREATE INDEX assets_searchable ON assets (searchable) WHERE searchable = 1;
CREATE INDEX searchable_by_folder ON assets
    (searchable, folder_id, shown_at_us, mime, width_px, height_px, size_bytes)
    WHERE searchable = 1;
CREATE INDEX searchable_by_time ON assets
    (searchable, shown_at_us, mime, width_px, height_px, size_bytes) WHERE searchable = 1;
CREATE INDEX searchable_by_mime ON assets
    (searchable, mime, width_px, height_px, size_bytes) WHERE searchable = 1;
CREATE INDEX searchable_by_size ON assets
    (searchable, width_px, height_px, mime, size_bytes) WHERE searchable = 1;
CREATE INDEX searchable_by_bytes ON assets (searchable, size_bytes) WHERE searchable = 1;
CREATE INDEX searchable_by_name ON assets (searchable, name_folded) WHERE searchable = 1;

CREATE TABLE tags (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE asset_tags (
    tag_id    INTEGER NOT NULL REFERENCES tags (id),
    asset_key INTEGER NOT NULL REFERENCES assets (key) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, asset_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX asset_tags_by_asset ON asset_tags (asset_key);

CREATE TABLE embeddings (
    asset_key INTEGER NOT NULL REFERENCES assets (key) ON DELETE CASCADE,
    model_id  INTEGER NOT NULL REFERENCES models (id),
    vector    BLOB NOT NULL,                          -- float16, little-endian
    PRIMARY KEY (asset_key, model_id)
) STRICT;

-- The latest change of each asset that is or was searchable; the row's number is the library's
-- generation at that change. AUTOINCREMENT keeps a number from ever coming back.
CREATE TABLE vector_changes (
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_key  INTEGER NOT NULL UNIQUE,               -- outlives its asset
    searchable INTEGER NOT NULL
) STRICT;

-- How many assets are in each state, for each skip reason ('' where there is none).
CREATE TABLE coverage (
    state  TEXT NOT NULL,
    reason TEXT NOT NULL,
    assets INTEGER NOT NULL,
    PRIMARY KEY (state, reason)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER assets_insert_counts AFTER INSERT ON assets
BEGIN
    INSERT INTO coverage VALUES (NEW.state, coalesce(NEW.skip_reason, ''), 1)
    ON CONFLICT DO UPDATE SET assets = assets + 1;
END;

CREATE TRIGGER assets_delete_counts AFTER DELETE ON assets
BEGIN
    UPDATE coverage SET assets = assets - 1
    WHERE state = OLD.state AND reason = coalesce(OLD.skip_reason, '');
END;

CREATE TRIGGER assets_update_counts AFTER UPDATE OF state, skip_reason ON assets
WHEN OLD.state <> NEW.state OR OLD.skip_reason IS NOT NEW.skip_reason
BEGIN
    UPDATE coverage SET assets = assets - 1
    WHERE state = OLD.state AND reason = coalesce(OLD.skip_reason, '');
    INSERT INTO coverage VALUES (NEW.state, coalesce(NEW.skip_reason, ''), 1)
    ON CONFLICT DO UPDATE SET assets = assets + 1;
END;

CREATE TRIGGER assets_update_changes AFTER UPDATE OF state, has_vector ON assets
WHEN OLD.searchable <> NEW.searchable
BEGIN
    DELETE FROM vector_changes WHERE asset_key = NEW.key;
    INSERT INTO vector_changes (asset_key, searchable) VALUES (NEW.key, NEW.searchable);
END;

CREATE TRIGGER assets_delete_changes AFTER DELETE ON assets
WHEN OLD.searchable = 1
BEGIN
    DELETE FROM vector_changes WHERE asset_key = OLD.key;
    INSERT INTO vector_changes (asset_key, searchable) VALUES (OLD.key, 0);
END;

-- The first vector of an asset is noted by the change of `has_vector`, others here.
CREATE TRIGGER embeddings_insert_changes AFTER INSERT ON embeddings
BEGIN
    DELETE FROM vector_changes WHERE asset_key = NEW.asset_key
        AND (SELECT searchable FROM assets WHERE key = NEW.asset_key);
    INSERT INTO vector_changes (asset_key, searchable)
        SELECT key, 1 FROM assets WHERE key = NEW.asset_key AND searchable = 1;
    UPDATE assets SET has_vector = 1 WHERE key = NEW.asset_key AND has_vector = 0;
END;

CREATE TRIGGER embeddings_update_changes AFTER UPDATE OF vector ON embeddings
BEGIN
    DELETE FROM vector_changes WHERE asset_key = NEW.asset_key
        AND (SELECT searchable FROM assets WHERE key = NEW.asset_key);
    INSERT INTO vector_changes (asset_key, searchable)
        SELECT key, 1 FROM assets WHERE key = NEW.asset_key AND searchable = 1;
END;

CREATE TRIGGER embeddings_delete_changes AFTER DELETE ON embeddings
BEGIN
    UPDATE assets SET has_vector = 0 WHERE key = OLD.asset_key AND NOT EXISTS
        (SELECT 1 FROM embeddings WHERE asset_key = OLD.asset_key);
    DELETE FROM vector_changes WHERE asset_key = OLD.asset_key
        AND (SELECT searchable FROM assets WHERE key = OLD.asset_key);
    INSERT INTO vector_changes (asset_key, searchable)
        SELECT key, 1 FROM assets WHERE key = OLD.asset_key AND searchable = 1;
END;

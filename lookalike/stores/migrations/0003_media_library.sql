-- The media library: listing, trash, uploads, jobs, people.

-- Where an asset is shown: 0 in the library, 1 among the missing, 2 in the trash.
ALTER TABLE assets ADD COLUMN shelf INTEGER NOT NULL
    GENERATED ALWAYS AS (CASE state WHEN 'trashed' THEN 2 WHEN 'missing' THEN 1 ELSE 0 END) VIRTUAL;

-- A page of any list is read in order from one of these; the key breaks ties, and it grows with
-- the time at which an asset was first seen.
CREATE INDEX listed_by_created ON assets (shelf);
CREATE INDEX listed_by_shown ON assets (shelf, shown_at_us);
CREATE INDEX listed_by_name ON assets (shelf, name_folded);
CREATE INDEX listed_by_size ON assets (shelf, size_bytes);
CREATE INDEX foldered_by_created ON assets (folder_id, shelf);
CREATE INDEX foldered_by_shown ON assets (folder_id, shelf, shown_at_us);
CREATE INDEX foldered_by_name ON assets (folder_id, shelf, name_folded);
CREATE INDEX foldered_by_size ON assets (folder_id, shelf, size_bytes);
DROP INDEX assets_by_folder_id;

-- Filters of lists are answered from this one without reading the wide rows.
CREATE INDEX listed_filtered ON assets
    (shelf, state, folder_id, mime, width_px, height_px, size_bytes, shown_at_us);

-- Uploads are their own queue: they are indexed before linked files that wait.
CREATE INDEX assets_pending_uploads ON assets (key) WHERE state = 'pending' AND source = 'upload';

-- When a person made the folder; null for one that is there because of its assets.
ALTER TABLE folders ADD COLUMN made_at_us INTEGER;

CREATE TABLE folder_counts (
    folder_id INTEGER NOT NULL,
    shelf     INTEGER NOT NULL,
    assets    INTEGER NOT NULL,
    PRIMARY KEY (folder_id, shelf)
) STRICT, WITHOUT ROWID;

INSERT INTO folder_counts SELECT folder_id, shelf, count(*) FROM assets GROUP BY folder_id, shelf;

CREATE TRIGGER assets_insert_folder_counts AFTER INSERT ON assets
BEGIN
    INSERT INTO folder_counts VALUES (NEW.folder_id, NEW.shelf, 1)
    ON CONFLICT DO UPDATE SET assets = assets + 1;
END;

CREATE TRIGGER assets_delete_folder_counts AFTER DELETE ON assets
BEGIN
    UPDATE folder_counts SET assets = assets - 1
    WHERE folder_id = OLD.folder_id AND shelf = OLD.shelf;
END;

CREATE TRIGGER assets_update_folder_counts AFTER UPDATE OF state, folder_id ON assets
WHEN OLD.shelf <> NEW.shelf OR OLD.folder_id <> NEW.folder_id
BEGIN
    UPDATE folder_counts SET assets = assets - 1
    WHERE folder_id = OLD.folder_id AND shelf = OLD.shelf;
    INSERT INTO folder_counts VALUES (NEW.folder_id, NEW.shelf, 1)
    ON CONFLICT DO UPDATE SET assets = assets + 1;
END;

-- Linked files that a person removed: indexing passes them by while their content is the same.
CREATE TABLE ignored_files (
    path       TEXT PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    mtime_ns   INTEGER,
    sha256     TEXT,                                  -- null: was never read
    at_us      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Bytes that no asset may need any more; whoever collects them looks again first.
CREATE TABLE loose_blobs (
    sha256 TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT NOT NULL,
    argument       TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    stage          TEXT NOT NULL DEFAULT '',
    done           INTEGER NOT NULL DEFAULT 0,
    total          INTEGER,
    message        TEXT NOT NULL DEFAULT '',
    asked_by       TEXT NOT NULL DEFAULT '',
    created_at_us  INTEGER NOT NULL,
    started_at_us  INTEGER,
    finished_at_us INTEGER
) STRICT;

CREATE INDEX jobs_open ON jobs (state) WHERE state IN ('queued', 'running');

CREATE TABLE activity (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us  INTEGER NOT NULL,
    who    TEXT NOT NULL,
    what   TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE TABLE access_requests (
    who   TEXT PRIMARY KEY,
    at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    name_folded   TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'editor', 'viewer')),
    password_hash TEXT NOT NULL,
    created_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Only hashes of what a browser, a program or a link presents are kept.
CREATE TABLE sessions (
    token_hash    TEXT PRIMARY KEY,
    user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE api_keys (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL,
    role            TEXT NOT NULL CHECK (role IN ('administrator', 'editor', 'viewer')),
    key_start       TEXT NOT NULL,                    -- enough to recognise it by
    key_hash        TEXT NOT NULL UNIQUE,
    created_by      TEXT NOT NULL,
    created_at_us   INTEGER NOT NULL,
    last_used_at_us INTEGER,
    revoked_at_us   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE setup_links (
    token_hash    TEXT PRIMARY KEY,
    expires_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Failed log-ins, so that a limit holds across processes and restarts.
CREATE TABLE failed_attempts (
    id      INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;

CREATE INDEX failed_attempts_by_subject ON failed_attempts (subject, at_us);

-- Groups of similar pictures and the map of the library, as they were last arranged, and searches
-- that people keep.

CREATE TABLE arrangement (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    stamp          INTEGER NOT NULL,                  -- grows with every change of what is below
    model          TEXT NOT NULL,
    generation     INTEGER NOT NULL,                  -- of the searchable set, up to which it goes
    counted        INTEGER NOT NULL,                  -- pictures when it was last made anew
    arranged_at_us INTEGER NOT NULL
) STRICT;

CREATE TABLE similar_groups (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    label     TEXT NOT NULL,
    middle    BLOB NOT NULL,                          -- float16, little-endian
    cover_key INTEGER NOT NULL                        -- may outlive its asset
) STRICT;

CREATE TABLE places (
    asset_key INTEGER PRIMARY KEY REFERENCES assets (key) ON DELETE CASCADE,
    group_id  INTEGER,                                -- null: in no group
    nearness  REAL NOT NULL,                          -- to the middle of its group
    x         REAL NOT NULL,
    y         REAL NOT NULL
) STRICT;

CREATE TABLE saved_searches (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL UNIQUE,
    query         TEXT NOT NULL,                      -- what stands behind the question mark
    saved_by      TEXT NOT NULL,
    created_at_us INTEGER NOT NULL
) STRICT;

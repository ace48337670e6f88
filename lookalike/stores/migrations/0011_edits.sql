-- Edits of many assets at once, each with what it did, so that it can be taken back.

CREATE TABLE edits (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us        INTEGER NOT NULL,
    undone_at_us INTEGER
) STRICT;

CREATE TABLE edited_assets (
    edit_id   INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
    asset_key INTEGER NOT NULL,                       -- may outlive its asset
    change    TEXT NOT NULL, -- JSON: tags `added` and `taken`; or `from` and `to`, folder and name
    PRIMARY KEY (edit_id, asset_key)
) STRICT, WITHOUT ROWID;

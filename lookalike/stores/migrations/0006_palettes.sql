-- The colours of each picture. A new palette gets a new number, so that whoever keeps them all in
-- memory can catch up; a number never comes back.
CREATE TABLE palettes (
    change    INTEGER PRIMARY KEY AUTOINCREMENT,
    asset_key INTEGER NOT NULL UNIQUE REFERENCES assets (key) ON DELETE CASCADE,
    colours   BLOB NOT NULL                           -- as in lookalike/palettes.py
) STRICT;

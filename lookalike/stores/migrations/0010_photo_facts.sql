-- What the files of pictures say about how they were taken and what they show; '{}' for one that
-- says nothing, no row for one that nobody has looked at.
CREATE TABLE photo_facts (
    asset_key INTEGER PRIMARY KEY REFERENCES assets (key) ON DELETE CASCADE,
    facts     TEXT NOT NULL                           -- JSON, as in lookalike/photo_facts.py
) STRICT;

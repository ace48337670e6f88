-- Duplicates: what pictures are to each other, and what people said about that. All is keyed by
-- content (sha256 of the file), so that it outlives renaming, indexing anew and other models.

CREATE TABLE pairs (
    one        TEXT NOT NULL,
    other      TEXT NOT NULL CHECK (one < other),
    relation   TEXT NOT NULL,
    confidence REAL NOT NULL,
    copy       TEXT CHECK (copy IN (one, other)),
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

-- How far each way of comparing (its version, and the model it uses) has come.
CREATE TABLE scans (
    name       TEXT PRIMARY KEY,
    generation INTEGER NOT NULL
) STRICT;

CREATE TABLE not_duplicates (
    one           TEXT NOT NULL,
    other         TEXT NOT NULL CHECK (one <= other),
    decided_at_us INTEGER NOT NULL,
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;

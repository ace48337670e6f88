-- What each picture is screened by when it is compared with others; no row for one that nobody has
-- looked at for that.
CREATE TABLE signatures (
    asset_key INTEGER PRIMARY KEY REFERENCES assets (key) ON DELETE CASCADE,
    cells     BLOB NOT NULL                           -- as in lookalike/images/signed.py
) STRICT;

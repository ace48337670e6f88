-- Changing models: vectors of several models stand side by side, and those of one are searched.

CREATE INDEX embeddings_by_model ON embeddings (model_id);

-- No row before the library has chosen one; then the vectors of any model count.
CREATE VIEW searched_model AS
SELECT m.id FROM settings s JOIN models m ON m.name = s.value WHERE s.name = 'model_id';

-- `has_vector` and the changes are about the searched model: what is computed for the next one
-- beside it changes nothing that can be found.
DROP TRIGGER embeddings_insert_changes;
DROP TRIGGER embeddings_update_changes;
DROP TRIGGER embeddings_delete_changes;

CREATE TRIGGER embeddings_insert_changes AFTER INSERT ON embeddings
WHEN NEW.model_id = coalesce((SELECT id FROM searched_model), NEW.model_id)
BEGIN
    DELETE FROM vector_changes WHERE asset_key = NEW.asset_key
        AND (SELECT searchable FROM assets WHERE key = NEW.asset_key);
    INSERT INTO vector_changes (asset_key, searchable)
        SELECT key, 1 FROM assets WHERE key = NEW.asset_key AND searchable = 1;
    UPDATE assets SET has_vector = 1 WHERE key = NEW.asset_key AND has_vector = 0;
END;

CREATE TRIGGER embeddings_update_changes AFTER UPDATE OF vector ON embeddings
WHEN NEW.model_id = coalesce((SELECT id FROM searched_model), NEW.model_id)
BEGIN
    DELETE FROM vector_changes WHERE asset_key = NEW.asset_key
        AND (SELECT searchable FROM assets WHERE key = NEW.asset_key);
    INSERT INTO vector_changes (asset_key, searchable)
        SELECT key, 1 FROM assets WHERE key = NEW.asset_key AND searchable = 1;
END;

CREATE TRIGGER embeddings_delete_changes AFTER DELETE ON embeddings
WHEN OLD.model_id = coalesce((SELECT id FROM searched_model), OLD.model_id)
BEGIN
    UPDATE assets SET has_vector = 0 WHERE key = OLD.asset_key AND NOT EXISTS
        (SELECT 1 FROM embeddings WHERE asset_key = OLD.asset_key
            AND model_id = coalesce((SELECT id FROM searched_model), model_id));
    DELETE FROM vector_changes WHERE asset_key = OLD.asset_key
        AND (SELECT searchable FROM assets WHERE key = OLD.asset_key);
    INSERT INTO vector_changes (asset_key, searchable)
        SELECT key, 1 FROM assets WHERE key = OLD.asset_key AND searchable = 1;
END;

-- What scores are measured against, for models that bring nothing of the kind.
CREATE TABLE backgrounds (
    model_id  INTEGER PRIMARY KEY REFERENCES models (id),
    dim       INTEGER NOT NULL,
    vectors   BLOB NOT NULL,                          -- float16, little-endian, rows
    made_from INTEGER NOT NULL                        -- how many pictures there were
) STRICT;

-- The last searches of people, as they stand in the address bar.
CREATE TABLE searches (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    address TEXT NOT NULL UNIQUE
) STRICT;

ALTER TABLE jobs ADD COLUMN rate_per_s REAL NOT NULL DEFAULT 0;

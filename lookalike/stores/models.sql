-- list_models: Models that have vectors, and how many.
SELECT m.name, count(*) FROM embeddings e INDEXED BY embeddings_by_model
JOIN models m ON m.id = e.model_id GROUP BY e.model_id ORDER BY m.name;

-- without_vector: Indexed assets that have no vector of a model, by key.
SELECT key FROM assets INDEXED BY assets_searchable
WHERE searchable = 1 AND state = 'indexed' AND key > :after_key AND NOT EXISTS
    (SELECT 1 FROM embeddings WHERE asset_key = key
        AND model_id = (SELECT id FROM models WHERE name = :model))
ORDER BY key LIMIT :limit;

-- count_without_vector: How many indexed assets have no vector of a model, and how many there are.
SELECT coalesce(sum(NOT EXISTS
    (SELECT 1 FROM embeddings WHERE asset_key = key
        AND model_id = (SELECT id FROM models WHERE name = :model))), 0), count(*)
FROM assets INDEXED BY assets_searchable WHERE searchable = 1 AND state = 'indexed';

-- save_own_vector: Saves the vector of the content that an asset has.
INSERT INTO embeddings (asset_key, model_id, vector)
SELECT key, (SELECT id FROM models WHERE name = :model), :vector FROM assets
WHERE key = :key AND sha256 = :sha256
ON CONFLICT DO UPDATE SET vector = excluded.vector;

-- see_vectors: Makes those assets searchable that have a vector of the model.
UPDATE assets SET has_vector = NOT has_vector WHERE has_vector <> EXISTS
    (SELECT 1 FROM embeddings WHERE asset_key = key
        AND model_id = (SELECT id FROM models WHERE name = :model));

-- await_vectors: Asks for assets to be looked at again that have no vector now.
UPDATE assets SET state = 'pending', updated_at_us = :now_us
WHERE state = 'indexed' AND NOT has_vector;

-- await_vectors_later: The same of those that are missing or in the trash.
UPDATE assets SET state_before = 'pending' WHERE state_before = 'indexed' AND NOT has_vector;

-- note_model: Makes the change of models a change of what can be found.
INSERT OR REPLACE INTO vector_changes (asset_key, searchable)
SELECT key, searchable FROM assets ORDER BY key LIMIT 1;

-- drop_vectors: Forgets some vectors of a model.
DELETE FROM embeddings WHERE rowid IN
    (SELECT rowid FROM embeddings INDEXED BY embeddings_by_model
        WHERE model_id = (SELECT id FROM models WHERE name = :model) LIMIT :limit);

-- drop_background: Forgets what scores of a model were measured against.
DELETE FROM backgrounds WHERE model_id = (SELECT id FROM models WHERE name = :model);

-- get_background: What scores of a model are measured against.
SELECT dim, vectors, made_from FROM backgrounds
WHERE model_id = (SELECT id FROM models WHERE name = :model);

-- save_background: Saves what scores of a model are measured against.
INSERT OR REPLACE INTO backgrounds (model_id, dim, vectors, made_from)
SELECT id, :dim, :vectors, :made_from FROM models WHERE name = :model;

-- add_search: Remembers a search as the latest.
INSERT OR REPLACE INTO searches (address) VALUES (CAST(:address AS TEXT));

-- forget_searches: Forgets all searches but the latest.
DELETE FROM searches WHERE id <= (SELECT max(id) FROM searches) - :kept
    OR id NOT IN (SELECT id FROM searches ORDER BY id DESC LIMIT :kept);

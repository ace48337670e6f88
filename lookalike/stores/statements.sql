-- add_folder: Makes sure that a folder has a number.
INSERT INTO folders (path) VALUES (CAST(:path AS TEXT)) ON CONFLICT DO NOTHING;

-- add_root: Makes sure that a linked folder has a number.
INSERT INTO roots (path) VALUES (CAST(:path AS TEXT)) ON CONFLICT DO NOTHING;

-- add_model: Makes sure that a model has a number.
INSERT INTO models (name) VALUES (:name) ON CONFLICT DO NOTHING;

-- add_tag: Makes sure that a tag has a number.
INSERT INTO tags (name) VALUES (CAST(:name AS TEXT)) ON CONFLICT DO NOTHING;

-- add_asset: Adds an asset; its number is the cursor's `lastrowid`.
INSERT INTO assets (
    id, name, name_folded, folder_id, path, root_id, source, state, skip_reason, skip_detail,
    size_bytes, mtime_ns, sha256, created_at_us, updated_at_us
) VALUES (
    :id, CAST(:name AS TEXT), CAST(:name_folded AS TEXT),
    (SELECT id FROM folders WHERE path = CAST(:folder AS TEXT)), CAST(:path AS TEXT),
    (SELECT id FROM roots WHERE path = CAST(:root AS TEXT)),
    :source, :state, :skip_reason, CAST(:skip_detail AS TEXT),
    :size_bytes, :mtime_ns, :sha256, :now_us, :now_us
);

-- select_assets: Every column of an asset, in the order of rows.py; a condition follows.
SELECT
    a.key, a.id, a.name, f.path, a.path, a.source, a.state, a.skip_reason, a.skip_detail, a.mime,
    a.size_bytes, a.mtime_ns, a.width_px, a.height_px, a.sha256, a.phash64, a.phash256,
    a.created_at_us, a.updated_at_us, a.taken_at_us, a.metadata, a.description,
    (SELECT json_group_array(name) FROM (
        SELECT t.name FROM asset_tags x JOIN tags t ON t.id = x.tag_id
        WHERE x.asset_key = a.key ORDER BY t.name
    ))
FROM assets a JOIN folders f ON f.id = a.folder_id
WHERE;

-- put_tag: Gives an asset a tag.
INSERT INTO asset_tags (tag_id, asset_key)
SELECT t.id, a.key FROM tags t, assets a WHERE t.name = CAST(:name AS TEXT) AND a.key = :key;

-- remove_assets: Forgets assets; their vectors and tags go with them.
DELETE FROM assets WHERE key IN (SELECT value FROM json_each(:keys));

-- set_missing: Notes that files vanished; what a person put in the trash stays there.
UPDATE assets SET state_before = state, state = 'missing', updated_at_us = :now_us
WHERE key IN (SELECT value FROM json_each(:keys)) AND state NOT IN ('missing', 'trashed');

-- set_trashed: Puts assets in the trash.
UPDATE assets SET
    state_before = CASE state WHEN 'missing' THEN state_before ELSE state END,
    state = 'trashed', updated_at_us = :now_us
WHERE key IN (SELECT value FROM json_each(:keys)) AND state <> 'trashed';

-- set_pending: Asks for assets to be looked at again.
UPDATE assets SET
    state = 'pending', state_before = NULL, skip_reason = NULL, skip_detail = NULL,
    updated_at_us = :now_us
WHERE key IN (SELECT value FROM json_each(:keys)) AND state <> 'pending';

-- set_back: Brings assets back to what they were before they were missing or trashed.
UPDATE assets SET
    state = CASE WHEN state_before = 'indexed' AND NOT has_vector
        THEN 'pending' ELSE state_before END,
    state_before = NULL, updated_at_us = :now_us
WHERE key IN (SELECT value FROM json_each(:keys)) AND state IN ('missing', 'trashed');

-- set_indexed: Ends the wait of assets whose vector turned out to be good still.
UPDATE assets SET state = 'indexed', updated_at_us = :now_us
WHERE key IN (SELECT value FROM json_each(:keys)) AND state = 'pending' AND has_vector;

-- known_files: What is remembered of each linked file found under a folder, or lying in it.
SELECT path, key, size_bytes, coalesce(mtime_ns, 0), state, sha256 FROM assets
WHERE path IS NOT NULL AND (
    (path >= CAST(:first AS TEXT) AND path < CAST(:last AS TEXT)) OR path = CAST(:root AS TEXT)
    OR root_id = (SELECT id FROM roots WHERE path = CAST(:root AS TEXT))
);

-- touch_file: Notes the new time of a file whose content is the same.
UPDATE assets SET size_bytes = :size_bytes, mtime_ns = :mtime_ns, updated_at_us = :now_us
WHERE key = :key;

-- change_file: Notes that a file's content may differ; what is in the trash waits there.
UPDATE assets SET
    size_bytes = :size_bytes, mtime_ns = :mtime_ns, updated_at_us = :now_us,
    state = CASE state WHEN 'trashed' THEN 'trashed' ELSE 'pending' END,
    state_before = CASE state WHEN 'trashed' THEN 'pending' END,
    skip_reason = NULL, skip_detail = NULL
WHERE key = :key;

-- move_file: Notes where a linked file is now; a vanished one is back.
UPDATE assets SET
    path = CAST(:path AS TEXT), name = CAST(:name AS TEXT),
    name_folded = CAST(:name_folded AS TEXT),
    folder_id = (SELECT id FROM folders WHERE path = CAST(:folder AS TEXT)),
    mtime_ns = :mtime_ns, updated_at_us = :now_us,
    state = CASE state WHEN 'missing' THEN state_before ELSE state END,
    state_before = CASE state WHEN 'trashed' THEN state_before END
WHERE key = :key;

-- drop_stale_vectors: Forgets other models' vectors of what the file held before.
DELETE FROM embeddings WHERE asset_key = :key
    AND model_id <> (SELECT id FROM models WHERE name = :model)
    AND (SELECT sha256 FROM assets WHERE key = :key) IS NOT :sha256;

-- save_indexed: Saves what was learned; who is missing or trashed meanwhile stays so.
UPDATE assets SET
    size_bytes = :size_bytes, mtime_ns = :mtime_ns, mime = :mime, width_px = :width_px,
    height_px = :height_px, sha256 = :sha256, phash64 = :phash64, phash256 = :phash256,
    taken_at_us = :taken_at_us, skip_reason = NULL, skip_detail = NULL, updated_at_us = :now_us,
    state = CASE WHEN state_before IS NULL THEN 'indexed' ELSE state END,
    state_before = CASE WHEN state_before IS NULL THEN NULL ELSE 'indexed' END
WHERE key = :key;

-- put_vector: Saves the vector of an asset for a model.
INSERT INTO embeddings (asset_key, model_id, vector)
VALUES (:key, (SELECT id FROM models WHERE name = :model), :vector)
ON CONFLICT DO UPDATE SET vector = excluded.vector;

-- save_skipped: Notes why an asset will not be searchable.
UPDATE assets SET
    skip_reason = :reason, skip_detail = CAST(:detail AS TEXT), mime = coalesce(:mime, mime),
    sha256 = coalesce(:sha256, sha256), updated_at_us = :now_us,
    state = CASE WHEN state_before IS NULL THEN 'skipped' ELSE state END,
    state_before = CASE WHEN state_before IS NULL THEN NULL ELSE 'skipped' END
WHERE key = :key;

-- remove_vectors: Forgets all vectors of an asset.
DELETE FROM embeddings WHERE asset_key = :key;

-- vectors: The vectors of some assets, in the order in which they are asked for.
SELECT e.asset_key, e.vector FROM json_each(:keys) k CROSS JOIN embeddings e
ON e.asset_key = k.value AND e.model_id = (SELECT id FROM models WHERE name = :model);

-- generation: Number of the last change of the searchable set.
SELECT coalesce(max(generation), 0) FROM vector_changes;

-- changes: Changes after a generation, with the vector of each asset that has one.
SELECT c.generation, c.asset_key, e.vector FROM vector_changes c
LEFT JOIN embeddings e ON c.searchable AND e.asset_key = c.asset_key
    AND e.model_id = (SELECT id FROM models WHERE name = :model)
WHERE c.generation > :after ORDER BY c.generation LIMIT :limit;

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

-- imprints: What tells copies of assets, in the order in which they are asked for.
SELECT a.key, a.sha256, a.phash64, a.phash256 FROM json_each(:keys) k CROSS JOIN assets a
ON a.key = k.value;

-- put_tag: Gives an asset a tag.
INSERT OR IGNORE INTO asset_tags (tag_id, asset_key)
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
    root_id = (SELECT id FROM roots WHERE path = CAST(:root AS TEXT)),
    mtime_ns = :mtime_ns, updated_at_us = :now_us,
    state = CASE state WHEN 'missing' THEN state_before ELSE state END,
    state_before = CASE state WHEN 'trashed' THEN state_before END
WHERE key = :key;

-- drop_stale_vectors: Forgets other models' vectors of what the file held before.
DELETE FROM embeddings WHERE asset_key = :key
    AND model_id <> (SELECT id FROM models WHERE name = :model)
    AND (SELECT sha256 FROM assets WHERE key = :key) IS NOT :sha256;

-- save_indexed: Saves what was learned; who is missing or trashed meanwhile stays so, and an
-- upload that was replaced meanwhile waits on.
UPDATE assets SET
    size_bytes = :size_bytes, mtime_ns = :mtime_ns, mime = :mime, width_px = :width_px,
    height_px = :height_px, sha256 = :sha256, phash64 = :phash64, phash256 = :phash256,
    taken_at_us = :taken_at_us, skip_reason = NULL, skip_detail = NULL, updated_at_us = :now_us,
    state = CASE WHEN state_before IS NULL THEN 'indexed' ELSE state END,
    state_before = CASE WHEN state_before IS NULL THEN NULL ELSE 'indexed' END
WHERE key = :key AND (source <> 'upload' OR sha256 IS NULL OR sha256 IS :sha256);

-- put_vector: Saves the vector of an asset for a model.
INSERT INTO embeddings (asset_key, model_id, vector)
VALUES (:key, (SELECT id FROM models WHERE name = :model), :vector)
ON CONFLICT DO UPDATE SET vector = excluded.vector;

-- save_skipped: Notes why an asset will not be searchable; of a linked file that was not read its
-- former content is not known to be there any more.
UPDATE assets SET
    skip_reason = :reason, skip_detail = CAST(:detail AS TEXT), mime = coalesce(:mime, mime),
    sha256 = CASE source WHEN 'upload' THEN coalesce(:sha256, sha256) ELSE :sha256 END,
    updated_at_us = :now_us,
    state = CASE WHEN state_before IS NULL THEN 'skipped' ELSE state END,
    state_before = CASE WHEN state_before IS NULL THEN NULL ELSE 'skipped' END
WHERE key = :key AND (source <> 'upload' OR coalesce(sha256, :sha256) IS coalesce(:sha256, sha256));

-- remove_vectors: Forgets all vectors of an asset.
DELETE FROM embeddings WHERE asset_key = :key;

-- vectors: The keys and vectors of some assets, in the order in which they are asked for, in one row.
SELECT group_concat(e.asset_key), CAST(group_concat(e.vector, '') AS BLOB)
FROM json_each(:keys) k CROSS JOIN embeddings e
ON e.asset_key = k.value AND e.model_id = (SELECT id FROM models WHERE name = :model);

-- generation: Number of the last change of the searchable set.
SELECT coalesce(max(generation), 0) FROM vector_changes;

-- changes: Changes after a generation, with the vector of each asset that has one.
SELECT c.generation, c.asset_key, e.vector FROM vector_changes c
LEFT JOIN embeddings e ON c.searchable AND e.asset_key = c.asset_key
    AND e.model_id = (SELECT id FROM models WHERE name = :model)
WHERE c.generation > :after ORDER BY c.generation LIMIT :limit;

-- find_folder: The number of a folder.
SELECT id FROM folders WHERE path = CAST(:path AS TEXT);

-- list_folders: Folders with assets that are shown, and those that a person made.
SELECT f.path, coalesce(c.assets, 0) FROM folders f
LEFT JOIN folder_counts c ON c.folder_id = f.id AND c.shelf = 0
WHERE coalesce(c.assets, 0) > 0 OR f.made_at_us IS NOT NULL ORDER BY f.path;

-- mark_folder_list: A text that differs whenever `list_folders` does.
SELECT CAST(group_concat(f.path || char(31) || coalesce(c.assets, 0), char(30)) AS BLOB)
FROM folders f LEFT JOIN folder_counts c ON c.folder_id = f.id AND c.shelf = 0
WHERE coalesce(c.assets, 0) > 0 OR f.made_at_us IS NOT NULL;

-- list_tags: Tags in use and how many assets have each.
SELECT t.name, count(*) FROM asset_tags x JOIN tags t ON t.id = x.tag_id GROUP BY t.id
ORDER BY t.name;

-- find_names_beginning: Assets whose name begins with a text, in order of the name.
SELECT key FROM assets INDEXED BY listed_by_name
WHERE shelf = 0 AND name_folded >= CAST(:text AS TEXT) AND name_folded < CAST(:end AS TEXT)
ORDER BY name_folded LIMIT :limit;

-- find_names_holding: Assets with a text further inside their name, in order of the name.
SELECT key FROM assets INDEXED BY listed_by_name
WHERE shelf = 0 AND instr(name_folded, CAST(:text AS TEXT)) > 1
ORDER BY name_folded LIMIT :limit;

-- take_tag: Takes a tag from an asset.
DELETE FROM asset_tags WHERE asset_key = :key
    AND tag_id = (SELECT id FROM tags WHERE name = CAST(:name AS TEXT));

-- pending_uploads: Uploads that wait to be indexed, by key.
SELECT key FROM assets INDEXED BY assets_pending_uploads
WHERE state = 'pending' AND source = 'upload' AND key > :after_key ORDER BY key LIMIT :limit;

-- find_namesake: The asset of a name that is shown in a folder.
SELECT key FROM assets INDEXED BY foldered_by_name
WHERE folder_id = (SELECT id FROM folders WHERE path = CAST(:folder AS TEXT)) AND shelf = 0
    AND name_folded = CAST(:name_folded AS TEXT) AND name = CAST(:name AS TEXT)
ORDER BY source = 'linked' DESC, key LIMIT 1;

-- edit_asset: Changes what a person says about an asset; null leaves a value as it is.
UPDATE assets SET
    name = coalesce(CAST(:name AS TEXT), name),
    name_folded = coalesce(CAST(:name_folded AS TEXT), name_folded),
    folder_id = coalesce((SELECT id FROM folders WHERE path = CAST(:folder AS TEXT)), folder_id),
    description = coalesce(CAST(:description AS TEXT), description),
    metadata = coalesce(CAST(:metadata AS TEXT), metadata),
    updated_at_us = :now_us
WHERE key = :key;

-- replace_upload: Gives an uploaded asset other bytes; it waits to be looked at.
UPDATE assets SET
    sha256 = :sha256, size_bytes = :size_bytes, updated_at_us = :now_us,
    state = CASE WHEN state_before IS NULL THEN 'pending' ELSE state END,
    state_before = CASE WHEN state_before IS NULL THEN NULL ELSE 'pending' END,
    skip_reason = NULL, skip_detail = NULL
WHERE key = :key AND source = 'upload';

-- drop_other_vectors: Forgets the vectors of an asset that are not searched at the moment.
DELETE FROM embeddings WHERE asset_key = :key AND model_id NOT IN (SELECT id FROM searched_model)
    AND EXISTS (SELECT 1 FROM searched_model);

-- loosen_blobs: Notes which bytes may be needed no more when assets are forgotten.
INSERT OR IGNORE INTO loose_blobs SELECT sha256 FROM assets
WHERE key IN (SELECT value FROM json_each(:keys)) AND source = 'upload' AND sha256 IS NOT NULL;

-- loosen_blob: Notes that bytes are on their way in, which no asset may come to need.
INSERT OR IGNORE INTO loose_blobs (sha256) VALUES (:sha256);

-- fasten_blob: Notes that an asset needs these bytes.
DELETE FROM loose_blobs WHERE sha256 = :sha256;

-- unneeded_blobs: Bytes that no asset needs any more.
SELECT sha256 FROM loose_blobs WHERE NOT EXISTS
    (SELECT 1 FROM assets a WHERE a.sha256 = loose_blobs.sha256 AND a.source = 'upload');

-- ignore_files: Keeps linked files that are removed from being indexed again.
INSERT OR REPLACE INTO ignored_files (path, size_bytes, mtime_ns, sha256, at_us)
SELECT path, size_bytes, mtime_ns, sha256, :now_us FROM assets
WHERE key IN (SELECT value FROM json_each(:keys)) AND path IS NOT NULL;

-- ignored_files: What is remembered of removed files that lie below a folder.
SELECT path, size_bytes, mtime_ns, sha256, at_us FROM ignored_files
WHERE path >= CAST(:first AS TEXT) AND path < CAST(:last AS TEXT) ORDER BY path;

-- welcome_files: Lets a removed file be indexed again.
DELETE FROM ignored_files WHERE path = CAST(:path AS TEXT);

-- make_folder: Keeps a folder, with or without assets in it.
INSERT INTO folders (path, made_at_us) VALUES (CAST(:path AS TEXT), :now_us)
ON CONFLICT DO UPDATE SET made_at_us = coalesce(made_at_us, excluded.made_at_us);

-- forget_folder: Stops keeping an empty folder.
UPDATE folders SET made_at_us = NULL WHERE path = CAST(:path AS TEXT);

-- root_keys: Assets that were found under a linked folder.
SELECT key FROM assets WHERE root_id = (SELECT id FROM roots WHERE path = CAST(:path AS TEXT))
LIMIT :limit;

-- remove_root: Forgets a linked folder that has no assets.
DELETE FROM roots WHERE path = CAST(:path AS TEXT);

-- contents: What the searchable assets hold, for finding duplicates.
SELECT key, sha256, phash64, phash256, width_px, height_px FROM assets
WHERE searchable = 1 AND sha256 IS NOT NULL AND phash64 IS NOT NULL AND phash256 IS NOT NULL
ORDER BY key;

-- save_pair: Saves what two contents are to each other.
INSERT OR REPLACE INTO pairs (one, other, relation, confidence, copy)
VALUES (:one, :other, :relation, :confidence, :copy);

-- save_scan: Notes how far a scan has come.
INSERT OR REPLACE INTO scans (name, generation) VALUES (:scan, :generation);

-- compared_generation: How far a scan has come.
SELECT coalesce(max(generation), 0) FROM scans WHERE name = :scan;

-- list_scans: Names of scans that have saved something.
SELECT name FROM scans ORDER BY name;

-- doubt_pairs: They have to be found again; NULL stands for every relation.
UPDATE pairs SET doubted = 1
WHERE :relations IS NULL OR relation IN (SELECT value FROM json_each(:relations));

-- drop_doubted: Pairs that the scan which has just ended did not find again.
DELETE FROM pairs WHERE doubted = 1;

-- list_pairs: Pairs of contents that are here and that nobody decided against. The plus keeps
-- SQLite from reading all searchable assets for each pair.
SELECT p.one, p.other, p.relation, p.confidence, p.copy FROM pairs p
WHERE EXISTS (SELECT 1 FROM assets WHERE sha256 = p.one AND +searchable = 1)
    AND EXISTS (SELECT 1 FROM assets WHERE sha256 = p.other AND +searchable = 1)
    AND NOT EXISTS (SELECT 1 FROM not_duplicates d WHERE d.one = p.one AND d.other = p.other)
    AND p.doubted <= :doubted
ORDER BY p.one, p.other;

-- relations_among: What is known of every two of some contents.
SELECT p.one, p.other, p.relation FROM json_each(:contents) n JOIN pairs p ON p.one = n.value
WHERE p.other IN (SELECT value FROM json_each(:contents))
UNION ALL
SELECT d.one, d.other, NULL FROM json_each(:contents) n JOIN not_duplicates d ON d.one = n.value
WHERE d.one <> d.other AND d.other IN (SELECT value FROM json_each(:contents));

-- add_decision: Notes that two contents are not duplicates.
INSERT INTO not_duplicates (one, other, decided_at_us) VALUES (:one, :other, :now_us)
ON CONFLICT DO NOTHING;

-- remove_decision: Takes that back.
DELETE FROM not_duplicates WHERE one = :one AND other = :other;

-- list_decisions: What was decided, oldest first.
SELECT one, other, decided_at_us FROM not_duplicates ORDER BY decided_at_us, one, other;

-- trashed_keys: Those of some assets that are in the trash.
SELECT key FROM assets WHERE key IN (SELECT value FROM json_each(:keys)) AND state = 'trashed';

-- folder_sources: How many assets of each source a folder and those inside it hold.
SELECT count(*), coalesce(sum(a.source = 'linked'), 0) FROM folders f
LEFT JOIN assets a ON a.folder_id = f.id
WHERE f.path = CAST(:path AS TEXT) OR (f.path >= CAST(:first AS TEXT) AND f.path < CAST(:last AS TEXT));

-- drop_unused_folders: Forgets folders that neither hold anything nor were made by a person.
DELETE FROM folders
WHERE (path = CAST(:path AS TEXT) OR (path >= CAST(:first AS TEXT) AND path < CAST(:last AS TEXT)))
    AND made_at_us IS NULL AND NOT EXISTS (SELECT 1 FROM assets WHERE folder_id = folders.id);

-- rename_folders: Gives a folder and those inside it another path.
UPDATE folders SET path = CAST(:to AS TEXT) || substr(path, length(CAST(:path AS TEXT)) + 1)
WHERE path = CAST(:path AS TEXT) OR (path >= CAST(:first AS TEXT) AND path < CAST(:last AS TEXT));

-- measure_shelf: How many assets are on a shelf, and their bytes.
SELECT count(*), coalesce(sum(size_bytes), 0) FROM assets INDEXED BY listed_by_size
WHERE shelf = :shelf;

-- put_palette: Saves the colours of a picture, under a new number.
INSERT OR REPLACE INTO palettes (asset_key, colours)
SELECT key, :colours FROM assets WHERE key = :key;

-- palettes: The colours of some pictures.
SELECT asset_key, colours FROM palettes WHERE asset_key IN (SELECT value FROM json_each(:keys));

-- new_palettes: Palettes that came after a number, in order.
SELECT change, asset_key, colours FROM palettes WHERE change > :after ORDER BY change;

-- without_palette: Searchable pictures whose colours nobody has looked at, by key.
SELECT key FROM assets INDEXED BY assets_searchable WHERE searchable = 1 AND key > :after_key
    AND NOT EXISTS (SELECT 1 FROM palettes p WHERE p.asset_key = assets.key)
ORDER BY key LIMIT :limit;

-- contents_here: The oldest asset that is shown with each of some contents.
SELECT min(a.key) FROM json_each(:sha256s) h CROSS JOIN assets a ON a.sha256 = h.value
WHERE a.shelf = 0 GROUP BY h.value;

-- sizes_here: Those of some sizes that an asset which is shown has.
SELECT DISTINCT s.value FROM json_each(:sizes) s WHERE EXISTS
    (SELECT 1 FROM assets a INDEXED BY listed_by_size WHERE a.shelf = 0 AND a.size_bytes = s.value);

-- put_signature: Saves what an asset is screened by.
INSERT OR REPLACE INTO signatures (asset_key, cells) VALUES (:key, :cells);

-- drop_signature: Forgets what an asset is screened by.
DELETE FROM signatures WHERE asset_key = :key;

-- put_signatures: Saves what a content is screened by, for all indexed assets that have it.
INSERT OR REPLACE INTO signatures (asset_key, cells)
SELECT key, :cells FROM assets WHERE sha256 = :sha256 AND state = 'indexed';

-- signatures: What some contents are screened by. An asset in another state may have other bytes
-- than its signature is of.
SELECT h.value, s.cells FROM json_each(:sha256s) h
CROSS JOIN assets a ON a.sha256 = h.value AND a.state = 'indexed'
JOIN signatures s ON s.asset_key = a.key GROUP BY h.value;

-- put_photo_facts: Saves what the file of a picture says, while it has these bytes.
INSERT OR REPLACE INTO photo_facts (asset_key, facts)
SELECT key, CAST(:facts AS TEXT) FROM assets WHERE key = :key AND sha256 = :sha256;

-- photo_facts: What the files of some pictures say.
SELECT asset_key, facts FROM photo_facts
WHERE asset_key IN (SELECT value FROM json_each(:keys));

-- without_photo_facts: Searchable pictures whose files nobody has looked at for that, by key.
SELECT key FROM assets INDEXED BY assets_searchable WHERE searchable = 1 AND key > :after_key
    AND NOT EXISTS (SELECT 1 FROM photo_facts p WHERE p.asset_key = assets.key)
ORDER BY key LIMIT :limit;

-- count_without_photo_facts: How many those are.
SELECT count(*) FROM assets INDEXED BY assets_searchable WHERE searchable = 1
    AND NOT EXISTS (SELECT 1 FROM photo_facts p WHERE p.asset_key = assets.key);

-- forget_positions: Forgets where pictures were taken.
UPDATE photo_facts SET facts = json_remove(facts, '$.latitude', '$.longitude', '$.altitude_m')
WHERE json_extract(facts, '$.latitude') IS NOT NULL;

-- find_phrase_in_names: Searchable assets with a text in their name.
SELECT key FROM assets INDEXED BY searchable_by_name
WHERE searchable = 1 AND instr(name_folded, CAST(:text AS TEXT)) > 0 LIMIT :limit;

-- find_phrase_in_tags: Searchable assets with one of these tags.
SELECT a.key FROM asset_tags x JOIN assets a ON a.key = x.asset_key
WHERE x.tag_id IN (SELECT value FROM json_each(:text)) AND a.searchable = 1 LIMIT :limit;

-- find_phrase_in_descriptions: Searchable assets with a text in their description.
SELECT key FROM assets INDEXED BY searchable_described
WHERE searchable = 1 AND description <> '' AND instr(fold(description), CAST(:text AS TEXT)) > 0
LIMIT :limit;

-- mark_tags: Changes whenever a tag is added or forgotten.
SELECT count(*), max(id) FROM tags;

-- mark_folders: Changes when a folder is added, forgotten or renamed.
SELECT count(*), max(id), total(length(path) * 31 + unicode(substr(path, -1)) * 7 + unicode(path))
FROM folders;

-- all_tags: Every tag that was ever given.
SELECT name FROM tags;

-- all_folders: Every folder that an asset was ever in.
SELECT path FROM folders;

-- count_tag: Searchable assets with a tag, up to a limit.
SELECT count(*) FROM (
    SELECT 1 FROM asset_tags x JOIN assets a ON a.key = x.asset_key
    WHERE x.tag_id = (SELECT id FROM tags WHERE name = CAST(:name AS TEXT)) AND a.searchable = 1
    LIMIT :limit
);

-- count_folder: Searchable assets in folders with this name in their path, up to a limit.
SELECT count(*) FROM (
    SELECT 1 FROM assets INDEXED BY searchable_by_folder
    WHERE searchable = 1 AND folder_id IN (
        SELECT id FROM folders WHERE instr('/' || path || '/', '/' || CAST(:name AS TEXT) || '/') > 0
    )
    LIMIT :limit
);

-- find_named: Names of searchable assets that are one of some texts, or that and an ending.
SELECT a.name FROM json_each(:texts) t CROSS JOIN assets a INDEXED BY searchable_by_name
WHERE a.searchable = 1 AND a.name_folded = t.value
UNION ALL
SELECT a.name FROM json_each(:texts) t CROSS JOIN assets a INDEXED BY searchable_by_name
WHERE a.searchable = 1 AND a.name_folded > t.value || '.' AND a.name_folded < t.value || '/'
    AND instr(substr(a.name_folded, length(t.value) + 2), '.') = 0
LIMIT :limit;

-- keys_of: The numbers of some assets, in the order of their ids.
SELECT a.key FROM json_each(:ids) i CROSS JOIN assets a ON a.id = i.value ORDER BY i.key;

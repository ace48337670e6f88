-- stale_contents: Contents that may belong to another group now.
SELECT sha256 FROM stale_contents LIMIT :limit;

-- count_stale: How many there are.
SELECT count(*) FROM stale_contents;

-- related_contents: These contents, those in one group with them, and all that pairs join to them.
WITH RECURSIVE near (sha256) AS (
    SELECT value FROM json_each(:names)
    UNION SELECT m.sha256 FROM json_each(:names) n
        JOIN duplicate_members s ON s.sha256 = n.value
        JOIN duplicate_members m ON m.group_id = s.group_id
    UNION SELECT p.other FROM near JOIN pairs p ON p.one = near.sha256
        WHERE p.relation NOT IN ('same_scene', 'similar')
    UNION SELECT p.one FROM near JOIN pairs p ON p.other = near.sha256
        WHERE p.relation NOT IN ('same_scene', 'similar')
)
SELECT sha256 FROM near;

-- pairs_among: Pairs of some contents that say "the same picture" and that nobody decided about.
SELECT p.one, p.other, p.relation, p.confidence, p.copy
FROM json_each(:names) n JOIN pairs p ON p.one = n.value
WHERE p.relation NOT IN ('same_scene', 'similar') AND NOT EXISTS
    (SELECT 1 FROM not_duplicates d WHERE d.one = p.one AND d.other = p.other);

-- assets_of_contents: The searchable assets that hold some contents, by key.
SELECT a.key FROM json_each(:names) n CROSS JOIN assets a ON a.sha256 = n.value
WHERE +a.searchable = 1 ORDER BY a.key;

-- kept_contents: Those of some contents of which all files are to stay.
SELECT d.one, d.other, d.decided_at_us FROM json_each(:names) n
JOIN not_duplicates d ON d.one = n.value AND d.other = n.value;

-- drop_groups: Forgets the groups that hold one of some contents.
DELETE FROM duplicate_groups WHERE id IN
    (SELECT m.group_id FROM json_each(:names) n JOIN duplicate_members m ON m.sha256 = n.value);

-- settle_contents: These are in their groups now.
DELETE FROM stale_contents WHERE sha256 IN (SELECT value FROM json_each(:names));

-- add_group: A group of duplicates; its number is the cursor's `lastrowid`.
INSERT INTO duplicate_groups (gain_bytes, reason, note) VALUES (:gain_bytes, :reason, :note);

-- add_member: A picture of a group.
INSERT INTO duplicate_members
    (group_id, place, asset_key, sha256, relation, confidence, size_bytes)
VALUES (:group_id, :place, :asset_key, :sha256, :relation, :confidence, :size_bytes);

-- list_groups: Groups with a copy that passes, those with the most to gain first.
SELECT g.id, g.gain_bytes, g.reason, g.note FROM duplicate_groups g
WHERE (g.gain_bytes, g.id) < (:gain_bytes, :id) AND EXISTS (
    SELECT 1 FROM duplicate_members m WHERE m.group_id = g.id AND m.place > 0
        AND m.confidence >= :min_confidence
        AND (:relations = '[]' OR m.relation IN (SELECT value FROM json_each(:relations))))
ORDER BY g.gain_bytes DESC, g.id DESC LIMIT :limit;

-- sum_groups: How many groups there are with a copy that passes, how many copies, and their bytes.
SELECT count(DISTINCT group_id), count(*), coalesce(sum(size_bytes), 0) FROM duplicate_members
WHERE place > 0 AND confidence >= :min_confidence
    AND (:relations = '[]' OR relation IN (SELECT value FROM json_each(:relations)));

-- groups_of_assets: The groups that some assets are in.
SELECT DISTINCT g.id, g.gain_bytes, g.reason, g.note FROM json_each(:keys) k
JOIN assets a ON a.key = k.value JOIN duplicate_members m
    ON m.sha256 = a.sha256 AND m.asset_key = a.key
JOIN duplicate_groups g ON g.id = m.group_id
ORDER BY g.gain_bytes DESC, g.id DESC;

-- members: The pictures of some groups.
SELECT m.group_id, m.asset_key, m.relation, m.confidence FROM json_each(:ids) i
JOIN duplicate_members m ON m.group_id = i.value ORDER BY m.group_id, m.place;

-- add_entry: A decision; its number is the cursor's `lastrowid`.
INSERT INTO journal (at_us, who, verdict, detail, kept_id, plan_id)
VALUES (:now_us, :who, :verdict, CAST(:detail AS TEXT), :kept_id, :plan_id);

-- add_trashed: Notes what an entry put in the trash.
INSERT INTO journal_trashed (entry_id, asset_id, asset_key)
SELECT :entry_id, id, key FROM assets WHERE key IN (SELECT value FROM json_each(:keys));

-- add_journal_pair: Notes what an entry says about two contents.
INSERT INTO journal_pairs (entry_id, one, other) VALUES (:entry_id, :one, :other);

-- add_judgement: Notes whether a pair that was called a copy is one.
INSERT OR IGNORE INTO judgements (entry_id, one, other, confidence, is_copy)
SELECT :entry_id, one, other, confidence, :is_copy FROM pairs
WHERE one = :one AND other = :other AND relation NOT IN ('same_scene', 'similar');

-- add_merge: Notes what the kept picture took over.
INSERT INTO journal_merges
    (entry_id, asset_key, tags, metadata, description_before, description_after)
VALUES (:entry_id, :asset_key, :tags, :metadata, CAST(:before AS TEXT), CAST(:after AS TEXT));

-- select_entries: Every column of an entry; conditions follow.
SELECT j.id, j.at_us, j.who, j.verdict, j.detail, j.kept_id, j.plan_id, j.undone_at_us,
    (SELECT count(*) FROM journal_trashed t WHERE t.entry_id = j.id)
FROM journal j
WHERE;

-- trashed_by: What an entry put in the trash: key, whether it is back, whether it is still known.
SELECT t.asset_key, t.is_back, a.state FROM journal_trashed t
LEFT JOIN assets a ON a.key = t.asset_key WHERE t.entry_id = :entry_id;

-- take_back_pairs: Forgets what an entry said, unless another one says the same.
DELETE FROM not_duplicates WHERE (one, other) IN
    (SELECT one, other FROM journal_pairs WHERE entry_id = :entry_id)
AND NOT EXISTS (
    SELECT 1 FROM journal_pairs x JOIN journal j ON j.id = x.entry_id
    WHERE x.one = not_duplicates.one AND x.other = not_duplicates.other
        AND x.entry_id <> :entry_id AND j.undone_at_us IS NULL);

-- merged_by: What the kept picture took over by an entry.
SELECT asset_key, tags, metadata, description_before, description_after FROM journal_merges
WHERE entry_id = :entry_id;

-- set_undone: Notes that an entry does not hold any more.
UPDATE journal SET undone_at_us = :now_us WHERE id = :entry_id;

-- set_pairs_undone: The same of entries all of whose words were taken back one by one.
UPDATE journal SET undone_at_us = :now_us
WHERE undone_at_us IS NULL AND verdict <> 'trash' AND NOT EXISTS (
    SELECT 1 FROM journal_pairs x JOIN not_duplicates d ON d.one = x.one AND d.other = x.other
    WHERE x.entry_id = journal.id);

-- successor: The asset that was kept when another one was put in the trash as its copy.
SELECT j.kept_id FROM journal_trashed t JOIN journal j ON j.id = t.entry_id
WHERE t.asset_id = CAST(:id AS TEXT) AND t.is_back = 0 AND j.undone_at_us IS NULL
ORDER BY j.id DESC LIMIT 1;

-- count_led_here: How many copies were put in the trash for an asset, and not kept otherwise since.
SELECT count(DISTINCT t.asset_id) FROM journal j JOIN journal_trashed t ON t.entry_id = j.id
WHERE j.kept_id = CAST(:id AS TEXT) AND t.is_back = 0 AND j.undone_at_us IS NULL;

-- measure_undo: Of what holds of a plan: decisions, those that cannot be undone, and pictures that
-- the others bring back.
SELECT count(*), coalesce(sum(gone > 0), 0), coalesce(sum(CASE gone WHEN 0 THEN back END), 0) FROM (
    SELECT (SELECT count(*) FROM journal_trashed t LEFT JOIN assets a ON a.key = t.asset_key
            WHERE t.entry_id = j.id AND a.key IS NULL) AS gone,
        (SELECT count(*) FROM journal_trashed t JOIN assets a ON a.key = t.asset_key
            WHERE t.entry_id = j.id AND a.state = 'trashed') AS back
    FROM journal j WHERE j.plan_id = :plan AND j.undone_at_us IS NULL);

-- judgements: What people said about pairs that were called copies; of each pair the last word.
SELECT confidence, is_copy FROM (
    SELECT x.confidence, x.is_copy,
        row_number() OVER (PARTITION BY x.one, x.other ORDER BY x.entry_id DESC) AS place
    FROM judgements x JOIN journal j ON j.id = x.entry_id WHERE j.undone_at_us IS NULL)
WHERE place = 1 ORDER BY confidence;

-- add_plan: A plan; its number is the cursor's `lastrowid`.
INSERT INTO plans
    (at_us, who, rule, trashed, size_bytes, freed_bytes, linked_bytes, passed_by)
VALUES (:now_us, :who, :rule, :trashed, :size_bytes, :freed_bytes, :linked_bytes, :passed_by);

-- add_plan_change: What it does to one group.
INSERT INTO plan_changes (plan_id, place, change) VALUES (:plan_id, :place, :change);

-- forget_plans: Drops dry runs that were not carried out.
DELETE FROM plans WHERE applied_at_us IS NULL AND at_us < :before_us;

-- get_plan: A plan with the number of its groups.
SELECT id, at_us, who, rule, trashed, size_bytes, freed_bytes, linked_bytes, passed_by,
    applied_at_us, (SELECT count(*) FROM plan_changes WHERE plan_id = plans.id)
FROM plans WHERE id = :id;

-- list_plan_changes: What a plan does, in order.
SELECT place, change, outcome FROM plan_changes WHERE plan_id = :id AND place >= :first
ORDER BY place LIMIT :limit;

-- waiting_changes: What of it is not done yet, in order.
SELECT place, change FROM plan_changes WHERE plan_id = :id AND outcome IS NULL
ORDER BY place LIMIT :limit;

-- start_plan: Notes that a plan is carried out.
UPDATE plans SET applied_at_us = :now_us WHERE id = :id AND applied_at_us IS NULL;

-- end_change: Notes how it went with one group.
UPDATE plan_changes SET outcome = :outcome WHERE plan_id = :id AND place = :place;

-- plan_outcomes: How it went with how many groups.
SELECT outcome, count(*) FROM plan_changes WHERE plan_id = :id GROUP BY outcome;

-- freed_bytes: Bytes of uploads among some assets that no other one needs.
SELECT coalesce(sum(size_bytes), 0) FROM (
    SELECT max(a.size_bytes) AS size_bytes FROM json_each(:keys) k JOIN assets a ON a.key = k.value
    WHERE a.source = 'upload' AND NOT EXISTS (
        SELECT 1 FROM assets b WHERE b.sha256 = a.sha256 AND b.source = 'upload'
            AND b.state <> 'trashed' AND b.key NOT IN (SELECT value FROM json_each(:keys)))
    GROUP BY a.sha256);

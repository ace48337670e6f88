-- Files that moved from one linked folder to another used to stay with the former one, and would have
-- been forgotten with it. They belong to the innermost folder around them.
UPDATE assets SET root_id = (
    SELECT r.id FROM roots r
    WHERE assets.path >= r.path || '/' AND assets.path < r.path || '0'
    ORDER BY length(r.path) DESC LIMIT 1
)
WHERE path IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM roots r WHERE r.id = assets.root_id
        AND assets.path >= r.path || '/' AND assets.path < r.path || '0')
    AND EXISTS (SELECT 1 FROM roots r
        WHERE assets.path >= r.path || '/' AND assets.path < r.path || '0');

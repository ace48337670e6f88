-- Words in quotes are looked for in descriptions too, which few assets have.

CREATE INDEX searchable_described ON assets (searchable) WHERE searchable = 1 AND description <> '';

"""Reads the named statements of `statements.sql`, `review.sql` and `models.sql`."""

from __future__ import annotations

import re
from importlib.resources import files

_HEADING = re.compile(r"^-- ([a-z_]+): .*$", re.MULTILINE)


def load_statements(file: str = "statements.sql") -> dict[str, str]:
    """Name -> SQL. A block starts with a line `-- name: what it does`."""
    text = (files(__package__) / file).read_text(encoding="utf-8")
    headings = list(_HEADING.finditer(text))
    names = [heading[1] for heading in headings]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice, f"{file} has two statements of the name {', '.join(twice)}"
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return {
        heading[1]: text[heading.end() : end].strip().rstrip(";")
        for heading, end in zip(headings, ends, strict=True)
    }

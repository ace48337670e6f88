"""The command line: thin commands over `Library`, one module a theme.

Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage,
130 interrupted. With --json an error is one line of JSON on stderr.
Only click is imported by these modules: `lookalike --help` must come at once.
"""

from lookalike.cli import (
    duplicates,
    explaining,
    groups,
    indexing,
    models,
    people,
    searching,
    serving,
    showing,
)
from lookalike.cli.root import cli
from lookalike.cli.run import main

__all__ = [
    "cli",
    "duplicates",
    "explaining",
    "groups",
    "indexing",
    "main",
    "models",
    "people",
    "searching",
    "serving",
    "showing",
]

"""An answer to a search before its assets are read: their order, bands and stacks.

Counting and sorting into bands needs hundreds of results, of which a page shows a few dozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lookalike.types import Band, Coverage, Relation


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One result."""

    key: int  # of its asset
    score: float
    band: Band
    relation: Relation | None = None  # to the query picture; of a variant: to its match
    variants: tuple[Entry, ...] = ()  # near-copies that are stacked under it
    is_named: bool = False  # has a phrase that was asked for in quotes


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """One page of entries, best first."""

    entries: tuple[Entry, ...]
    phrases: tuple[str, ...]  # that were asked for in quotes
    coverage: Coverage
    took_ms: float
    stages_ms: Mapping[str, float]  # as in Found
    next_cursor: str | None
    is_calibrated: bool = False  # as in Found

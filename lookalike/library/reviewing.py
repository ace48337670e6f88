"""Groups of duplicates as they wait for a decision."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path

from lookalike.decisions import Review, ReviewFilter, ReviewGroup, ReviewPlace
from lookalike.errors import BadCursor, QueryError
from lookalike.library.core import Core
from lookalike.types import Asset

_BATCH = 200  # contents sorted in one transaction
_PATIENCE_S = 0.15  # for which a page waits for the sorting
_MAX_LIMIT = 500


class Reviewing(Core):
    """The review of `Library`. Groups are kept in the store and renewed where something changed,
    so that a page costs the same however many there are."""

    def review(
        self, *, only: ReviewFilter | None = None, limit: int = 20, cursor: str | None = None
    ) -> Review:
        """One page of groups with a copy that passes, those with the most bytes to gain first.

        Nothing is compared for it: see `compare`. `waiting` says how much of what was found is
        not sorted into groups yet. Raises QueryError, BadCursor.
        """
        if not 1 <= limit <= _MAX_LIMIT:
            raise QueryError(f"The limit must be from 1 to {_MAX_LIMIT}, not {limit}.")
        only = only or ReviewFilter()
        place = None if cursor is None else _read_cursor(cursor)
        waiting = self.sort_duplicates(patience_s=_PATIENCE_S)
        found = self._store.list_groups(only, limit + 1, place)
        shown = found[:limit]
        sums = self._store.sum_groups(only)
        return Review(
            groups=tuple(shown),
            next_cursor=_write_cursor(shown[-1]) if len(found) > limit else None,
            total=sums.groups,
            copies=sums.copies,
            gain_bytes=sums.gain_bytes,
            waiting=waiting,
        )

    def review_of(self, assets: Iterable[Asset | str | Path]) -> list[ReviewGroup]:
        """The groups that these are in, each once. Raises AssetNotFound."""
        self.sort_duplicates(patience_s=_PATIENCE_S)
        return self._store.groups_of(self._keys(assets))

    def laid_over(self, one: Asset, other: Asset) -> bytes | None:
        """The thumbnail of `other`, as WebP, turned, shifted and scaled into the frame of `one`;
        None without both thumbnails."""
        from lookalike.search import overlay

        first, second = self.thumbnail(one), self.thumbnail(other)
        if first is None or second is None:
            return None
        return overlay.lay_over(first, second)

    def sort_duplicates(
        self, *, patience_s: float = float("inf"), stop: threading.Event | None = None
    ) -> int:
        """Sorts what changed into groups; returns how many contents are left when time is up."""
        from lookalike.search import copies

        deadline_s = time.monotonic() + patience_s
        while left := self._store.regroup(copies.group, _BATCH):
            if time.monotonic() > deadline_s or (stop is not None and stop.is_set()):
                break
        return left


def _write_cursor(last: ReviewGroup) -> str:
    return f"{last.gain_bytes}-{last.id}"


def _read_cursor(text: str) -> ReviewPlace:
    gain_bytes, _, id = text.partition("-")
    if not (gain_bytes.isdecimal() and id.isdecimal() and text.isascii() and len(text) < 39):
        raise BadCursor("This is not a cursor of a review; take next_cursor of the page before.")
    return ReviewPlace(min(int(gain_bytes), 2**63 - 1), min(int(id), 2**63 - 1))

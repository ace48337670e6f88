"""Going through a library: lists, folders, tags, and names as they are typed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import astuple
from typing import TYPE_CHECKING

from lookalike.errors import BadCursor, QueryError
from lookalike.library.core import Core
from lookalike.types import Filters, Folder, Names, Page, Sort, State

if TYPE_CHECKING:
    from lookalike.stores.base import FolderCount, ListPlace

# What a library shows: neither trash nor files that are gone.
SHOWN = frozenset({State.PENDING, State.INDEXED, State.SKIPPED})
MAX_LIMIT = 1000


class Browsing(Core):
    """The lists of `Library`."""

    # Every page names the folders, which seldom change: what they were made of, and they.
    _grown: tuple[tuple[list[FolderCount], list[str]], list[Folder]] = (([], []), [])

    def list_assets(
        self,
        *,
        folder: str | None = None,
        filters: Filters | None = None,
        states: Collection[State | str] = SHOWN,
        sort: Sort | str = Sort.CREATED,
        descending: bool | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page:
        """One page of assets.

        `folder`: directly in this one, '' for the top; for a folder and all below, use `filters`.
        `descending`: else newest and largest first, names from A to Z. `cursor` is `next_cursor`
        of the page before of the same list; what is added or removed between pages neither
        repeats nor hides other assets. Raises QueryError, BadFilter, BadCursor.
        """
        from lookalike.stores.base import Listing

        if not 1 <= limit <= MAX_LIMIT:
            raise QueryError(f"The limit must be from 1 to {MAX_LIMIT}, not {limit}.")
        order = _read_sort(sort)
        chosen = _read_states(states)
        filters = filters or Filters()
        if descending is None:
            descending = order is not Sort.NAME
        mark = _fingerprint(folder, filters, chosen, order, descending)
        listed = self._store.list_assets(
            Listing(
                folder=folder.strip("/") if folder is not None else None,
                filters=filters,
                states=chosen,
                sort=order,
                descending=descending,
                limit=limit,
                after=None if cursor is None else _read_cursor(cursor, mark, order),
            )
        )
        place = listed.next_place
        return Page(
            assets=tuple(listed.assets),
            next_cursor=None if place is None else _write_cursor(mark, place.value, place.key),
            total=listed.total,
        )

    def folders(self) -> list[Folder]:
        """Every folder, those around others included, each before the folders inside it."""
        counts, roots = self._store.list_folders(), self._store.list_roots()
        known_of, known = self._grown
        if (counts, roots) != known_of:
            known = _grow_folders(counts, roots)
            self._grown = (counts, roots), known
        return list(known)

    def tags(self) -> list[tuple[str, int]]:
        """Tags in use, by name, and how many assets have each, trash included."""
        return self._store.list_tags()

    def find_names(self, text: str, limit: int = 5) -> Names:
        """Assets, folders and tags whose names hold `text`, at most `limit` of each; for showing
        while a person types."""
        return self._store.find_names(text.strip(), min(limit, MAX_LIMIT))


def _grow_folders(counts: Sequence[FolderCount], roots: Sequence[str]) -> list[Folder]:
    direct = {count.path: count.assets for count in counts}
    direct.pop("", None)  # the top is not a folder of its own
    totals: dict[str, int] = {}
    for path, assets in direct.items():
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            around = "/".join(parts[:depth])
            totals[around] = totals.get(around, 0) + assets
    linked = {root.replace("\\", "/").rsplit("/", 1)[-1] for root in roots}
    return [
        Folder(
            path=path,
            name=path.rsplit("/", 1)[-1],
            assets=direct.get(path, 0),
            total=totals[path],
            linked=path.split("/", 1)[0] in linked,
        )
        for path in sorted(totals, key=lambda path: path.split("/"))
    ]


def _read_sort(sort: Sort | str) -> Sort:
    try:
        return Sort(sort)
    except ValueError:
        raise QueryError(f"Unknown order {sort!r}; choose from {', '.join(Sort)}.") from None


def _read_states(states: Collection[State | str]) -> frozenset[State]:
    try:
        return frozenset(State(state) for state in states)
    except ValueError:
        raise QueryError(f"Unknown state; choose from {', '.join(State)}.") from None


def _fingerprint(
    folder: str | None, filters: Filters, states: frozenset[State], sort: Sort, descending: bool
) -> str:
    """Tells one list from another; the page size is not part of it."""
    parts = (folder, astuple(filters), sorted(states), sort.value, descending)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _write_cursor(mark: str, value: str | int, key: int) -> str:
    data = json.dumps([mark, value, key]).encode("ascii")
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _read_cursor(text: str, mark: str, sort: Sort) -> ListPlace:
    from lookalike.stores.base import ListPlace

    wrong = "This is not a cursor of a list; take next_cursor of the page before."
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        of_list, value, key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError) as error:
        raise BadCursor(wrong) from error
    kind = str if sort is Sort.NAME else int
    if type(value) is not kind or type(key) is not int or max(abs(key), _size(value)) >= 2**63:
        raise BadCursor(wrong)
    if of_list != mark:
        raise BadCursor("The cursor belongs to another list; repeat the folder, filters and order.")
    return ListPlace(value, key)


def _size(value: str | int) -> int:
    return abs(value) if isinstance(value, int) else 0

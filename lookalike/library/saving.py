"""Searches that people keep."""

from __future__ import annotations

from lookalike.errors import BadName
from lookalike.library.core import Core
from lookalike.types import SavedSearch

_MOST_NAME, _MOST_QUERY = 80, 8000


class Saving(Core):
    """The saved searches of `Library`."""

    def saved_searches(self) -> list[SavedSearch]:
        """By name."""
        return self._store.list_saved_searches()

    def save_search(self, name: str, query: str, *, by: str = "") -> SavedSearch:
        """Keeps a search under a name. `query`: what stands behind the question mark in the
        address of its results. Raises AlreadyExists, BadName."""
        name, query = " ".join(name.split()), query.strip().lstrip("?")
        if not name or len(name) > _MOST_NAME or not name.isprintable():
            raise BadName(f"The name of a saved search has 1 to {_MOST_NAME} letters.")
        if not query or len(query) > _MOST_QUERY or not query.isprintable():
            raise BadName("There is no search to save here; search for something first.")
        saved = self._store.add_saved_search(name, query, by)
        self.note("save_search", name, by=by)
        return saved

    def remove_saved_search(self, id: int, *, by: str = "") -> None:
        """Forgets it. Raises SavedSearchNotFound."""
        self._store.remove_saved_search(id)
        self.note("remove_saved_search", f"number {id}", by=by)

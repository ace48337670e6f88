"""The same search with the model in use and with the next one, side by side."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lookalike.library.finding import Finding
from lookalike.library.modelling import Modelling
from lookalike.types import Filters, Found, Term

if TYPE_CHECKING:
    from lookalike.library.active import ActiveModel


class Contrasting(Finding, Modelling):
    """The comparing of models in `Library`."""

    _candidate_mutex = threading.Lock()
    _candidate_made: tuple[tuple[str, int, int], ActiveModel] | None = None

    def compare_models(
        self, terms: Sequence[Term], *, filters: Filters | None = None, limit: int = 8
    ) -> tuple[Found, Found]:
        """The same search with the model in use and with the next one. Raises Conflict when no
        change is going on, and what `search` raises."""
        now, coming = self._models.get(), self._candidate()
        one, other = (
            self._search_with(model, terms, filters=filters, limit=limit) for model in (now, coming)
        )
        return one, other

    def _candidate(self) -> ActiveModel:
        """The next model, to be compared with the one in use; kept while it has the same vectors,
        since making it ready takes a moment. Raises Conflict."""
        told = self._checked_next()
        with self._candidate_mutex:
            lacking, total = self._store.count_without_vector(told.model_id)
            stamp = (told.model_id, total - lacking, self._store.generation())
            if self._candidate_made is None or self._candidate_made[0][0] != told.model_id:
                self._candidate_made = (stamp, self._activate(told.model_id))
            elif self._candidate_made[0] != stamp:
                self._candidate_made[1].index.drop()
                self._candidate_made = (stamp, self._candidate_made[1])
            return self._candidate_made[1]

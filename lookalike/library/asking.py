"""What a person's words mean: signed terms, and what else they may be."""

from __future__ import annotations

from lookalike.library.core import Core
from lookalike.types import Filters, Suggestion, Term


class Asking(Core):
    """How `Library` reads what is typed."""

    def read_words(self, words: str, *, literally: bool = False) -> tuple[Term, ...]:
        """The terms of a sentence such as `beach without people`, the wanted one first; with
        `literally` it is one term whatever it says. `search` reads a plain text the same way."""
        from lookalike.search import sentence

        return sentence.literal(words) if literally else sentence.read(words)

    def suggest(self, words: str, *, filters: Filters | None = None) -> list[Suggestion]:
        """Tags, folders and file names that `words` equal, and a likely typo; `filters` are those
        of the search, which need not be suggested again."""
        from lookalike.search.suggestions import suggest

        return suggest(words, self._store, filters or Filters())

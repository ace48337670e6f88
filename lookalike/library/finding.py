"""Searching a library by what pictures look like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lookalike.errors import StoreUnavailable, TooManyBytes, VisualSearchDisabled
from lookalike.library.switches import Switches
from lookalike.outlines import Entry, Outline
from lookalike.types import Asset, Explanation, Filters, Found, Match, Term

if TYPE_CHECKING:
    from lookalike.images.picture import Picture
    from lookalike.library.active import ActiveModel
    from lookalike.search.query import Ask, Sources
    from lookalike.search.ranking import Corpus


class Finding(Switches):
    """The searches of `Library`."""

    # Told of every answer, for measuring.
    on_search: Callable[[Found | Outline], None] | None = None

    def search(
        self,
        query: Ask,
        *,
        filters: Filters | None = None,
        limit: int = 20,
        cursor: str | None = None,
        stack: bool = True,
    ) -> Found:
        """The pictures that fit `query` best: a text, a `Term`, or several of either.

        `cursor` is `next_cursor` of the page before, with the same query and filters. `stack`:
        whether near-copies are `variants` of the best of them, else each is a match. Raises
        VisualSearchDisabled, EmptyQuery, BadFilter, BadCursor, AssetNotFound, ImageError,
        UrlRejected, FetchError.
        """
        terms = self._read(query)
        return self._search_with(
            self._model_for(terms),
            terms,
            filters=filters,
            limit=limit,
            cursor=cursor,
            stack=stack,
        )

    def outline(
        self,
        query: Ask,
        *,
        filters: Filters | None = None,
        limit: int = 20,
        stack: bool = True,
    ) -> Outline:
        """The same before the assets are read, for many results of which few will be shown;
        `outlined` reads those. Raises what `search` raises."""
        from lookalike.search import engine

        terms = self._read(query)
        model = self._model_for(terms)
        sources, corpus = self._look_with(model)
        drawn = engine.outline(
            terms,
            sources,
            corpus,
            filters=filters,
            limit=limit,
            shortlist=self.settings.shortlist,
            stack=stack,
        )
        self._tell(drawn)
        return replace(drawn, coverage=self._covered(drawn.coverage, model))

    def outlined(self, outline: Outline, entries: Sequence[Entry]) -> tuple[Match, ...]:
        """Some entries of an outline as matches, those whose assets are still there."""
        from lookalike.search.filling import read_matches

        return read_matches(entries, outline.phrases, self._store)

    def _search_with(
        self,
        model: ActiveModel,
        terms: Sequence[Term],
        *,
        filters: Filters | None = None,
        limit: int = 20,
        cursor: str | None = None,
        stack: bool = True,
    ) -> Found:
        """Everything comes from one model, though another may become active meanwhile."""
        from lookalike.search import engine

        sources, corpus = self._look_with(model)
        found = engine.search(
            terms,
            sources,
            corpus,
            filters=filters,
            limit=limit,
            cursor=cursor,
            shortlist=self.settings.shortlist,
            stack=stack,
        )
        self._tell(found)
        return replace(found, coverage=self._covered(found.coverage, model))

    def check(self, query: Ask) -> None:
        """Raises what is wrong with a query, but for its pictures, before it is searched for:
        VisualSearchDisabled, EmptyQuery, QueryError, AssetNotFound."""
        self._read(query)

    def explain(self, asset: Asset | str | Path, query: Ask, *, heat: bool = True) -> Explanation:
        """Why a picture of the library matches `query`: what each term does for it and, with
        `heat`, in which regions it is seen; that takes as long as indexing 25 pictures.

        Raises what `search` raises, and QueryError for a picture that is not searchable.
        """
        from lookalike.search.explanation import explain

        terms = self._read(query)
        sources = self._sources(self._models.get())
        return explain(terms, self._resolve(asset), sources, heat=heat)

    def similar(
        self,
        asset: Asset | str | Path,
        *,
        filters: Filters | None = None,
        limit: int = 20,
        cursor: str | None = None,
        stack: bool = True,
    ) -> Found:
        """Pictures like one of the library; itself and its copies come first, labelled."""
        term = Term.like(asset.id if isinstance(asset, Asset) else str(asset))
        return self.search(term, filters=filters, limit=limit, cursor=cursor, stack=stack)

    def image_term(self, path: str | Path, *, weight: float = 1.0) -> Term:
        """A query term from an image file. Raises TooManyBytes before a large one is read."""
        file = Path(path).expanduser()
        size_bytes, most = file.stat().st_size, self.settings.max_query_upload_bytes
        if size_bytes > most:
            raise TooManyBytes(
                f"{file} is {size_bytes:,} bytes; as a query it may be at most {most:,} bytes."
            )
        return Term.image(file.read_bytes(), weight=weight)

    def _look_with(self, model: ActiveModel) -> tuple[Sources, Corpus]:
        from lookalike.search.ranking import Corpus

        corpus = Corpus(
            store=self._store,
            model_id=model.embedder.get().model_id,
            index=lambda: model.index.get().current(),
            exact_below=self.settings.exact_below,
            turn=self._turns,
        )
        return self._sources(model), corpus

    def _tell(self, answer: Found | Outline) -> None:
        if self.on_search is not None:
            self.on_search(answer)

    def _sources(self, model: ActiveModel) -> Sources:
        from lookalike.search.query import Sources

        return Sources(
            store=self._store,
            embedder=model.embedder.get(),
            decode=lambda data: self._decode(model, data),
            fetch=lambda url: self._fetcher.get().fetch(url),
            read_thumbnail=self.thumbnail,
            max_upload_bytes=self.settings.max_query_upload_bytes,
        )

    def _check_enabled(self) -> None:
        if not self.settings.visual_search:
            raise VisualSearchDisabled(
                "Visual search is switched off for this library; set visual_search = true in "
                f"{self.folder / 'settings.toml'}, or LOOKALIKE_VISUAL_SEARCH=true."
            )
        if not self.is_visual_search_on():
            raise VisualSearchDisabled(
                "Visual search is switched off for this library; an administrator can switch it "
                "on in the settings."
            )

    def _read(self, query: Ask) -> list[Term]:
        from lookalike.search.query import read_terms

        self._check_enabled()
        return [self._located(term) for term in read_terms(query)]

    def _located(self, term: Term) -> Term:
        """With the id of its asset, so that a path may be given in any form."""
        if term.asset_value is None:
            return term
        return replace(term, asset_value=self.asset(term.asset_value).id)

    def _decode(self, model: ActiveModel, data: bytes) -> Picture:
        try:
            return model.pool.get().prepare(data)
        except CancelledError as error:
            raise StoreUnavailable("The library was closed during the search.") from error

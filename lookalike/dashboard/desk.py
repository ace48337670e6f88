"""What the pages of one server share."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from lookalike.dashboard.query_images import QueryImages
from lookalike.dashboard.rate import RateLimit
from lookalike.dashboard.rendering import Pages
from lookalike.dashboard.results import Searcher
from lookalike.library import Library

FETCHES_PER_MINUTE = 30


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The library and all that is kept beside it while the server runs."""

    library: Library
    images: QueryImages
    searcher: Searcher
    pages: Pages
    fetches: RateLimit

    @classmethod
    def of(cls, request: Request) -> Desk:
        """The one that this request is for."""
        desk: Desk = request.app.state.desk
        return desk

    @classmethod
    def set_up(cls, library: Library, workers: int = 1) -> Desk:
        """For one library that so many processes serve; nothing is started yet."""
        images = QueryImages(library.folder / "query-images")
        return cls(
            library=library,
            images=images,
            searcher=Searcher(library, images),
            pages=Pages(),
            fetches=RateLimit(max(1, FETCHES_PER_MINUTE // workers), per_s=60),
        )

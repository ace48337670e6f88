"""What the pages of one server share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from lookalike.dashboard.query_images import QueryImages
from lookalike.dashboard.rate import RateLimit
from lookalike.dashboard.rendering import Pages
from lookalike.dashboard.results import Searcher
from lookalike.library import Library

T = TypeVar("T")

FETCHES_PER_MINUTE = 30


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The library and all that is kept beside it while the server runs."""

    library: Library
    images: QueryImages
    searcher: Searcher
    pages: Pages
    fetches: RateLimit
    searches: ThreadPoolExecutor

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
            searches=ThreadPoolExecutor(library.searches_at_once, "search"),
        )

    async def in_turn(self, search: Callable[[], T]) -> T:
        """Runs it in one of a few threads, when it is its turn: many threads that want Python's
        lock keep each other from working. A thread that is done takes the next search by itself,
        before the event loop has sent the answer."""
        return await asyncio.get_running_loop().run_in_executor(self.searches, search)

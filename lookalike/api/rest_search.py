"""Searching, and names as they are typed."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from lookalike.api.answers import Answer, ApiRoute, Handler
from lookalike.api.auth import address_of, admit_soon
from lookalike.api.bodies import asset_to_json, found_to_json
from lookalike.api.given import TheLibrary, Viewer
from lookalike.api.queries import (
    Values,
    read_filters,
    read_limit,
    read_terms,
    text,
    texts,
)
from lookalike.api.remembered import remembering
from lookalike.dashboard.desk import Desk
from lookalike.errors import TooManyBytes, TooManyFetches
from lookalike.library import Library
from lookalike.shapes import explanation_to_json, reading_to_json
from lookalike.types import MINUS_WEIGHT, Role, Term

router = APIRouter(route_class=ApiRoute, tags=["search"])
_LIMIT = 20


class SearchRoute(ApiRoute):
    """A route whose function takes the request, the library and the caller, as is known before: to
    have FastAPI work that out took a tenth of what HTTP adds to a search."""

    def make_handler(self) -> Handler:
        """Admits the caller, and calls the function."""

        async def handle(request: Request) -> Response:
            caller = await admit_soon(request, Role.VIEWER)
            answer: Response = await self.endpoint(request, request.app.state.library, caller)
            return answer

        return handle


async def search(request: Request, library: TheLibrary, _caller: Viewer) -> Answer:
    """Pictures that fit `text`, `url` and `like` (an asset id), less `minus_text`, `minus_url` and
    `minus_like`; filters narrow, `cursor` goes on; with `stack=0` near-copies are results too.
    `text` is read as a sentence unless `literal` is 1; `terms` of the answer say how."""
    values = request.query_params
    work = partial(_search, request, library)
    if "url" in values or "minus_url" in values:  # a server far away may be slow
        return await run_in_threadpool(work)
    return await Desk.of(request).in_turn(work)


router.add_api_route("/search", search, methods=["GET"], route_class_override=SearchRoute)


@router.post("/search")
async def search_by_image(request: Request, library: TheLibrary, _caller: Viewer) -> Answer:
    """The same as a form, with files as `image` and `minus_image`."""
    async with request.form(max_files=8, max_fields=100) as form:
        terms = read_terms(form, library)
        for name, weight in (("image", 1.0), ("minus_image", MINUS_WEIGHT)):
            for file in form.getlist(name):
                if isinstance(file, UploadFile):
                    data = await _read(file, library.settings.max_query_upload_bytes)
                    terms.append(Term.image(data, weight=weight))
        return await run_in_threadpool(_answer, request, library, form, terms)


@router.get("/assets/{id}/similar")
async def similar(id: str, request: Request, library: TheLibrary, _caller: Viewer) -> Answer:
    """Pictures like one of the library; its copies come first, labelled."""
    work = partial(_answer, request, library, request.query_params, [Term.like(id)])
    return await Desk.of(request).in_turn(work)


@router.get("/assets/{id}/explanation")
def explain(id: str, request: Request, library: TheLibrary, _caller: Viewer) -> Answer:
    """Why an asset matches the query that `search` takes: the share of each term, and `heat`, where
    in the picture it is seen, unless `heat` is 0."""
    terms = read_terms(request.query_params, library)
    _count_fetches(request, terms)
    is_heat_wanted = text(request.query_params, "heat") != "0"
    explanation = library.explain(library.asset(id), terms, heat=is_heat_wanted)
    return Answer(explanation_to_json(explanation))


@router.get("/names")
def find_names(library: TheLibrary, _caller: Viewer, text: str = "", limit: int = 5) -> Answer:
    """Assets, folders and tags whose names hold `text`."""
    found = library.find_names(text, limit)
    return Answer(
        {
            "assets": [asset_to_json(asset) for asset in found.assets],
            "folders": list(found.folders),
            "tags": list(found.tags),
        }
    )


def _search(request: Request, library: Library) -> Answer:
    terms = read_terms(request.query_params, library)
    return _answer(request, library, request.query_params, terms)


def _answer(request: Request, library: Library, values: Values, terms: list[Term]) -> Answer:
    _count_fetches(request, terms)
    filters, cursor, words = read_filters(values), text(values, "cursor"), texts(values, "text")
    found = library.search(
        terms,
        filters=filters,
        limit=read_limit(values, _LIMIT),
        cursor=cursor,
        stack=text(values, "stack") != "0",
    )
    asked = len(words) == 1 and cursor is None
    suggestions = library.suggest(words[0], filters=filters) if asked else []
    return Answer(
        found_to_json(found) | reading_to_json(terms, suggestions),
        background=remembering(library, values, terms),
    )


def _count_fetches(request: Request, terms: list[Term]) -> None:
    """Raises TooManyFetches."""
    caller = address_of(request)
    for term in terms:
        if term.url_value is not None and not Desk.of(request).fetches.take(caller):
            raise TooManyFetches("Many addresses were fetched for you just now; wait a minute.")


async def _read(file: UploadFile, most: int) -> bytes:
    """Raises TooManyBytes without reading on."""
    if file.size is not None and file.size > most:
        raise TooManyBytes(
            f"The image is {file.size:,} bytes; as a query it may be at most {most:,} bytes."
        )
    return await file.read()

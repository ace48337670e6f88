"""Searching, and names as they are typed."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.bodies import asset_to_json, found_to_json
from lookalike.api.given import TheLibrary, Viewer
from lookalike.api.queries import (
    MINUS_WEIGHT,
    Values,
    read_filters,
    read_limit,
    read_terms,
    text,
)
from lookalike.dashboard.desk import Desk
from lookalike.errors import TooManyBytes, TooManyFetches
from lookalike.library import Library
from lookalike.types import Term

router = APIRouter(route_class=ApiRoute, tags=["search"])
_LIMIT = 20


@router.get("/search")
def search(request: Request, library: TheLibrary, _caller: Viewer) -> Answer:
    """Pictures that fit `text`, `url` and `like` (an asset id), less `minus_text`, `minus_url` and
    `minus_like`; filters narrow, `cursor` goes on; with `stack=0` near-copies are results too."""
    return _answer(request, library, request.query_params, read_terms(request.query_params))


@router.post("/search")
async def search_by_image(request: Request, library: TheLibrary, _caller: Viewer) -> Answer:
    """The same as a form, with files as `image` and `minus_image`."""
    async with request.form(max_files=8, max_fields=100) as form:
        terms = read_terms(form)
        for name, weight in (("image", 1.0), ("minus_image", MINUS_WEIGHT)):
            for file in form.getlist(name):
                if isinstance(file, UploadFile):
                    data = await _read(file, library.settings.max_query_upload_bytes)
                    terms.append(Term.image(data, weight=weight))
        return await run_in_threadpool(_answer, request, library, form, terms)


@router.get("/assets/{id}/similar")
def similar(id: str, request: Request, library: TheLibrary, _caller: Viewer) -> Answer:
    """Pictures like one of the library; its copies come first, labelled."""
    return _answer(request, library, request.query_params, [Term.like(id)])


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


def _answer(request: Request, library: Library, values: Values, terms: list[Term]) -> Answer:
    caller = request.client.host if request.client else ""
    for term in terms:
        if term.url_value is not None and not Desk.of(request).fetches.take(caller):
            raise TooManyFetches("Many addresses were fetched for you just now; wait a minute.")
    found = library.search(
        terms,
        filters=read_filters(values),
        limit=read_limit(values, _LIMIT),
        cursor=text(values, "cursor"),
        stack=text(values, "stack") != "0",
    )
    return Answer(found_to_json(found))


async def _read(file: UploadFile, most: int) -> bytes:
    """Raises TooManyBytes without reading on."""
    if file.size is not None and file.size > most:
        raise TooManyBytes(
            f"The image is {file.size:,} bytes; as a query it may be at most {most:,} bytes."
        )
    return await file.read()

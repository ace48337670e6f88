"""Many files at once, as a zip that is made while it is sent."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from lookalike.api.answers import ApiRoute
from lookalike.api.bodies import Ids
from lookalike.api.given import TheLibrary, Viewer
from lookalike.api.queries import read_filters
from lookalike.dashboard.files import archive_response

router = APIRouter(route_class=ApiRoute, tags=["downloads"])


@router.get("/downloads")
def download_folder(request: Request, library: TheLibrary, caller: Viewer) -> Response:
    """A zip of the folder `in` and all below, or of the library; filters narrow."""
    filters = read_filters(request.query_params)
    folder = (filters.folder or "").strip("/")
    archive = library.archive_folder(folder, filters=replace(filters, folder=None), by=caller.name)
    return archive_response(archive, folder.rpartition("/")[2] or "library")


@router.post("/downloads")
def download_many(body: Ids, library: TheLibrary, caller: Viewer) -> Response:
    """A zip of these assets."""
    return archive_response(library.archive(body.ids, by=caller.name), "pictures")

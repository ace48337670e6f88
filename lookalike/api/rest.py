"""The REST API under /api/v1. docs/api.md has examples."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from lookalike.api import (
    rest_assets,
    rest_comparing,
    rest_downloads,
    rest_files,
    rest_groups,
    rest_models,
    rest_people,
    rest_review,
    rest_search,
    rest_work,
)
from lookalike.api.answers import Answer, ApiRoute, answer_error

_PREFIX = "/api/v1"
_rest = APIRouter(route_class=ApiRoute)
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@_rest.api_route("/{path:path}", methods=_METHODS, include_in_schema=False)
def answer_unknown() -> Answer:
    """Nothing else is here; in the API's own shape."""
    return answer_error(404, "not_found", "There is nothing at this address of the API.")


def include_in(app: FastAPI) -> None:
    """Each part by itself: FastAPI looks a request up once more for every router around its
    route. Searches come first."""
    for part in (
        rest_search,
        rest_groups,
        rest_files,
        rest_downloads,
        rest_assets,
        rest_work,
        rest_comparing,
        rest_review,
        rest_models,
        rest_people,
    ):
        app.include_router(part.router, prefix=_PREFIX)
    app.include_router(_rest, prefix=_PREFIX)

"""Looking for duplicates, in the background."""

from __future__ import annotations

from fastapi import APIRouter

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.bodies import value_to_json
from lookalike.api.given import Editor, TheLibrary

router = APIRouter(route_class=ApiRoute, tags=["duplicates"])


@router.post("/duplicates/compare", status_code=202)
def compare(library: TheLibrary, caller: Editor, again: bool = False) -> Answer:
    """Compares what is new, or with `again` everything; the job that does it."""
    return Answer(value_to_json(library.compare_later(again=again, by=caller.name)), 202)

"""Looking for duplicates, in the background."""

from __future__ import annotations

from fastapi import APIRouter

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.given import Editor, TheLibrary
from lookalike.shapes import job_to_json

router = APIRouter(route_class=ApiRoute, tags=["duplicates"])


@router.post("/duplicates/compare", status_code=202)
def compare(library: TheLibrary, caller: Editor, again: bool = False) -> Answer:
    """Compares what is new, or with `again` everything; the job that does it."""
    return Answer(job_to_json(library.compare_later(again=again, by=caller.name)), 202)

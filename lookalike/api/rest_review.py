"""Reviewing duplicates: groups, decisions, their journal, and rules for many groups at once."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.bodies import Body, Number
from lookalike.api.given import Editor, TheLibrary, Viewer
from lookalike.api.queries import read_limit, read_review_filter, text
from lookalike.decisions import Entry, Keeping, ReviewFilter, Rule, Verdict
from lookalike.errors import InputError, QueryError
from lookalike.library import Library
from lookalike.review_shapes import (
    entry_to_json,
    group_to_json,
    plan_to_json,
    review_to_json,
    suggestion_to_json,
)
from lookalike.shapes import job_to_json
from lookalike.types import Relation

router = APIRouter(route_class=ApiRoute, tags=["duplicates"])
_LIMIT = 20
_MOST = 1000

Ids = Annotated[list[str], Field(max_length=_MOST)]


class NewDecision(Body):
    """What is decided about some pictures: `keep` goes with `trash`, `others` with
    `not_duplicates`."""

    verdict: str
    assets: Ids
    keep: str | None = None
    merge: bool = False
    others: Ids = Field(default_factory=list)


class NewPlan(Body):
    """A rule for many groups."""

    keep: str
    folder: str = ""
    merge: bool = False
    relations: list[str] = Field(default_factory=list)
    min_confidence: float = Field(0.0, ge=0, le=1)
    groups: list[str] = Field(default_factory=list, max_length=10_000)


@router.get("/duplicates")
def list_groups(request: Request, library: TheLibrary, _caller: Viewer) -> Answer:
    """Groups that wait for a decision, those with the most bytes to gain first; `relation` may
    be repeated, `min_confidence` is from 0 to 1."""
    values = request.query_params
    review = library.review(
        only=read_review_filter(values),
        limit=read_limit(values, _LIMIT),
        cursor=text(values, "cursor"),
    )
    return Answer(review_to_json(review))


@router.get("/assets/{id}/duplicates")
def list_groups_of(id: str, library: TheLibrary, _caller: Viewer) -> Answer:
    """The groups that an asset is in."""
    return Answer({"groups": [group_to_json(group) for group in library.review_of([id])]})


# --- decisions ----------------------------------------------------------------------------


@router.post("/duplicates/decisions", status_code=201)
def decide(body: NewDecision, library: TheLibrary, caller: Editor) -> Answer:
    """Carries a decision out, and writes it into the journal; the entry there."""
    return Answer(entry_to_json(_decide(library, body, caller.name)), 201)


@router.get("/duplicates/journal")
def list_journal(
    library: TheLibrary,
    _caller: Viewer,
    limit: int = 50,
    before: Number | None = None,
    open: bool = False,
) -> Answer:
    """What was decided, newest first; `open`: without what was undone."""
    found = library.journal(max(1, min(limit, _MOST)), before, open_only=open)
    return Answer({"entries": [entry_to_json(entry) for entry in found]})


@router.post("/duplicates/journal/{id}/undo")
def undo(id: int, library: TheLibrary, caller: Editor) -> Answer:
    """Takes a decision back with all that it did."""
    return Answer(entry_to_json(library.undo(id, by=caller.name)))


@router.post("/duplicates/undo")
def undo_last(library: TheLibrary, caller: Editor) -> Answer:
    """Takes the last decision back; of one by a rule, all of them, by a job."""
    last = library.last_decision()
    if last.plan is not None:
        job = library.undo_plan(last.plan, by=caller.name)
        return Answer({"entry": None, "job": job_to_json(job)}, 202)
    undone = library.undo(last.id, by=caller.name)
    return Answer({"entry": entry_to_json(undone), "job": None})


@router.get("/duplicates/suggestion")
def suggest(library: TheLibrary, _caller: Viewer) -> Answer:
    """The confidence that fits what was decided."""
    return Answer(suggestion_to_json(library.suggest_confidence()))


# --- rules --------------------------------------------------------------------------------


@router.post("/duplicates/plans", status_code=201)
def make_plan(body: NewPlan, library: TheLibrary, caller: Editor) -> Answer:
    """A dry run: what a rule would change, and nothing is changed."""
    plan = library.plan_duplicates(_read_rule(body), by=caller.name)
    return Answer(plan_to_json(plan, library.planned_changes(plan.id)), 201)


@router.get("/duplicates/plans/{id}")
def get_plan(
    id: int, library: TheLibrary, _caller: Editor, first: int = 0, limit: int = 100
) -> Answer:
    """A dry run again, with its changes from the one numbered `first` on."""
    plan = library.plan(id)
    changes = library.planned_changes(id, max(0, first), max(1, min(limit, _MOST)))
    return Answer(plan_to_json(plan, changes))


@router.post("/duplicates/plans/{id}/apply", status_code=202)
def apply_plan(id: int, library: TheLibrary, caller: Editor) -> Answer:
    """Carries a dry run out; the job that does it."""
    return Answer(job_to_json(library.apply_plan(id, by=caller.name)), 202)


@router.post("/duplicates/plans/{id}/undo", status_code=202)
def undo_plan(id: int, library: TheLibrary, caller: Editor) -> Answer:
    """Takes back all that was done by it; the job that does it."""
    return Answer(job_to_json(library.undo_plan(id, by=caller.name)), 202)


def _decide(library: Library, body: NewDecision, by: str) -> Entry:
    verdict = _read(Verdict, body.verdict, "verdict")
    if verdict is Verdict.TRASH:
        if body.keep is None:
            raise InputError("Say which picture to keep, as `keep`.")
        return library.keep(body.keep, body.assets, merge=body.merge, by=by)
    if verdict is Verdict.KEEP_ALL:
        return library.keep_all(body.assets, by=by)
    return library.set_apart(body.assets, body.others, by=by)


def _read_rule(body: NewPlan) -> Rule:
    return Rule(
        keep=_read(Keeping, body.keep, "keep"),
        folder=body.folder,
        merge=body.merge,
        only=ReviewFilter(
            relations=frozenset(_read(Relation, name, "relations") for name in body.relations),
            min_confidence=body.min_confidence,
        ),
        groups=tuple(body.groups),
    )


def _read(kind: Any, value: str, name: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise QueryError(f"{name} must be one of {', '.join(kind)}, not {value!r}.") from None

"""Groups of similar pictures, the points of the map, and saved searches."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.bodies import Body, Ids, Number, asset_to_json, value_to_json
from lookalike.api.given import Editor, TheLibrary, Viewer
from lookalike.api.points import points_response
from lookalike.types import GroupBrief

router = APIRouter(route_class=ApiRoute, tags=["groups"])


class Arrange(Body):
    """Whether everything is arranged from the start."""

    anew: bool = False


class Label(Body):
    """A name for a group."""

    label: str


class Filing(Ids):
    """Pictures that go to a folder."""

    folder: str


class Search(Body):
    """A search to keep."""

    name: str
    query: str


@router.get("/groups")
def list_groups(library: TheLibrary, _caller: Viewer, min_size: int = 3) -> Answer:
    """Groups of pictures that look alike, as they were last arranged, the largest first."""
    found = library.group_overview(min_size=max(2, min_size))
    return Answer(
        {
            "groups": [_brief(group) for group in found.groups],
            "single": found.single,
            "waiting": found.waiting,
            "arranged_at": found.arranged_at.isoformat() if found.arranged_at else None,
        }
    )


@router.post("/groups/arrange", status_code=202)
def arrange(body: Arrange, library: TheLibrary, caller: Editor) -> Answer:
    """Finds groups and lays out the map; the job that does it."""
    return Answer(value_to_json(library.arrange_later(anew=body.anew, by=caller.name)), 202)


@router.get("/groups/{id}")
def get_group(
    id: int, library: TheLibrary, _caller: Viewer, limit: int = 100, offset: int = 0
) -> Answer:
    """One group: some of its pictures, nearest to its middle first, and the groups inside it."""
    group = library.group(id)
    start = max(0, offset)
    keys = group.keys[start : start + max(1, min(limit, 1000))]
    return Answer(
        _brief(group)
        | {
            "assets": [asset_to_json(asset) for asset in library.assets_by_key(keys)],
            "inside": [_brief(part) for part in library.groups_inside(id).groups],
        }
    )


@router.patch("/groups/{id}")
def name_group(id: Number, body: Label, library: TheLibrary, caller: Editor) -> Answer:
    """Gives a group a name, which it keeps."""
    library.name_group(id, body.label, by=caller.name)
    return Answer(_brief(library.group(id)))


@router.post("/assets/file-away")
def file_away(body: Filing, library: TheLibrary, caller: Editor) -> Answer:
    """Moves uploads to a folder; files in linked folders get its name as a tag instead."""
    return Answer(value_to_json(library.file_away(body.ids, body.folder, by=caller.name)))


@router.get("/map")
def get_map(request: Request, library: TheLibrary, _caller: Viewer) -> Response:
    """The points of the map, in columns of numbers; those that are known are not sent again."""
    return points_response(request, library)


@router.get("/saved-searches")
def list_saved(library: TheLibrary, _caller: Viewer) -> Answer:
    """By name."""
    return Answer({"searches": [value_to_json(saved) for saved in library.saved_searches()]})


@router.post("/saved-searches", status_code=201)
def save_search(body: Search, library: TheLibrary, caller: Editor) -> Answer:
    """Keeps a search; `query` is what stands behind the question mark of its page."""
    return Answer(value_to_json(library.save_search(body.name, body.query, by=caller.name)), 201)


@router.delete("/saved-searches/{id}", status_code=204)
def remove_saved(id: Number, library: TheLibrary, caller: Editor) -> Response:
    """Forgets it."""
    library.remove_saved_search(id, by=caller.name)
    return Response(status_code=204)


def _brief(group: GroupBrief) -> dict[str, Any]:
    return {
        "id": group.id,
        "label": group.label,
        "size": group.size,
        "cover": group.nearest[0].id if group.nearest else None,
        "nearest": [asset.id for asset in group.nearest],
    }

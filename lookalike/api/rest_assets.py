"""Lists, edits and the trash."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.bodies import (
    AssetEdit,
    FolderRename,
    Ids,
    Move,
    Path,
    TagChange,
    asset_to_json,
    folder_to_json,
    page_to_json,
    value_to_json,
)
from lookalike.api.given import Administrator, Editor, TheLibrary, Viewer
from lookalike.api.leading import lead_on
from lookalike.api.queries import read_filters, read_limit, text, texts
from lookalike.errors import AssetNotFound, QueryError
from lookalike.library import Library
from lookalike.shapes import photo_facts_to_json
from lookalike.types import Asset

router = APIRouter(route_class=ApiRoute, tags=["assets"])
_LIMIT = 100
_ORDERS = {None: None, "ascending": False, "descending": True}


@router.get("/assets")
def list_assets(request: Request, library: TheLibrary, _caller: Viewer) -> Answer:
    """One page: `folder` is listed without what is below (`in` filters with it), `state` may be
    repeated, `sort` is created, taken, name or size, `order` ascending or descending."""
    values = request.query_params
    order = text(values, "order")
    if order not in _ORDERS:
        raise QueryError("order must be ascending or descending.")
    states = texts(values, "state")
    page = library.list_assets(
        folder=values.get("folder"),
        filters=read_filters(values),
        sort=text(values, "sort") or "created",
        descending=_ORDERS[order],
        limit=read_limit(values, _LIMIT),
        cursor=text(values, "cursor"),
        **({"states": states} if states else {}),
    )
    return Answer(page_to_json(page))


@router.post("/assets/trash")
def trash_many(body: Ids, library: TheLibrary, caller: Editor) -> Answer:
    """Puts assets in the trash: all, or none when one is unknown."""
    return Answer({"count": library.trash(body.ids, by=caller.name)})


@router.post("/assets/restore")
def restore_many(body: Ids, library: TheLibrary, caller: Editor) -> Answer:
    """Takes assets out of the trash."""
    return Answer({"count": library.restore(body.ids, by=caller.name)})


@router.post("/assets/tag")
def tag_many(body: TagChange, library: TheLibrary, caller: Editor) -> Answer:
    """Gives and takes tags; `edit` is the number by which that can be taken back."""
    edit = library.tag(body.ids, add=body.add, remove=body.remove, by=caller.name)
    return Answer({"count": edit.count, "edit": edit.id})


@router.post("/assets/move")
def move_many(body: Move, library: TheLibrary, caller: Editor) -> Answer:
    """Moves uploaded assets to a folder; `edit` is the number by which that can be taken back."""
    edit = library.move(body.ids, body.folder, by=caller.name)
    return Answer({"count": edit.count, "edit": edit.id})


@router.post("/edits/{id}/undo")
def undo_edit(id: int, library: TheLibrary, caller: Editor) -> Answer:
    """Takes back what tagging or moving did, but for what somebody changed since."""
    return Answer({"count": library.undo_edit(id, by=caller.name)})


@router.get("/assets/{id}")
def get_asset(id: str, library: TheLibrary, _caller: Viewer) -> Response:
    """All that is known of it, its `palette` and what its file says, too. Of a copy that a
    decision put in the trash, `kept_as` is the asset that was kept; once the trash is emptied, the
    answer leads there."""
    kept = lead_on(library, id)
    try:
        asset = library.asset(id)
    except AssetNotFound:
        if kept is None:
            raise
        return RedirectResponse(f"/api/v1/assets/{kept.id}", 308)
    shown = _all_of(asset, library)
    return Answer(shown | {"kept_as": kept.id} if kept is not None else shown)


@router.patch("/assets/{id}")
def edit_asset(id: str, body: AssetEdit, library: TheLibrary, caller: Editor) -> Answer:
    """Changes what is given; the asset as it is then."""
    changes = body.model_dump(exclude_none=True)
    return Answer(_all_of(library.edit(id, **changes, by=caller.name), library))


@router.delete("/assets/{id}")
def trash_asset(id: str, library: TheLibrary, caller: Editor) -> Answer:
    """Puts it in the trash; nothing is deleted before that is emptied."""
    library.trash([id], by=caller.name)
    return Answer(_all_of(library.asset(id), library))


@router.post("/assets/{id}/restore")
def restore_asset(id: str, library: TheLibrary, caller: Editor) -> Answer:
    """Takes it out of the trash."""
    library.restore([id], by=caller.name)
    return Answer(_all_of(library.asset(id), library))


@router.get("/trash")
def measure_trash(library: TheLibrary, _caller: Editor) -> Answer:
    """How much is in it; `GET /assets?state=trashed` lists it."""
    count, size_bytes = library.measure_trash()
    return Answer({"count": count, "bytes": size_bytes})


@router.post("/trash/restore")
def restore_trash(library: TheLibrary, caller: Editor) -> Answer:
    """Takes everything out of it."""
    return Answer({"count": library.restore_trash(by=caller.name)})


@router.delete("/trash")
def empty_trash(library: TheLibrary, caller: Administrator) -> Answer:
    """Forgets what is in it, for good."""
    return Answer({"count": library.empty_trash(by=caller.name)})


@router.get("/folders")
def list_folders(library: TheLibrary, _caller: Viewer) -> Answer:
    """Every folder with its counts."""
    return Answer({"folders": [folder_to_json(folder) for folder in library.folders()]})


@router.post("/folders", status_code=201)
def make_folder(body: Path, library: TheLibrary, caller: Editor) -> Answer:
    """Makes an empty folder."""
    return Answer({"path": library.make_folder(body.path, by=caller.name)}, 201)


@router.patch("/folders")
def rename_folder(body: FolderRename, library: TheLibrary, caller: Editor) -> Answer:
    """Renames a folder, or moves it elsewhere, with all uploads in it."""
    path = library.rename_folder(body.path, body.new_path, by=caller.name)
    return Answer({"path": path})


@router.delete("/folders")
def remove_folder(path: str, library: TheLibrary, caller: Editor) -> Answer:
    """Forgets an empty folder."""
    library.remove_folder_if_empty(path, by=caller.name)
    return Answer({"path": path})


@router.get("/tags")
def list_tags(library: TheLibrary, _caller: Viewer) -> Answer:
    """Tags in use and how many assets have each."""
    return Answer({"tags": [{"name": name, "assets": count} for name, count in library.tags()]})


def _all_of(asset: Asset, library: Library) -> dict[str, object]:
    """An asset with what lists leave out."""
    palette = [value_to_json(swatch) for swatch in library.palette(asset)]
    return asset_to_json(asset) | {
        "palette": palette,
        "photo": photo_facts_to_json(library.photo_facts(asset)),
    }

"""Bytes in and out: uploads, originals, thumbnails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

import anyio.from_thread
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from lookalike.api.answers import Answer, ApiRoute
from lookalike.api.bodies import Contents, NewNames, asset_to_json
from lookalike.api.errors import status_of
from lookalike.api.given import Editor, TheLibrary, Viewer
from lookalike.api.leading import lead_on, names_version
from lookalike.api.queries import Values, text
from lookalike.dashboard.files import IMMUTABLE, bytes_response, file_response
from lookalike.errors import AlreadyHere, AssetNotFound, BadName, InputError
from lookalike.library import Library
from lookalike.shapes import error_to_json
from lookalike.types import Asset

router = APIRouter(route_class=ApiRoute, tags=["files"])
_FORM = "multipart/form-data"
_POLICIES = ("keep", "ask", "skip")  # with a file whose bytes are here already


@router.post("/assets", status_code=201)
async def upload(request: Request, library: TheLibrary, caller: Editor) -> Answer:
    """Adds a file: the body of the request, with `name`, `folder`, `on_collision` and
    `if_duplicate` in the address, or a form with the file as `file`."""
    values = request.query_params
    length = request.headers.get("content-length", "")
    if request.headers.get("content-type", "").startswith(_FORM):
        return await _upload_form(request, library, caller)
    name = text(values, "name")
    if name is None:
        raise BadName("Say what the file is called: POST /api/v1/assets?name=photo.jpg")
    library.check_upload(name, int(length) if length.isdecimal() else None)
    take_in = partial(_take_in, library, caller.name, values, _chunks(request), name)
    return await run_in_threadpool(take_in)


async def _upload_form(request: Request, library: TheLibrary, caller: Editor) -> Answer:
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InputError("The form has no file named `file`.")
        name = text(form, "name") or file.filename or ""
        take_in = partial(_take_in, library, caller.name, form, file.file, name)
        return await run_in_threadpool(take_in)


def _take_in(
    library: Library, by: str, values: Values, source: BinaryIO | Iterator[bytes], name: str
) -> Answer:
    """The new asset, or the one with the same bytes when that is asked for."""
    policy = text(values, "if_duplicate") or "keep"
    if policy not in _POLICIES:
        raise InputError(f"if_duplicate must be one of {', '.join(_POLICIES)}.")
    try:
        asset = library.upload(
            source,
            name=name,
            folder=text(values, "folder") or "",
            on_collision=text(values, "on_collision") or "suffix",
            unless_here=policy != "keep",
            by=by,
        )
    except AlreadyHere as error:
        if policy == "skip":
            return Answer(asset_to_json(library.asset(error.asset_id)))
        body = error_to_json(error.code, str(error))
        body["error"]["asset_id"] = error.asset_id
        return Answer(body, status_of(error), headers={"cache-control": "no-store"})
    return Answer(asset_to_json(asset), 201)


@router.post("/assets/taken")
def find_taken(body: NewNames, library: TheLibrary, _caller: Editor) -> Answer:
    """Which of these names a folder has already, before anything is sent."""
    return Answer({"taken": library.taken_names(body.folder, body.names)})


@router.post("/assets/here")
def find_here(body: Contents, library: TheLibrary, _caller: Editor) -> Answer:
    """Which of these files the library has already, before anything is sent."""
    here = library.find_here(body.sha256)
    return Answer(
        {
            "sizes": sorted(library.sizes_here(body.sizes)),
            "here": {
                sha256: {"asset_id": asset.id, "name": asset.name, "folder": asset.folder}
                for sha256, asset in here.items()
            },
        }
    )


@router.put("/assets/{id}/original")
async def replace(id: str, request: Request, library: TheLibrary, caller: Editor) -> Answer:
    """Gives an uploaded asset the bytes of the request's body."""
    asset = await run_in_threadpool(partial(library.replace, id, _chunks(request), by=caller.name))
    return Answer(asset_to_json(asset))


@router.get("/assets/{id}/original")
def send_original(
    id: str, request: Request, library: TheLibrary, _caller: Viewer, download: bool = False
) -> Response:
    """The file as it is, in ranges when asked for; nothing in it can run in a browser."""
    kept = lead_on(library, id, text(request.query_params, "v"))
    if kept is not None:
        return _lead(kept, f"original{'?download=1' if download else ''}")
    asset = library.asset(id)
    path = library.original(asset)
    status = path.stat()
    response = file_response(
        request,
        str(path),
        name=asset.name,
        mime=asset.mime,
        tag=asset.sha256 or f"{status.st_mtime_ns:x}-{status.st_size:x}",
        download=download,
    )
    return _versioned(request, asset, response)


@router.get("/assets/{id}/thumbnail")
def send_thumbnail(id: str, request: Request, library: TheLibrary, _caller: Viewer) -> Response:
    """A small WebP version."""
    kept = lead_on(library, id, text(request.query_params, "v"))
    if kept is not None:
        return _lead(kept, "thumbnail")
    asset = library.asset(id)
    data = library.thumbnail(asset)
    if data is None or asset.sha256 is None:
        raise AssetNotFound(f"{asset.name} has no thumbnail: {asset.skip_detail or asset.state}")
    response = bytes_response(request, data, "image/webp", f"{asset.sha256}-thumbnail")
    return _versioned(request, asset, response)


def _lead(kept: Asset, what: str) -> Response:
    """To the file that was kept; not for ever, since a decision may be undone."""
    headers = {"cache-control": "no-cache"}
    return RedirectResponse(f"/api/v1/assets/{kept.id}/{what}", 302, headers)


def _versioned(request: Request, asset: Asset, response: Response) -> Response:
    """An address that names its version never changes; the bytes of others may be replaced."""
    named = names_version(asset, text(request.query_params, "v"))
    response.headers["cache-control"] = IMMUTABLE if named else "private, no-cache"
    return response


def _chunks(request: Request) -> Iterator[bytes]:
    """The body, for a thread: each chunk is waited for in the event loop."""
    stream = request.stream().__aiter__()

    async def read() -> bytes | None:
        try:
            return await stream.__anext__()
        except StopAsyncIteration:
            return None

    try:
        while (chunk := anyio.from_thread.run(read)) is not None:
            yield chunk
    except ClientDisconnect as error:
        raise InputError("The transfer broke off before its end; send the file again.") from error

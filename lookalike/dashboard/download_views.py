"""Zips of a selection, or of all that the library page shows."""

from __future__ import annotations

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from lookalike.dashboard.address import Address
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.files import archive_response
from lookalike.dashboard.frames import read_params
from lookalike.dashboard.gate import caller_of
from lookalike.errors import InputError

MAX_IDS = 10_000


def download_folder(request: Request) -> Response:
    """A folder and all below it, or the library; the filters of its page narrow."""
    params = read_params(request)
    address = Address.from_params({**params, "sort": [], "q": [], "t": []})
    filters = replace(address.filters(), folder=None)
    library = Desk.of(request).library
    archive = library.archive_folder(address.folder, filters=filters, by=_name(request))
    return archive_response(archive, address.folder.rpartition("/")[2] or "library")


async def download_selection(request: Request) -> Response:
    """The assets whose ids the form holds; a form, so that the browser itself saves the file."""
    async with request.form(max_files=0, max_fields=2) as form:
        ids = [id for id in str(form.get("ids") or "").split(",") if id.isalnum()]
    if len(ids) > MAX_IDS:
        raise InputError(f"At most {MAX_IDS:,} pictures are downloaded at once; choose fewer.")
    library = Desk.of(request).library
    archive = await run_in_threadpool(library.archive, ids, by=_name(request))
    return archive_response(archive, "pictures")


def _name(request: Request) -> str:
    caller = caller_of(request)
    return caller.name if caller else ""

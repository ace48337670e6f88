"""One asset: its page, its files, and what looks like it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lookalike.api.leading import lead_on
from lookalike.dashboard import cards, colours, texts
from lookalike.dashboard.address import Address
from lookalike.dashboard.asset_contexts import AssetPage, StripFragment
from lookalike.dashboard.contexts import Fact, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.explanations import search_before, why
from lookalike.dashboard.files import SHOWN_TYPES, bytes_response, file_response
from lookalike.dashboard.frames import frame
from lookalike.dashboard.library_views import crumbs, folder_url
from lookalike.errors import AssetNotFound, LookalikeError
from lookalike.photo_facts import describe
from lookalike.types import Asset, Source, State

STRIP = 12


def show_asset(request: Request) -> Response:
    """The page of one asset. A link to a copy that a decision put in the trash leads to the kept
    one; with `copy=1` to the copy itself, while it is there."""
    desk = Desk.of(request)
    kept = None if request.query_params.get("copy") == "1" else _kept(request)
    if kept is not None:
        return _lead(f"/assets/{kept.id}?{urlencode({'for': request.path_params['id']})}")
    asset = _asset(request)
    searchable = cards.is_searchable(asset)
    came_from = search_before(request)
    surround = frame(request, title=asset.name, section="library", address=came_from)
    return desk.pages.response(
        AssetPage(
            frame=surround,
            id=asset.id,
            name=asset.name,
            crumbs=crumbs(asset.folder),
            preview_url=_preview_url(asset),
            thumbnail_url=cards.thumbnail_url(asset),
            width_px=asset.width_px or 1,
            height_px=asset.height_px or 1,
            is_drawing=asset.mime == "image/svg+xml",
            facts=_facts(asset),
            colours=colours.swatches(desk.library.palette(asset)),
            tags=[Link(label=tag, url=Address(tags=(tag,)).url("/library")) for tag in asset.tags],
            description=asset.description,
            metadata=[
                Fact(label=name, value=_shown(value)) for name, value in asset.metadata.items()
            ],
            photo=[
                Fact(label=label, value=value)
                for label, value in describe(desk.library.photo_facts(asset))
            ],
            details=_details(asset) if surround.may_edit else "",
            problem=_problem(asset),
            led_from=_led_from(request, asset),
            is_trashed=asset.state is State.TRASHED,
            is_waiting=asset.state is State.PENDING,
            is_upload=asset.source is Source.UPLOAD,
            download_url=_download_url(asset),
            similar_url=cards.similar_url(asset),
            neighbours_url=f"/assets/{asset.id}/neighbours" if searchable else "",
            region_url=f"/search?t=like:{asset.id}@BOX" if searchable else "",
            why=why(desk, asset, came_from) if searchable else None,
        )
    )


def show_neighbours(request: Request) -> Response:
    """The strip of its nearest look-alikes."""
    desk = Desk.of(request)
    try:
        found = desk.searcher.neighbours(_asset(request), STRIP)
    except LookalikeError as error:
        return desk.pages.response(StripFragment(cards=(), message=str(error)))
    tints = desk.library.tints(match.asset for match in found.matches)
    strip = [cards.match_card(match, Address(), tints) for match in found.matches]
    message = "" if strip else "Nothing else is searchable yet."
    return desk.pages.response(StripFragment(cards=strip, message=message))


def send_thumbnail(request: Request) -> Response:
    """The small WebP of an asset."""
    kept = _kept(request)
    if kept is not None:
        return _lead(f"/assets/{kept.id}/thumbnail")
    asset = _asset(request)
    data = Desk.of(request).library.thumbnail(asset)
    if data is None:
        raise AssetNotFound("This file has no thumbnail.")
    return bytes_response(request, data, "image/webp", f"{asset.sha256}-thumbnail")


def send_original(request: Request) -> Response:
    """The file itself."""
    download = request.query_params.get("download") == "1"
    kept = _kept(request)
    if kept is not None:
        return _lead(f"/assets/{kept.id}/original{'?download=1' if download else ''}")
    asset = _asset(request)
    path = Desk.of(request).library.original(asset)
    stat = path.stat()
    return file_response(
        request,
        str(path),
        name=asset.name,
        mime=asset.mime,
        tag=f"{stat.st_mtime_ns:x}-{stat.st_size:x}",
        download=download,
    )


def _asset(request: Request) -> Asset:
    """By id only: a path in an address would tell what is on the disk."""
    try:
        return Desk.of(request).library.asset(_clean(request.path_params["id"]))
    except AssetNotFound:
        raise AssetNotFound("This picture is not in the library, or not any more.") from None


def _kept(request: Request) -> Asset | None:
    """What was kept instead of the copy that an address names."""
    id, version = _clean(request.path_params["id"]), request.query_params.get("v")
    return lead_on(Desk.of(request).library, id, version)


def _lead(url: str) -> Response:
    """Not for ever, since a decision may be undone."""
    return RedirectResponse(url, 302, {"cache-control": "no-cache"})


def _led_from(request: Request, asset: Asset) -> Link | None:
    """The copy whose address led here; without an address of its own once the trash was emptied."""
    id = _clean(request.query_params.get("for", ""))
    library = Desk.of(request).library
    kept = lead_on(library, id)
    if kept is None or kept.key != asset.key:
        return None
    try:
        copy = library.asset(id)
    except AssetNotFound:
        return Link(label="a copy that is gone", url="")
    return Link(label=copy.name, url=cards.asset_url(copy))


def _clean(id: str) -> str:
    return id if id.isalnum() else "-"


def _download_url(asset: Asset) -> str:
    """With its version in the trash, where the address alone leads to what was kept."""
    version = {"v": (asset.sha256 or "")[:16]} if asset.state is State.TRASHED else {}
    return f"/assets/{asset.id}/original?{urlencode({'download': 1} | version)}"


def _preview_url(asset: Asset) -> str:
    version = (asset.sha256 or "")[:16]
    return f"/assets/{asset.id}/original?v={version}" if asset.mime in SHOWN_TYPES else ""


def _problem(asset: Asset) -> str:
    if asset.state is State.SKIPPED:
        reason = texts.skip_reason(asset.skip_reason or "")
        return f"{reason}: {asset.skip_detail}" if asset.skip_detail else reason
    if asset.state is State.PENDING:
        return "Waits to be read; it turns searchable by itself."
    if asset.state is State.TRASHED:
        return "In the trash."
    if asset.state is State.MISSING:
        return "The file is not where it was; it comes back when the file does."
    return ""


def _details(asset: Asset) -> str:
    """What the scripts need to edit it in place; nothing of what is in the trash is edited."""
    if asset.state is State.TRASHED:
        return ""
    return json.dumps(
        {
            "name": asset.name,
            "folder": asset.folder,
            "tags": list(asset.tags),
            "description": asset.description,
            "metadata": dict(asset.metadata),
        }
    )


def _shown(value: object) -> str:
    """A value of custom metadata for a person."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _changed(asset: Asset) -> str:
    if asset.mtime_ns is None:
        return ""
    return texts.moment(datetime.fromtimestamp(asset.mtime_ns / 1e9, UTC))


def _facts(asset: Asset) -> list[Fact]:
    facts = [
        Fact(label="Type", value=texts.kind(asset)),
        Fact(label="Dimensions", value=f"{texts.dimensions(asset)} px" if asset.width_px else ""),
        Fact(label="Size", value=texts.size(asset.size_bytes)),
        Fact(label="Taken", value=texts.moment(asset.taken_at) if asset.taken_at else ""),
        Fact(label="File changed", value=_changed(asset)),
        Fact(label="Added", value=texts.day(asset.created_at)),
        Fact(label="Folder", value=asset.folder or "Library", url=folder_url(asset.folder)),
        Fact(
            label="Kept", value="Linked file" if asset.source is Source.LINKED else "In the library"
        ),
        Fact(label="Path", value=asset.path or ""),
        Fact(label="SHA-256", value=asset.sha256 or ""),
    ]
    return [fact for fact in facts if fact.value]

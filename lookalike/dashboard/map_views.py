"""The map of the library: its page, and what its points lead to."""

from __future__ import annotations

import json

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from lookalike.dashboard import cards, texts
from lookalike.dashboard.address import Address
from lookalike.dashboard.contexts import EmptyState, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import frame, read_params
from lookalike.dashboard.group_contexts import MapPage, MapRegion
from lookalike.dashboard.group_views import back_link, view_links
from lookalike.errors import AssetNotFound
from lookalike.types import Asset

_MATCHES = 1000


def show_map(request: Request) -> Response:
    """The page; with a query its results are highlighted."""
    desk = Desk.of(request)
    address = Address.from_params(read_params(request))
    regions, total = _regions(desk)
    page = MapPage(
        frame=frame(request, title="Map", section="groups", address=address, home="/map"),
        total=texts.count(total, "picture") if total else "",
        regions=regions,
        matches_url="" if address.is_empty else address.url("/map/matches"),
        query=address.words or "your search",
        back=back_link(address),
        views=view_links(address, "/map"),
        empty=None
        if total
        else EmptyState(
            title="No map yet",
            text="Pictures that look alike lie side by side here, once 20 or more are searchable "
            "and nothing is being indexed.",
            links=[Link(label="To the library", url="/library")],
        ),
    )
    return desk.pages.response(page)


def _regions(desk: Desk) -> tuple[list[MapRegion], int]:
    """Each group, where the middle of its pictures is, the largest first; and how many points
    there are."""
    places = desk.library.places()
    if places is None:
        return [], 0
    ids, sizes = np.unique(places.groups, return_counts=True)
    middles = np.cumsum(sizes) - sizes + sizes // 2  # in an order by group, then coordinate
    across, down = (
        places.points[np.lexsort((places.points[:, axis], places.groups))[middles], axis]
        for axis in (0, 1)
    )
    place_of = {
        id: (f"{x:.4f}", f"{y:.4f}") for id, x, y in zip(ids.tolist(), across, down, strict=True)
    }
    regions = [
        MapRegion(
            id=group.id or 0,
            label=group.label,
            count=texts.count(group.size, "picture"),
            url=f"/groups/{group.id}",
            x=place_of[group.id or 0][0],
            y=place_of[group.id or 0][1],
        )
        for group in desk.library.group_overview(nearest=0).groups
        if group.id in place_of
    ]
    return regions, len(places.keys)


def send_matches(request: Request) -> Response:
    """The keys of what a query finds."""
    address = Address.from_params(read_params(request))
    found = Desk.of(request).searcher.best(address, _MATCHES)
    return JSONResponse({"keys": [match.asset.key for match in found]})


def send_picture(request: Request) -> Response:
    """What is said about the picture at a point."""
    asset = _asset(request)
    said = json.dumps({"name": asset.name, "folder": asset.folder})  # ASCII, whatever the bytes
    return Response(said, media_type="application/json", headers={"cache-control": "no-store"})


def open_point(request: Request) -> Response:
    """The page of the picture at a point."""
    return RedirectResponse(cards.asset_url(_asset(request)), 303)


def send_point(request: Request) -> Response:
    """The thumbnail of the picture at a point."""
    asset = _asset(request)
    data = Desk.of(request).library.thumbnail(asset)
    if data is None:
        raise AssetNotFound("This picture has no thumbnail.")
    return Response(
        data, media_type="image/webp", headers={"cache-control": "private, max-age=3600"}
    )


def _asset(request: Request) -> Asset:
    text = request.path_params["key"]
    found = (
        Desk.of(request).library.assets_by_key([int(text)])
        if text.isascii() and text.isdecimal() and len(text) < 16
        else []
    )
    if not found:
        raise AssetNotFound("This picture is not in the library any more.")
    return found[0]

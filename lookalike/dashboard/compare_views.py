"""Two pictures compared: over each other, and in a table of what differs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from lookalike.dashboard import cards, texts
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.files import bytes_response
from lookalike.dashboard.frames import frame
from lookalike.dashboard.review_contexts import ComparisonPage, Difference
from lookalike.dashboard.review_views import compare_url, is_merging, plain_card
from lookalike.decisions import References
from lookalike.errors import AssetNotFound, InputError
from lookalike.library import Library
from lookalike.types import Asset, Duplicate, Relation, Source

# What a browser lays over each other as it is; other changes need the copy put in place first.
_IN_PLACE = frozenset(
    {
        Relation.IDENTICAL,
        Relation.SAME_PIXELS,
        Relation.RE_ENCODED,
        Relation.RESIZED,
        Relation.RECOLOURED,
        Relation.OVERLAID,
    }
)
_WHOLE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})
_MAX_PIXELS = 24_000_000  # of a picture that is shown whole


def show_comparison(request: Request) -> Response:
    """The page of two pictures; its middle when a script asks for that."""
    desk = Desk.of(request)
    one, other = _pair(request)
    copy = _find_relation(desk.library, one, other)
    relation = copy.relation if copy else None
    is_whole = relation in _IN_PLACE and _may_be_whole(one) and _may_be_whole(other)
    said = f"{texts.RELATIONS[relation]}, {copy.confidence:.0%} sure" if copy and relation else ""
    url = compare_url(one, other)
    context = ComparisonPage(
        frame=frame(request, title=f"{one.name} and {other.name}", section="duplicates"),
        one=plain_card(one, compare_url=url),
        other=plain_card(other, compare_url=url),
        relation=said,
        one_url=_original_url(one) if is_whole else cards.thumbnail_url(one),
        other_url=_original_url(other) if is_whole else _laid_url(one, other),
        is_preview=not is_whole,
        width_px=one.width_px or 1,
        height_px=one.height_px or 1,
        lines=_differences(desk.library, one, other),
        is_merging=is_merging(request),
    )
    if request.headers.get("x-part") == "compare":
        html = desk.pages.render(context, "compare_body.html")
        return Response(html, media_type="text/html", headers={"cache-control": "no-store"})
    return desk.pages.response(context)


def send_laid(request: Request) -> Response:
    """The second picture put in place over the first, small."""
    one, other = _pair(request)
    data = Desk.of(request).library.laid_over(one, other)
    if data is None:
        raise AssetNotFound("These pictures have no thumbnails.")
    return bytes_response(request, data, "image/webp", f"{one.sha256}-{other.sha256}-laid")


def _pair(request: Request) -> tuple[Asset, Asset]:
    """By id only, as everywhere on the pages."""
    library = Desk.of(request).library
    found = []
    for name in ("a", "b"):
        id = request.query_params.get(name, "")
        try:
            found.append(library.asset(id if id.isalnum() else "-"))
        except AssetNotFound:
            raise AssetNotFound("This picture is not in the library, or not any more.") from None
    if found[0].key == found[1].key:
        raise InputError("Choose two pictures to compare.")
    return found[0], found[1]


def _find_relation(library: Library, one: Asset, other: Asset) -> Duplicate | None:
    """The copy among the two, when the other is the original of its group."""
    for shown in library.review_of([one]):
        copies = {copy.asset.key: copy for copy in shown.group.duplicates}
        if one.key in copies and other.key in copies:
            by_key = (copies[one.key], copies[other.key])
            if by_key[0].relation is None:
                return by_key[1]
            return by_key[0] if by_key[1].relation is None else None
    return None


def _may_be_whole(asset: Asset) -> bool:
    pixels = (asset.width_px or 0) * (asset.height_px or 0)
    return asset.mime in _WHOLE_TYPES and pixels <= _MAX_PIXELS


def _original_url(asset: Asset) -> str:
    return f"/assets/{asset.id}/original?v={(asset.sha256 or '')[:16]}"


def _laid_url(one: Asset, other: Asset) -> str:
    version = f"{(one.sha256 or '')[:8]}{(other.sha256 or '')[:8]}"
    return f"/duplicates/laid?{urlencode({'a': one.id, 'b': other.id, 'v': version})}"


def _differences(library: Library, one: Asset, other: Asset) -> list[Difference]:
    lines = zip(_facts(library, one), _facts(library, other), strict=True)
    return [
        Difference(label=label, one=first or "–", other=second or "–", is_same=first == second)
        for (label, first), (_, second) in lines
    ]


def _users(found: References) -> str:
    """What refers to a picture, as far as the library knows."""
    parts = [f"the saved search “{name}”" for name in found.searches]
    if found.copies:
        lead = "leads" if found.copies == 1 else "lead"
        parts.append(f"{texts.count(found.copies, 'trashed copy', 'trashed copies')} {lead} to it")
    return "; ".join(parts)


def _file_time(asset: Asset) -> str:
    if asset.mtime_ns is None:
        return ""
    return texts.moment(datetime.fromtimestamp(asset.mtime_ns / 1e9, UTC))


def _facts(library: Library, asset: Asset) -> list[tuple[str, str]]:
    metadata = [f"{name}: {json.dumps(value)}" for name, value in sorted(asset.metadata.items())]
    return [
        ("Size", f"{texts.size(asset.size_bytes)} ({asset.size_bytes:,} bytes)"),
        ("Dimensions", texts.dimensions(asset)),
        ("Format", texts.kind(asset)),
        ("Name", asset.name),
        ("Folder", asset.folder or "Library"),
        ("Tags", ", ".join(asset.tags)),
        ("Description", asset.description),
        ("Custom metadata", "; ".join(metadata)),
        ("Taken", texts.moment(asset.taken_at) if asset.taken_at else ""),
        ("File changed", _file_time(asset)),
        ("Added", texts.moment(asset.created_at)),
        ("Path", asset.path or ""),
        ("Kept", "Linked file" if asset.source is Source.LINKED else "In the library"),
        ("Used by", _users(library.references(asset))),
    ]

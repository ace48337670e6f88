"""The frame of every page: search bar, chips, filters, theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request

from lookalike import __version__
from lookalike.dashboard import cards, colours, work
from lookalike.dashboard.address import (
    ORIENTATIONS,
    SORTS,
    TYPES,
    WEIGHTS,
    Address,
    AddressTerm,
)
from lookalike.dashboard.contexts import Bar, Chip, Choice, FilterForm, Frame, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.gate import caller_of
from lookalike.errors import AssetNotFound, QueryImageGone
from lookalike.types import MINUS_WEIGHT, Folder, Role

THEMES = ("light", "dark")
MOST_FOLDERS = 100  # in the list of a filter
_FILTER_NAMES: Mapping[str, str] = {
    "name": "Named “{}”",
    "orientation": "{}",
    "after": "From {}",
    "before": "Until {}",
    "min_width": "At least {} px wide",
    "min_height": "At least {} px high",
    "min_mb": "At least {} MB",
    "max_mb": "At most {} MB",
}
_NO_VALUE: Mapping[str, Any] = {"min_width": None, "min_height": None, "min_mb": None,
                                "max_mb": None}  # fmt: skip


def read_params(request: Request) -> dict[str, list[str]]:
    """The parameters of a request, each with all its values."""
    params: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        params.setdefault(name, []).append(value)
    return params


def frame(
    request: Request,
    *,
    title: str,
    section: str,
    address: Address | None = None,
    home: str = "/search",
) -> Frame:
    """What surrounds a page; `address` is the query that the search bar shows, and `home` the
    page that its filters apply to."""
    desk = Desk.of(request)
    caller = caller_of(request)
    theme = request.cookies.get("theme", "")
    settings = desk.library.settings
    return Frame(
        title=title,
        section=section,
        path=_path(request),
        bar=bar(desk, address or Address(), home, is_inside=caller is not None),
        theme=theme if theme in THEMES else "",
        static=desk.pages.static,
        version=__version__,
        indexing=work.look(desk.library).text if caller else "",
        user=caller.name if caller else "",
        is_inside=caller is not None,
        may_edit=caller is not None and caller.role.covers(Role.EDITOR),
        may_administer=caller is not None and caller.role.covers(Role.ADMINISTRATOR),
        csrf=caller.csrf_token if caller else "",
        saved=_saved(desk) if caller else (),
        limits={
            "query": settings.max_query_upload_bytes,
            "fetch": settings.max_fetch_bytes,
            "upload": settings.max_upload_bytes,
        },
    )


def bar(desk: Desk, address: Address, home: str = "/search", *, is_inside: bool) -> Bar:
    """The search bar as this query fills it; a stranger learns no folders from it."""
    folders = _offered(desk.library.folders()) if is_inside else []
    return Bar(
        words=address.words,
        chips=[_chip(desk, address, place) for place in range(len(address.terms))],
        hidden=_hidden(address),
        filters=_filter_form(address, home, folders),
        sorts=[Choice(label=t, value=v, is_chosen=v == address.sort) for v, t in SORTS.items()],
    )


def _hidden(address: Address) -> list[tuple[str, str]]:
    """What the form sends along, since no field shows it."""
    hidden = [("t", term.to_text()) for term in address.terms]
    hidden += [("literal", "1")] if address.is_literal else []
    return hidden + ([("name", address.name)] if address.name else [])


def _offered(folders: Sequence[Folder]) -> list[str]:
    """The folders to choose from: of very many only the upper levels, since each page holds them.
    The folders inside one are a click away on its page."""
    depth = 1
    found = [folder.path for folder in folders if "/" not in folder.path]
    while len(found) < len(folders):
        depth += 1
        deeper = [folder.path for folder in folders if folder.path.count("/") < depth]
        if len(deeper) > MOST_FOLDERS:
            break
        found = deeper
    return found[:MOST_FOLDERS]


def _saved(desk: Desk) -> list[Link]:
    return [
        Link(label=saved.name, url=f"/search?{saved.query}", count=str(saved.id))
        for saved in desk.library.saved_searches()
    ]


def _path(request: Request) -> str:
    if request.method != "GET":
        return "/library"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _chip(desk: Desk, address: Address, place: int) -> Chip:
    term = address.terms[place]
    label, detail, thumbnail = _describe(desk, term)
    colour = colours.dot(term.value) if term.kind == "colour" else ""
    weights = [
        Link(
            label=f"×{weight:g}",
            url=address.weighing(place, weight if term.weight > 0 else -weight).url(),
            is_current=abs(term.weight) == weight,
        )
        for weight in WEIGHTS
    ]
    flipped = MINUS_WEIGHT if term.weight > 0 else 1.0
    return Chip(
        label=label,
        detail=detail,
        thumbnail_url=thumbnail,
        colour=colour,
        is_minus=term.weight < 0,
        flip_url=address.weighing(place, flipped).url(),
        remove_url=address.without(place).url(),
        weights=weights,
    )


def _describe(desk: Desk, term: AddressTerm) -> tuple[str, str, str]:
    """Label, detail and thumbnail of a term."""
    part = "part of " if term.box else ""
    if term.kind == "text":
        return term.value, "", ""
    if term.kind == "colour":
        return colours.label(term.value), "A colour", ""
    if term.kind == "image":
        thumbnail = cards.crop_url(term) if term.box else cards.query_image_url(term.value)
        try:
            return "Searching by image", part + desk.images.get(term.value).label, thumbnail
        except QueryImageGone:
            return "Searching by image", "no longer kept", ""
    try:
        asset = desk.library.asset(term.value)
    except AssetNotFound:
        return "A picture", "no longer in the library", ""
    thumbnail = cards.crop_url(term) if term.box else cards.thumbnail_url(asset)
    return ("Part of a picture" if term.box else "Like this picture"), asset.name, thumbnail


def _filter_form(address: Address, home: str, folders: Sequence[str]) -> FilterForm:
    return FilterForm(
        types=[
            Choice(label=_type_label(name), value=name, is_chosen=name in address.types)
            for name in TYPES
        ],
        orientations=[
            Choice(label=name.capitalize(), value=name, is_chosen=name == address.orientation)
            for name in ORIENTATIONS
        ],
        colours=colours.choices(address.colour),
        own_colour=colours.own_choice(address.colour),
        folder=address.folder,
        folders=folders,
        after=address.after,
        before=address.before,
        min_width=_field(address.min_width),
        min_height=_field(address.min_height),
        min_mb=_field(address.min_mb),
        max_mb=_field(address.max_mb),
        tags=address.tags,
        active=_active_filters(address, home),
        clear_url=address.unfiltered().url(home),
    )


def _active_filters(address: Address, home: str) -> Sequence[Link]:
    """Each active filter, with the address of the query without it."""
    active = []
    if address.folder:
        active.append(Link(label=f"In {address.folder}", url=replace(address, folder="").url(home)))
    for name in address.types:
        others = tuple(t for t in address.types if t != name)
        active.append(Link(label=_type_label(name), url=replace(address, types=others).url(home)))
    for tag in address.tags:
        left = tuple(t for t in address.tags if t != tag)
        active.append(Link(label=f"#{tag}", url=replace(address, tags=left).url(home)))
    if address.colour:
        shown = colours.label(address.colour)
        active.append(Link(label=shown, url=replace(address, colour="").url(home)))
    for name, text in _FILTER_NAMES.items():
        value = getattr(address, name)
        if value not in ("", None):
            shown = text.format(f"{value:g}" if isinstance(value, float) else value)
            url = replace(address, **{name: _NO_VALUE.get(name, "")}).url(home)
            active.append(Link(label=shown[:1].upper() + shown[1:], url=url))
    return active


def _type_label(name: str) -> str:
    return "WebP" if name == "webp" else name.upper()


def _field(value: float | None) -> str:
    return "" if value is None else f"{value:g}"

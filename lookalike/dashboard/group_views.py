"""Groups of similar pictures: of the library, inside a group, and among the results of a search."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from lookalike.dashboard import cards, texts
from lookalike.dashboard.address import Address, AddressTerm
from lookalike.dashboard.contexts import EmptyState, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import frame, read_params
from lookalike.dashboard.group_contexts import GroupCard, GroupPage, GroupsPage
from lookalike.errors import GroupNotFound
from lookalike.types import GroupBrief, GroupOverview

CHUNK = 60
_MIDDLE = 3  # pictures that a saved search of a group looks for
_RESULTS = 1000


def show_groups(request: Request) -> Response:
    """All groups; with a query, those among its results, or with `part` one of these."""
    desk = Desk.of(request)
    params = read_params(request)
    address = Address.from_params(params)
    if address.is_empty:
        return desk.pages.response(_library_page(request))
    found = desk.library.group_among([m.asset.key for m in desk.searcher.best(address, _RESULTS)])
    place = (params.get("part") or [""])[0]
    if place:
        crumbs = [Link(label="Groups of these results", url=address.url("/groups"))]
        base = address.url("/groups", part=place)
        return _group_response(request, _part(found, place), crumbs, base, ())
    page = GroupsPage(
        frame=frame(request, title="Groups", section="groups", address=address),
        title="Groups of these results",
        summary=_summary(found),
        groups=[
            _card(group, address.url("/groups", part=str(i)))
            for i, group in enumerate(found.groups)
        ],
        back=back_link(address),
        views=view_links(address, "/groups"),
        empty=None if found.groups else _too_few(),
    )
    return desk.pages.response(page)


def show_group(request: Request) -> Response:
    """One group of the library; with `part`, a group inside it."""
    library = Desk.of(request).library
    id = _number(request.path_params["id"])
    group = library.group(id)
    inside = library.groups_inside(id)
    place = (read_params(request).get("part") or [""])[0]
    crumbs = [Link(label="Groups", url="/groups")]
    url = f"/groups/{id}"
    if place:
        crumbs.append(Link(label=group.label, url=url))
        return _group_response(request, _part(inside, place), crumbs, f"{url}?part={place}", ())
    parts = [_card(part, f"{url}?part={i}") for i, part in enumerate(inside.groups)]
    return _group_response(request, group, crumbs, url, parts)


def _group_response(
    request: Request,
    group: GroupBrief,
    crumbs: Sequence[Link],
    url: str,
    inside: Sequence[GroupCard],
) -> Response:
    desk = Desk.of(request)
    start = _number((read_params(request).get("cursor") or ["0"])[0])
    end = start + CHUNK
    assets = desk.library.assets_by_key(group.keys[start:end])
    joint = "&" if "?" in url else "?"
    every = desk.library.assets_by_key(group.keys[:10_000]) if start == 0 else []
    middle = tuple(AddressTerm("like", asset.id) for asset in every[:_MIDDLE])
    page = GroupPage(
        frame=frame(request, title=group.label, section="groups"),
        id=group.id,
        title=group.label,
        total=texts.count(group.size, "picture"),
        crumbs=crumbs,
        inside=inside,
        cards=[cards.card(asset) for asset in assets],
        next_url=f"{url}{joint}{urlencode({'cursor': end})}" if end < group.size else "",
        ids=[asset.id for asset in every],
        query=Address(terms=middle).url("")[1:],
    )
    if request.headers.get("x-part") == "chunk":
        html = desk.pages.render(page, "group_chunk.html")
        return Response(html, media_type="text/html", headers={"cache-control": "no-store"})
    return desk.pages.response(page)


def _library_page(request: Request) -> GroupsPage:
    found = Desk.of(request).library.group_overview()
    when = f", arranged {texts.day(found.arranged_at)}" if found.arranged_at else ""
    waiting = f", {found.waiting:,} more are waiting" if found.waiting and found.groups else ""
    return GroupsPage(
        frame=frame(request, title="Groups", section="groups"),
        title="Groups",
        summary=_summary(found) + waiting + when if found.groups else "",
        groups=[_card(group, f"/groups/{group.id}") for group in found.groups],
        back=None,
        views=view_links(Address(), "/groups"),
        empty=None if found.groups else _not_yet(),
    )


def view_links(address: Address, current: str) -> list[Link]:
    """The pages that show how pictures lie to one another, each of the same query."""
    return [
        Link(label=label, url=address.url(path), is_current=path == current)
        for path, label in (("/groups", "Groups"), ("/map", "Map"))
    ]


def back_link(address: Address) -> Link | None:
    """To the results of a query."""
    return None if address.is_empty else Link(label="All results", url=address.url())


def _card(group: GroupBrief, url: str) -> GroupCard:
    return GroupCard(
        label=group.label,
        count=texts.count(group.size, "picture"),
        url=url,
        thumbnails=[cards.thumbnail_url(asset) for asset in group.nearest],
    )


def _summary(found: GroupOverview) -> str:
    single = f", {texts.count(found.single, 'picture')} in none" if found.single else ""
    return texts.count(len(found.groups), "group") + single


def _part(found: GroupOverview, place: str) -> GroupBrief:
    number = _number(place)
    if number >= len(found.groups):
        raise GroupNotFound("This group is there no more; look at the groups as they are now.")
    return found.groups[number]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise GroupNotFound("There is no such group; look at the groups as they are now.")
    return int(text)


def _not_yet() -> EmptyState:
    return EmptyState(
        title="No groups yet",
        text="Pictures that look alike are gathered here by themselves, once 20 or more are "
        "searchable and nothing is being indexed.",
        links=[Link(label="To the library", url="/library")],
    )


def _too_few() -> EmptyState:
    return EmptyState(
        title="No groups among these",
        text="There are too few results, or they are all different from one another.",
    )

"""Going through the library: folders, filters, sorting, grid and list."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from lookalike.dashboard import cards, texts, work
from lookalike.dashboard.address import Address
from lookalike.dashboard.contexts import Card, Choice, EmptyState, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import frame, read_params
from lookalike.dashboard.library_contexts import CardsFragment, FolderNode, LibraryPage
from lookalike.library.browsing import SHOWN
from lookalike.types import Asset, Folder, Page, Sort, State

CHUNK = 60
# Value in the address -> label, order, whether descending.
_SORTS: dict[str, tuple[str, Sort, bool]] = {
    "added": ("Last added", Sort.CREATED, True),
    "newest": ("Newest", Sort.TAKEN, True),
    "oldest": ("Oldest", Sort.TAKEN, False),
    "name": ("Name", Sort.NAME, False),
    "largest": ("Largest file", Sort.SIZE, True),
    "smallest": ("Smallest file", Sort.SIZE, False),
}
_DEFAULT_SORT = "added"
_VIEWS = {"grid": "Grid", "list": "List"}
_STATES = {
    "": "All",
    State.PENDING: "Indexing",
    State.SKIPPED: "Not searchable",
    State.MISSING: "Missing",
}
_MOST_CARDS = 200  # asked for at once


def show_library(request: Request) -> Response:
    """The assets of a folder and all below; a chunk of them when a script asks for one."""
    desk = Desk.of(request)
    params = read_params(request)
    sort = _chosen(params, "sort", _SORTS, _DEFAULT_SORT)
    view = _chosen(params, "view", _VIEWS, "grid")
    state = _chosen(params, "state", _STATES, "")
    address = Address.from_params({**params, "sort": [], "q": [], "t": []})
    _, order, descending = _SORTS[sort]
    page = desk.library.list_assets(
        filters=address.filters(),
        states=(state,) if state else SHOWN,
        sort=order,
        descending=descending,
        limit=CHUNK,
        cursor=next(iter(params.get("cursor", ())), None),
    )
    context = _context(request, address, page, sort=sort, view=view, state=state)
    if request.headers.get("x-part") == "chunk":
        html = desk.pages.render(context, "library_chunk.html")
        return Response(html, media_type="text/html", headers={"cache-control": "no-store"})
    return desk.pages.response(context)


def show_cards(request: Request) -> Response:
    """The assets of these ids, for a list that lets go of what is far from the window. `of`: only
    those in the `library`, or in the `trash`."""
    desk = Desk.of(request)
    params = read_params(request)
    ids = [id for id in ",".join(params.get("ids", ())).split(",") if id.isalnum()]
    assets = desk.library.assets(ids[:_MOST_CARDS])
    of = _chosen(params, "of", ("any", "library", "trash"), "any")
    if of != "any":
        assets = [a for a in assets if (a.state is State.TRASHED) == (of == "trash")]
    context = CardsFragment(
        cards=_cards(desk, assets),
        view=_chosen(params, "view", _VIEWS, "grid"),
    )
    return desk.pages.response(context)


def folder_url(folder: str) -> str:
    """The page of a folder."""
    return f"/library?{urlencode({'folder': folder})}" if folder else "/library"


def crumbs(folder: str) -> list[Link]:
    """The way from the top to a folder."""
    parts = folder.split("/") if folder else []
    way = [Link(label="Library", url="/library", is_current=not parts)]
    way += [
        Link(
            label=part,
            url=folder_url("/".join(parts[: place + 1])),
            is_current=place + 1 == len(parts),
        )
        for place, part in enumerate(parts)
    ]
    return way


def tree(folders: Sequence[Folder], current: str) -> list[FolderNode]:
    """The folders as a tree, open along the way to the current one."""
    children: dict[str, list[Folder]] = {}
    for folder in folders:
        children.setdefault(_around(folder.path), []).append(folder)

    def is_open(folder: Folder, depth: int) -> bool:
        return depth == 0 or f"{current}/".startswith(f"{folder.path}/")

    def grow(around: str, depth: int) -> list[FolderNode]:
        return [
            FolderNode(
                name=folder.name,
                url=folder_url(folder.path),
                count=f"{folder.total:,}",
                depth=depth,
                is_current=folder.path == current,
                is_open=is_open(folder, depth),
                children=grow(folder.path, depth + 1) if is_open(folder, depth) else [],
            )
            for folder in children.get(around, ())
        ]

    return grow("", 0)


def _context(
    request: Request, address: Address, page: Page, *, sort: str, view: str, state: str
) -> LibraryPage:
    desk = Desk.of(request)
    folders = desk.library.folders()
    inside = [f for f in folders if _around(f.path) == address.folder]
    extra = {
        "sort": "" if sort == _DEFAULT_SORT else sort,
        "view": "" if view == "grid" else view,
        "state": state,
    }
    title = address.folder.rpartition("/")[2] or "Library"
    upload_folder, upload_note = _upload_place(folders, address.folder)
    surround = frame(request, title=title, section="library", address=address, home="/library")
    return LibraryPage(
        frame=surround,
        crumbs=crumbs(address.folder),
        tree=tree(folders, address.folder),
        subfolders=[
            Link(
                label=folder.name,
                url=replace(address, folder=folder.path).url("/library", **extra),
                count=f"{folder.total:,}",
            )
            for folder in inside
        ],
        cards=_cards(desk, page.assets),
        total="" if page.total is None else texts.count(page.total, "file"),
        next_url=(
            address.url("/library", **extra, cursor=page.next_cursor) if page.next_cursor else ""
        ),
        sorts=[
            Choice(label=label, value=value, is_chosen=value == sort)
            for value, (label, _, _) in _SORTS.items()
        ],
        views=[
            Link(
                label=label,
                url=address.url("/library", **{**extra, "view": "" if value == "grid" else value}),
                is_current=value == view,
            )
            for value, label in _VIEWS.items()
        ],
        view=view,
        filter_params=[*address.filter_params(), *([("state", state)] if state else [])],
        states=_states(desk, address, extra),
        folder=address.folder,
        may_rename=bool(address.folder) and not upload_note,
        download_url=address.url("/download") if page.assets and not state else "",
        upload_folder=upload_folder,
        upload_note=upload_note,
        empty=None if page.assets else _empty(desk, address, state),
    )


def _cards(desk: Desk, assets: Sequence[Asset]) -> list[Card]:
    tints = desk.library.tints(assets)
    return [cards.card(asset, tints=tints) for asset in assets]


def _states(desk: Desk, address: Address, extra: Mapping[str, str]) -> list[Link]:
    """What there is beside the searchable, with counts where they are those of the page."""
    coverage = desk.library.coverage()
    counts = {
        State.PENDING: coverage.pending - coverage.renewing,
        State.SKIPPED: sum(coverage.skipped.values()),
        State.MISSING: coverage.missing,
    }
    chosen = extra["state"]
    shown = [s for s in _STATES if not s or s == chosen or counts[State(s)]]
    is_whole = not address.filter_params()
    return [
        Link(
            label=_STATES[s],
            url=address.url("/library", **{**extra, "state": s}),
            is_current=s == chosen,
            count=f"{counts[State(s)]:,}" if s and is_whole else "",
        )
        for s in shown
        if len(shown) > 1
    ]


def _upload_place(folders: Sequence[Folder], folder: str) -> tuple[str, str]:
    """Where an upload goes from the page of a folder, and why not there."""
    if any(f.linked and f.path == folder for f in folders):
        return "", "A linked folder is never changed, so uploads go to the top of the library."
    return folder, ""


def _empty(desk: Desk, address: Address, state: str) -> EmptyState:
    folder_only = Address(folder=address.folder)
    if address.folder and address == folder_only and not state:
        return EmptyState(
            title="This folder is empty",
            text="Drop pictures here, or move some to it.",
        )
    if address.filter_params() or state:
        return EmptyState(
            title="Nothing here passes the filters",
            text="Take one away, or look in the whole library.",
            links=[Link(label="Show everything", url="/library")],
        )
    if work.look(desk.library).running:
        return EmptyState(
            title="Looking for pictures",
            text="They turn up here as they are found, and can be searched a moment later.",
        )
    return EmptyState(
        title="Your library is empty",
        text="Link a folder of pictures: they stay where they are and are never changed. Or upload "
        "some: drop them anywhere on this page.",
        is_first_run=True,
    )


def _around(path: str) -> str:
    return path.rpartition("/")[0]


def _chosen(
    params: Mapping[str, Sequence[str]], name: str, choices: Container[str], default: str
) -> str:
    value = (params.get(name) or [default])[0]
    return value if value in choices else default

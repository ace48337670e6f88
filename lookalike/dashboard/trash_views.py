"""The trash: what it holds, and the way back."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from lookalike.dashboard import cards, texts
from lookalike.dashboard.contexts import EmptyState
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import frame, read_params
from lookalike.dashboard.library_contexts import TrashPage
from lookalike.dashboard.library_views import CHUNK
from lookalike.types import State

_TEXT = "What you put in the trash waits here; nothing is deleted before it is emptied."


def show_trash(request: Request) -> Response:
    """A page of it; a chunk when a script asks for one."""
    desk = Desk.of(request)
    page = desk.library.list_assets(
        states=(State.TRASHED,),
        limit=CHUNK,
        cursor=next(iter(read_params(request).get("cursor", ())), None),
    )
    count, size_bytes = desk.library.measure_trash()
    context = TrashPage(
        frame=frame(request, title="Trash", section="trash"),
        cards=[cards.card(asset) for asset in page.assets],
        total=f"{texts.count(count, 'file')}, {texts.size(size_bytes)}" if count else "",
        next_url=f"/trash?{urlencode({'cursor': page.next_cursor})}" if page.next_cursor else "",
        empty=None if page.assets else EmptyState(title="The trash is empty", text=_TEXT),
    )
    if request.headers.get("x-part") == "chunk":
        html = desk.pages.render(context, "trash_chunk.html")
        return Response(html, media_type="text/html", headers={"cache-control": "no-store"})
    return desk.pages.response(context)

"""Settings and status: folders, coverage, visual search, people, keys, and work as it happens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from lookalike.api.ending import Ending
from lookalike.dashboard import cards, texts, work
from lookalike.dashboard.contexts import Fact
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import THEMES, frame
from lookalike.dashboard.gate import safe_path
from lookalike.dashboard.model_views import model_section
from lookalike.dashboard.search_views import coverage_line
from lookalike.dashboard.settings_contexts import (
    Event,
    FolderLine,
    KeyLine,
    Meter,
    SettingsPage,
    SkippedGroup,
    UserLine,
)
from lookalike.library import Library
from lookalike.library.watching import RESCAN_S
from lookalike.types import Coverage, Role, Status, WatchedFolder

_EXAMPLES = 3  # of each skip reason
_EVENTS_SHOWN = 12
_LOOK_EVERY_S = 0.5
_YEAR_S = 365 * 24 * 3600


def show_settings(request: Request) -> Response:
    """The page; what only administrators may do, only they see."""
    desk = Desk.of(request)
    library = desk.library
    status = library.status()
    surround = frame(request, title="Settings", section="settings")
    page = SettingsPage(
        frame=surround,
        folders=[_folder(folder, library) for folder in library.watched_folders()],
        work=work.look(library),
        meters=_meters(status.coverage),
        coverage=replace(coverage_line(status.coverage), text=texts.searchable(status.coverage)),
        skipped=_skipped(library, status.coverage),
        facts=_facts(status, is_full=surround.may_administer),
        visual_search=library.is_visual_search_on(),
        is_off_by_settings=not library.settings.visual_search,
        requests=[request.who for request in library.access_requests()],
        roles=list(Role),
        users=_users(library) if surround.may_administer else (),
        keys=_keys(library) if surround.may_administer else (),
        events=_events(library) if surround.may_administer else (),
        model=model_section(library, may_administer=surround.may_administer),
    )
    return desk.pages.response(page)


async def set_theme(request: Request) -> Response:
    """Remembers light, dark, or the system's choice, and goes back."""
    async with request.form(max_files=0, max_fields=5) as form:
        theme, back = str(form.get("theme") or ""), str(form.get("back") or "/")
    response = RedirectResponse(safe_path(back), 303)
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=_YEAR_S, samesite="lax", path="/")
    else:
        response.delete_cookie("theme", path="/")
    return response


async def send_events(request: Request) -> Response:
    """The background work as server-sent events, while the page is open."""
    library = Desk.of(request).library
    ending: Ending = request.app.state.ending

    async def events() -> AsyncIterator[str]:
        last, is_open = None, True
        while is_open:
            now = await run_in_threadpool(work.look, library)
            if now != last:
                last = now
                yield f"event: work\ndata: {json.dumps(asdict(now))}\n\n"
            is_open = not await ending.comes_within(_LOOK_EVERY_S)

    return StreamingResponse(
        events(), media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


def send_health(_request: Request) -> Response:
    """That the server answers."""
    return JSONResponse({"status": "ok"})


def send_readiness(request: Request) -> Response:
    """Whether it can search: the database answers."""
    Desk.of(request).library.generation()
    return JSONResponse({"status": "ready"})


# --- the page -----------------------------------------------------------------------------


def _folder(folder: WatchedFolder, library: Library) -> FolderLine:
    state = "Looked through when asked"
    if folder.problem:
        state = f"Looked through every {RESCAN_S / 60:.0f} minutes. {folder.problem}"
    elif folder.is_on:
        state = "Watched: changes are noticed"
    return FolderLine(
        name=Path(folder.path).name or folder.path,
        path=folder.path,
        state=state,
        may_watch=library.settings.watch_folders,
        is_watched=folder.is_on,
        watch_json=json.dumps({"path": folder.path, "on": not folder.is_on}),
    )


def _meters(coverage: Coverage) -> list[Meter]:
    parts = (
        ("Searchable", coverage.indexed, "good"),
        ("Pending", coverage.pending, "wait"),
        ("Skipped", sum(coverage.skipped.values()), "bad"),
    )
    whole = max(1, coverage.total)
    return [
        Meter(label=label, count=f"{n:,}", tone=tone, share=max(1, round(100 * n / whole)))
        for label, n, tone in parts
        if n
    ]


def _skipped(library: Library, coverage: Coverage) -> list[SkippedGroup]:
    named = library.skipped(each=_EXAMPLES)
    return [
        SkippedGroup(
            reason=texts.skip_reason(reason),
            count=texts.count(number, "file"),
            advice=texts.SKIP_ADVICE.get(reason, ""),
            examples=[
                Fact(label=asset.name, value=asset.skip_detail or "", url=cards.asset_url(asset))
                for asset in named
                if asset.skip_reason == reason
            ],
        )
        for reason, number in sorted(coverage.skipped.items(), key=lambda item: -item[1])
    ]


def _facts(status: Status, *, is_full: bool) -> list[Fact]:
    facts = [Fact(label="Model", value=status.model_id or "None yet")]
    if not is_full:
        return facts
    return [
        *facts,
        Fact(label="Library folder", value=status.folder),
        Fact(label="Uploaded files", value=texts.size(status.originals_bytes)),
        Fact(label="Database", value=texts.size(status.database_bytes)),
        Fact(label="Search index", value=texts.size(status.index_bytes)),
        Fact(label="Thumbnails", value=texts.size(status.thumbnails_bytes)),
        Fact(label="Missing files", value=f"{status.coverage.missing:,}"),
    ]


def _users(library: Library) -> list[UserLine]:
    return [
        UserLine(name=user.name, role=user.role.value, since=texts.day(user.created_at))
        for user in library.accounts.users()
    ]


def _keys(library: Library) -> list[KeyLine]:
    return [
        KeyLine(
            id=key.id,
            name=key.name,
            start=key.key_start,
            role=key.role.value,
            used=texts.day(key.last_used_at) if key.last_used_at else "",
        )
        for key in library.accounts.api_keys()
        if key.revoked_at is None
    ]


def _events(library: Library) -> list[Event]:
    return [
        Event(
            who=event.who or "Somebody at this machine",
            what=texts.activity(event.what),
            detail=event.detail,
            when=f"{texts.day(event.at)}, {event.at:%H:%M} UTC",
        )
        for event in library.activity(_EVENTS_SHOWN)
    ]

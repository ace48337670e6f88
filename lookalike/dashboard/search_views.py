"""Searching: the results page, its further chunks, the panel under the field, query images."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from lookalike.api.auth import address_of
from lookalike.dashboard import cards, texts
from lookalike.dashboard.address import Address, AddressTerm
from lookalike.dashboard.contexts import CoverageLine, EmptyState, Frame, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.files import IMMUTABLE
from lookalike.dashboard.frames import frame, read_params
from lookalike.dashboard.library_views import folder_url
from lookalike.dashboard.model_views import remember
from lookalike.dashboard.problems import failed_page
from lookalike.dashboard.query_images import QueryImage
from lookalike.dashboard.readings import reading
from lookalike.dashboard.results import Results
from lookalike.dashboard.search_contexts import ImageSearchPage, PanelFragment, SearchPage
from lookalike.errors import (
    FetchError,
    InputError,
    LookalikeError,
    TooManyBytes,
    TooManyFetches,
)
from lookalike.types import Band, Coverage

PANEL_MATCHES = 6
PANEL_NAMES = 4


def show_search(request: Request) -> Response:
    """Results of the query in the address; a chunk of them when a script asks for one."""
    desk = Desk.of(request)
    params = read_params(request)
    address = Address.from_params(params)
    cursor = (params.get("cursor") or [""])[0]
    if address.is_empty and address.filter_params():
        return RedirectResponse(address.url("/library"), 303)
    if address.is_empty:
        return desk.pages.response(_invitation(request, address))
    around = frame(request, title=_title(address), section="search", address=address)
    if request.headers.get("x-part") == "chunk":
        page = _results_page(request, address, around, cursor)
        html = desk.pages.render(page, "search_chunk.html")
        return Response(html, media_type="text/html", headers={"cache-control": "no-store"})
    response: Response
    if _is_plain(address) and not cursor:
        desk.searcher.check(address)
        response = desk.pages.streamed(
            around, lambda: desk.in_turn(partial(_rest_of_results, request, address, around))
        )
    else:
        response = desk.pages.response(_results_page(request, address, around, cursor))
    if not cursor:  # after the answer: nobody waits for the disk
        response.background = BackgroundTask(remember, desk.library, address)
    return response


def show_panel(request: Request) -> Response:
    """Live results for the words that are being typed."""
    desk = Desk.of(request)
    words = request.query_params.get("q", "").strip()[:200]
    address = Address(words=words)
    message = ""
    matches = []
    names = desk.library.find_names(words, PANEL_NAMES) if words else None
    try:
        found = desk.searcher.quick(words, PANEL_MATCHES) if words else None
        matches = [cards.match_card(m, address) for m in found.matches] if found else []
    except LookalikeError as error:
        message = str(error)
    if words and not matches and not message:
        message = "Nothing is searchable yet; pictures turn up here while they are read."
        if found and found.coverage.renewing:
            message = "The model was renewed; pictures turn up here while that is computed."
    return desk.pages.response(
        PanelFragment(
            words=words,
            search_url=address.url(),
            matches=matches,
            names=[cards.card(asset) for asset in names.assets] if names else [],
            folders=[Link(label=f, url=folder_url(f)) for f in names.folders] if names else [],
            tags=[Link(label=t, url=_tag_url(t)) for t in names.tags] if names else [],
            message=message,
        )
    )


def show_image_form(request: Request) -> Response:
    """The form that searches by an image."""
    return Desk.of(request).pages.response(_image_form(request))


async def search_by_image(request: Request) -> Response:
    """Takes an image or its address, keeps it, and goes to the results.

    A script asks for JSON, `{"url"}`; a plain form is redirected.
    """
    desk = Desk.of(request)
    async with request.form(max_files=1, max_fields=50) as form:
        file = form.get("image")
        url = str(form.get("url") or "").strip()
        address = _address_of(form)
        try:
            if isinstance(file, UploadFile) and (file.filename or file.size):
                term = await run_in_threadpool(_keep_upload, desk, file)
            elif url:
                caller = address_of(request)
                term = await run_in_threadpool(_keep_fetched, desk, url, caller)
            else:
                raise InputError("Choose an image, or give the address of one.")
        except (InputError, FetchError) as error:
            if _wants_json(request):
                raise
            page = _image_form(request, error=str(error), url=url)
            return desk.pages.response(page, 422)
    target = address.adding(term).url()
    if _wants_json(request):
        return JSONResponse({"url": target})
    return RedirectResponse(target, 303)


def show_query_image(request: Request) -> Response:
    """The thumbnail of a kept query image."""
    data = Desk.of(request).images.thumbnail(request.path_params["sha256"])
    return Response(data, media_type="image/webp", headers={"cache-control": IMMUTABLE})


def show_crop(request: Request) -> Response:
    """The thumbnail of a region that is searched by."""
    term = AddressTerm.from_text(request.query_params.get("t", ""))
    if term.box is None:
        raise InputError("There is no region in this address.")
    data = Desk.of(request).searcher.crop(term)
    return Response(data, media_type="image/webp", headers={"cache-control": IMMUTABLE})


# --- pages --------------------------------------------------------------------------------


def _is_plain(address: Address) -> bool:
    """Whether nothing can be wrong with the query once its terms were read: then the page may
    begin before the search has ended. Pictures may be gone, or wait to be indexed."""
    kinds = {term.kind for term in address.terms}
    return not address.filter_params() and kinds <= {"text", "colour"}


def _rest_of_results(request: Request, address: Address, around: Frame) -> str:
    pages = Desk.of(request).pages
    try:
        return pages.rest_of(_results_page(request, address, around))
    except Exception as error:
        return pages.rest_of(failed_page(request, error))


def _results_page(
    request: Request, address: Address, around: Frame, cursor: str = ""
) -> SearchPage:
    results = Desk.of(request).searcher.search(address, cursor)
    image = next((t for t in address.terms if t.kind == "image" and t.box is None), None)
    coverage = results.coverage
    return SearchPage(
        frame=around,
        summary=_summary(results),
        weak_link=_weak_link(address, results),
        stack_link=_stack_link(address, results),
        sections=cards.sections(
            results,
            address,
            Desk.of(request).library.tints(match.asset for match in results.matches),
        ),
        next_url=address.url(cursor=results.next_cursor) if results.next_cursor else "",
        end_link=_end_link(address, results),
        groups_url=address.url("/groups"),
        coverage=coverage_line(coverage),
        took=f"{max(1, round(results.took_ms))} ms",
        reading=None if cursor else reading(Desk.of(request).library, address),
        empty=None if results.matches else _no_results(address, coverage),
        is_image_search=image is not None,
        region_image_url=f"{cards.query_image_url(image.value)}" if image else "",
        region_search_url=f"/search?t=image:{image.value}@BOX" if image else "",
    )


def _invitation(request: Request, address: Address) -> SearchPage:
    return SearchPage(
        frame=frame(request, title="Search", section="search", address=address),
        summary="",
        weak_link=None,
        stack_link=None,
        sections=(),
        next_url="",
        end_link=None,
        groups_url="",
        coverage=None,
        took="",
        empty=EmptyState(
            title="Describe a picture, or show one",
            text="Type what is in it, such as “red boat at sunset”; or drop, paste or pick an "
            "image to find what looks like it. “beach without people” takes people out.",
            links=[Link(label="Search by image", url="/search/image")],
        ),
    )


def _image_form(request: Request, *, error: str = "", url: str = "") -> ImageSearchPage:
    settings = Desk.of(request).library.settings
    return ImageSearchPage(
        frame=frame(request, title="Search by image", section="search"),
        error=error,
        url=url,
        upload_limit=texts.limit(settings.max_query_upload_bytes),
        fetch_limit=texts.limit(settings.max_fetch_bytes),
    )


def coverage_line(coverage: Coverage) -> CoverageLine:
    """How much of the library was searched, in parts."""
    skipped, pending = sum(coverage.skipped.values()), coverage.pending - coverage.renewing
    waiting = [
        f"{pending:,} pending" if pending else "",
        f"{coverage.renewing:,} wait for the renewed model" if coverage.renewing else "",
    ]
    return CoverageLine(
        text=texts.coverage(coverage),
        pending=", ".join(text for text in waiting if text),
        skipped=f"{skipped:,} skipped" if skipped else "",
    )


def _tag_url(tag: str) -> str:
    return Address(tags=(tag,)).url("/library")


def _title(address: Address) -> str:
    if address.words:
        return address.words
    is_colour = all(term.kind == "colour" for term in address.terms)
    return "Searching by colour" if is_colour else "Searching by image"


def _summary(results: Results) -> str:
    counts = results.counts
    parts = [
        texts.count(counts["copies"], "copy", "copies") if counts.get("copies") else "",
        f"{counts['strong']:,} strong" if counts.get("strong") else "",
        f"{counts['likely']:,} likely" if counts.get("likely") else "",
    ]
    said = ", ".join(part for part in parts if part)
    if results.is_count_partial:
        said += " or more"
    return said or ("None stands out; the nearest come first" if results.matches else "")


def _weak_link(address: Address, results: Results) -> Link | None:
    """Shows or hides the weaker matches, where there is something beside them."""
    if not _has_weaker(address, results):
        return None
    if address.is_weak_shown:
        return Link(label="Hide weaker", url=replace(address, is_weak_shown=False).url())
    return Link(label="Show weaker", url=replace(address, is_weak_shown=True).url())


def _end_link(address: Address, results: Results) -> Link | None:
    """To the weaker matches, below the last of those that are shown."""
    if results.next_cursor or address.is_weak_shown or not _has_weaker(address, results):
        return None
    number = cards.count_of(Band.WEAK.value, results)
    return Link(label=f"Show {number} weaker", url=replace(address, is_weak_shown=True).url())


def _has_weaker(address: Address, results: Results) -> bool:
    weak = results.counts.get(Band.WEAK.value, 0)
    return bool(weak) and address.sort == "relevance" and _has_relevant(results)


def _stack_link(address: Address, results: Results) -> Link | None:
    """Lists near-copies one by one, or stacks them, where that makes a difference."""
    if not address.is_stacked:
        return Link(label="Stack variants", url=replace(address, is_stacked=True).url())
    if not results.has_variants:
        return None
    return Link(label="Unstack variants", url=replace(address, is_stacked=False).url())


def _has_relevant(results: Results) -> bool:
    return bool(results.counts.get("strong") or results.counts.get("likely"))


def _no_results(address: Address, coverage: Coverage) -> EmptyState:
    links = []
    if address.filter_params():
        links.append(Link(label="Clear the filters", url=address.unfiltered().url()))
    if not coverage.indexed and coverage.renewing:
        return EmptyState(
            title="The model was renewed",
            text="Its first pictures turn up here in a moment; all that could be found before can "
            "be found again when the rest is computed.",
            links=links,
        )
    if not coverage.indexed:
        links.append(Link(label="Link a folder", url="/settings"))
        return EmptyState(
            title="Nothing is searchable yet",
            text="Link a folder of pictures; they turn up here while they are read.",
            links=links,
        )
    text = (
        "No picture passes all the filters."
        if address.filter_params()
        else "Try other words, or an image of what you look for."
    )
    return EmptyState(title="No pictures found", text=text, links=links)


# --- query images -------------------------------------------------------------------------


def _keep_upload(desk: Desk, file: UploadFile) -> AddressTerm:
    most = desk.library.settings.max_query_upload_bytes
    data = file.file.read(most + 1)
    if len(data) > most:
        raise TooManyBytes(
            f"The image has {texts.size(file.size or len(data))}; as a query it may have at most "
            f"{texts.limit(most)}."
        )
    return _keep(desk, data, file.filename or "image")


def _keep_fetched(desk: Desk, url: str, caller: str) -> AddressTerm:
    if not desk.fetches.take(caller):
        raise TooManyFetches("Too many addresses were fetched in the last minute; wait a little.")
    data = desk.library.fetch(url)
    parts = urlsplit(url)
    return _keep(desk, data, parts.path.rpartition("/")[2] or parts.netloc)


def _keep(desk: Desk, data: bytes, label: str) -> AddressTerm:
    picture = desk.library.inspect(data)
    desk.images.put(
        data,
        picture.thumbnail,
        QueryImage(
            sha256=picture.sha256,
            label=label[:200],
            mime=picture.mime,
            width_px=picture.width_px,
            height_px=picture.height_px,
        ),
    )
    return AddressTerm("image", picture.sha256)


def _address_of(form: FormData) -> Address:
    """The query that an image is added to, from the form's fields."""
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str) and name not in {"image", "url"}:
            fields.setdefault(name, []).append(value)
    return Address.from_params(fields)


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")

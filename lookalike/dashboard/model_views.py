"""The model of the library: its section on the settings page, and both models side by side."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lookalike.dashboard import cards, texts
from lookalike.dashboard.address import Address
from lookalike.dashboard.contexts import Choice, EmptyState, Fact, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import frame
from lookalike.dashboard.model_contexts import (
    ChangeLine,
    ComparePage,
    Contrast,
    KeptLine,
    ModelSection,
    RenewalLine,
)
from lookalike.dashboard.work import describe_far, is_on_models
from lookalike.errors import LookalikeError
from lookalike.library import Library
from lookalike.library.models import Models
from lookalike.types import (
    JobKind,
    JobState,
    ModelChange,
    ModelFacts,
    ModelState,
    ModelUse,
    Renewal,
    Tuning,
)

_QUERIES = 6  # compared on one page
_PICTURES = 8  # of each
_USABLE = frozenset({ModelState.SHIPS, ModelState.HERE})


def show_comparison(request: Request) -> Response:
    """The page; back to the settings when no change is going on."""
    desk = Desk.of(request)
    library = desk.library
    use = library.model_use()
    if use.change is None:
        return RedirectResponse("/settings#model", 303)
    models = Models(library.settings).list_all()
    words = request.query_params.get("q", "").strip()[:200]
    addresses = [Address(words=words)] if words else recent_addresses(library, _QUERIES)
    page = ComparePage(
        frame=frame(request, title="Compare models", section="settings"),
        now=_title(models, use.model_id),
        coming=_title(models, use.change.model_id),
        is_ready=use.change.is_ready,
        text=_far(use.change),
        words=words,
        contrasts=[_contrast(desk, address) for address in addresses],
        empty=None if addresses else _nothing_asked(library),
    )
    return desk.pages.response(page)


def remember(library: Library, address: Address, *, sparingly: bool = False) -> None:
    """Keeps a search for later comparisons."""
    plain = address.url("").removeprefix("?")
    if plain:
        library.remember_search(plain, sparingly=sparingly)


def recent_addresses(library: Library, limit: int) -> list[Address]:
    """What was searched for last; what cannot be read any more is left out."""
    found = []
    for text in library.recent_searches(limit):
        try:
            found.append(Address.from_params(parse_qs(text)))
        except LookalikeError:
            continue
    return found


def model_section(library: Library, *, may_administer: bool) -> ModelSection:
    """What the settings page says about models; others than administrators see which it is."""
    use = library.model_use()
    models = Models(library.settings).list_all()
    used = next((model for model in models if model.model_id == use.model_id), None)
    return ModelSection(
        title=_title(models, use.model_id) if use.model_id else "",
        about=used.about if used else "",
        model_id=use.model_id or "",
        bands=_describe_bands(used) if used else "",
        pace=_describe_pace(used.tuning) if used and used.tuning else "",
        renewal=_renewal_line(use.renewal) if use.renewal else None,
        change=_change_line(library, models, use.change) if use.change else None,
        choices=_choices(models, use) if may_administer and use.change is None else (),
        to_fetch=_to_fetch(models) if may_administer else (),
        kept=_kept(library, use) if may_administer else (),
        remembers=library.remembers_searches(),
        is_working=is_on_models(library),
    )


# --- the section --------------------------------------------------------------------------


def _change_line(library: Library, models: list[ModelFacts], change: ModelChange) -> ChangeLine:
    return ChangeLine(
        title=_title(models, change.model_id),
        text=_far(change),
        share=min(100, 100 * change.done // max(1, change.total)),
        is_ready=change.is_ready,
        is_working=change.job is not None,
        problem="" if change.job else _problem(library, change),
        name=change.name,
    )


def _describe_bands(model: ModelFacts) -> str:
    if model.calibration is not None:
        return f"Strong and likely were measured for it on {model.calibration.measured_on}."
    return "What counts as strong or likely was not measured for this model; take it as a hint."


def _describe_pace(tuning: Tuning) -> str:
    return (
        f"{tuning.pictures_per_s:,.0f} pictures a second on this computer, with "
        f"{texts.count(tuning.threads, 'thread')} and {tuning.batch_size} at a time."
    )


def _renewal_line(renewal: Renewal) -> RenewalLine:
    return RenewalLine(
        text=_pace(renewal),
        share=min(100, 100 * renewal.done // max(1, renewal.total)),
        is_working=renewal.job is not None,
        problem=renewal.problem,
        name=renewal.model_id.partition("@")[0],
    )


def _pace(change: ModelChange | Renewal) -> str:
    """'40 of 100 pictures, 12 a second, about 3 minutes left'."""
    job = change.job
    if job is not None and job.state is JobState.RUNNING and job.total:
        return describe_far(job)
    return f"{change.done:,} of {texts.count(change.total, 'picture')}"


def _far(change: ModelChange) -> str:
    far = _pace(change)
    return f"{far}, {change.failed:,} could not be read or computed" if change.failed else far


def _problem(library: Library, change: ModelChange) -> str:
    """Of the last job that worked at the change, when it failed."""
    for job in library.jobs(50):
        if (
            job.kind in {JobKind.PREPARE_MODEL, JobKind.SWITCH_MODEL}
            and job.argument == change.model_id
        ):
            return job.message if job.state is JobState.FAILED else ""
    return ""


def _choices(models: list[ModelFacts], use: ModelUse) -> list[Choice]:
    return [
        Choice(label=model.title, value=model.name, is_chosen=False)
        for model in models
        if model.state in _USABLE and model.model_id != use.model_id
    ]


def _to_fetch(models: list[ModelFacts]) -> list[Fact]:
    return [
        Fact(label=model.title, value=f"lookalike models pull {model.name}")
        for model in models
        if model.state is ModelState.TO_FETCH
    ]


def _kept(library: Library, use: ModelUse) -> list[KeptLine]:
    return [
        KeptLine(
            name=model_id.partition("@")[0],
            model_id=model_id,
            count=texts.count(count, "vector"),
            can_go_back=use.change is None and library.has_model(model_id),
        )
        for model_id, count in use.others
    ]


def _title(models: list[ModelFacts], model_id: str | None) -> str:
    """As a person calls it."""
    return next((m.title for m in models if m.model_id == model_id), model_id or "")


# --- side by side -------------------------------------------------------------------------


def _contrast(desk: Desk, address: Address) -> Contrast:
    now, coming, problem = [], [], ""
    try:
        one, other = desk.searcher.contrast(address, _PICTURES)
        now = [cards.match_card(match, address) for match in one.matches]
        coming = [cards.match_card(match, address) for match in other.matches]
    except LookalikeError as error:
        problem = str(error)
    ids = [{card.id for card in side} for side in (now, coming)]
    return Contrast(
        label=_label(address),
        url=address.url(),
        now=now,
        coming=coming,
        only_now=frozenset(ids[0] - ids[1]),
        only_coming=frozenset(ids[1] - ids[0]),
        text=f"{len(ids[0] & ids[1])} of {len(ids[0] | ids[1])} pictures are in both",
        problem=problem,
    )


def _label(address: Address) -> str:
    more = texts.count(len(address.terms), "further term") if address.terms else ""
    if not address.words:
        return "A picture" if len(address.terms) == 1 else more
    return f"{address.words} and {more}" if more else address.words


def _nothing_asked(library: Library) -> EmptyState:
    if library.remembers_searches():
        text = "Search for a few things as you usually do, then come back; or type something above."
    else:
        text = "Searches are not remembered in this library; type something above."
    return EmptyState(
        title="Nothing to compare yet", text=text, links=[Link(label="Search", url="/search")]
    )

"""The page on which people decide about duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from lookalike.api.queries import read_review_filter
from lookalike.dashboard import cards, texts, work
from lookalike.dashboard.contexts import Choice, EmptyState, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import frame
from lookalike.dashboard.review_contexts import (
    CopyCard,
    GroupCard,
    JournalLine,
    ReviewFragment,
    ReviewPage,
    SuggestionLine,
)
from lookalike.decisions import Entry, Review, ReviewFilter, ReviewGroup, Suggestion
from lookalike.errors import AssetNotFound
from lookalike.types import OTHER_PICTURES, Asset, Duplicate, Relation, Source

CHUNK = 12
_CONFIDENCES = (0.85, 0.9, 0.95, 0.99)
_MOST_PARTS = 50


def show_review(request: Request) -> Response:
    """Groups that wait for a decision; a chunk of them when a script asks for one."""
    desk = Desk.of(request)
    only = read_review_filter(request.query_params)
    cursor = request.query_params.get("cursor") or None
    review = desk.library.review(only=only, limit=CHUNK, cursor=cursor)
    context = _context(request, review, only)
    if request.headers.get("x-part") == "chunk":
        html = desk.pages.render(context, "review_chunk.html")
        return Response(html, media_type="text/html", headers={"cache-control": "no-store"})
    return desk.pages.response(context)


def show_groups(request: Request) -> Response:
    """The groups that some assets are in now: what is left after a decision about them."""
    desk = Desk.of(request)
    assets = []
    for id in request.query_params.getlist("of")[:_MOST_PARTS]:
        try:
            assets.append(desk.library.asset(id if id.isalnum() else "-"))
        except AssetNotFound:
            continue
    found = desk.library.review_of(assets)
    left = desk.library.review(only=read_review_filter(request.query_params), limit=1)
    return desk.pages.response(
        ReviewFragment(
            frame=frame(request, title="Duplicates", section="duplicates"),
            groups=[group_card(group) for group in found],
            total=texts.count(left.total, "group"),
        )
    )


def group_card(shown: ReviewGroup) -> GroupCard:
    """A group as the page shows it."""
    copies = shown.group.duplicates
    return GroupCard(
        key=shown.group.original.id,
        copies=[copy_card(copy, copies) for copy in copies],
        count=texts.count(len(copies), "picture"),
        gain=f"{texts.size(shown.gain_bytes)} to gain",
        reason=shown.group.reason,
        note=shown.group.note,
        is_linked=any(copy.asset.source is Source.LINKED for copy in copies),
    )


def copy_card(copy: Duplicate, copies: Sequence[Duplicate]) -> CopyCard:
    """One picture of a group."""
    is_original = copy.relation is None
    others = (copies[0], copies[1] if is_original else copy)
    return plain_card(
        copy.asset,
        relation=texts.RELATIONS[copy.relation] if copy.relation else "Original",
        confidence=f"{copy.confidence:.0%}" if copy.relation else "",
        compare_url=compare_url(*(one.asset for one in others)),
    )


def plain_card(
    asset: Asset, *, relation: str = "", confidence: str = "", compare_url: str = ""
) -> CopyCard:
    """A picture on one of these pages."""
    facts = (texts.dimensions(asset), texts.kind(asset), texts.size(asset.size_bytes))
    return CopyCard(
        id=asset.id,
        name=asset.name,
        folder=asset.folder,
        thumbnail_url=cards.thumbnail_url(asset),
        width_px=asset.width_px or 1,
        height_px=asset.height_px or 1,
        shape=cards.shape_class(asset.width_px, asset.height_px),
        facts=" · ".join(fact for fact in facts if fact),
        relation=relation,
        confidence=confidence,
        is_original=relation == "Original",
        is_linked=asset.source is Source.LINKED,
        url=cards.asset_url(asset),
        compare_url=compare_url,
    )


def compare_url(one: Asset, other: Asset) -> str:
    """The page that compares two pictures."""
    return f"/duplicates/compare?{urlencode({'a': one.id, 'b': other.id})}"


def review_url(only: ReviewFilter, **more: str) -> str:
    """The page of duplicates with a filter."""
    params = [("relation", relation.value) for relation in sorted(only.relations)]
    if only.min_confidence:
        params.append(("min_confidence", f"{only.min_confidence:g}"))
    params += list(more.items())
    return f"/duplicates?{urlencode(params)}" if params else "/duplicates"


def is_merging(request: Request) -> bool:
    """Whether a kept picture takes over tags and texts of its copies; as they last chose."""
    return request.cookies.get("merge") != "no"


def journal_line(entry: Entry) -> JournalLine:
    """A decision as the journal shows it."""
    return JournalLine(
        id=entry.id,
        what=entry.detail,
        who=entry.who or "Owner",
        when=texts.moment(entry.at),
        undone=texts.moment(entry.undone_at) if entry.undone_at else "",
        plan=(
            None
            if entry.plan is None
            else Link(label="The whole rule", url=f"/duplicates/plans/{entry.plan}")
        ),
    )


def _context(request: Request, review: Review, only: ReviewFilter) -> ReviewPage:
    library = Desk.of(request).library
    groups = [group_card(group) for group in review.groups]
    is_filtered = only != ReviewFilter()
    suggestion = library.suggest_confidence()
    summary = f"{texts.count(review.copies, 'copy', 'copies')}, {texts.size(review.gain_bytes)}"
    return ReviewPage(
        frame=frame(request, title="Duplicates", section="duplicates"),
        total=texts.count(review.total, "group"),
        summary=f"{summary} to gain" if review.total else "",
        groups=groups,
        next_url=review_url(only, cursor=review.next_cursor) if review.next_cursor else "",
        relations=_relation_choices(only),
        confidences=_confidence_choices(only),
        chosen_relations=sorted(only.relations),
        min_confidence=f"{only.min_confidence:g}" if only.min_confidence else "",
        clear_url="/duplicates" if is_filtered else "",
        suggestion=_suggestion(suggestion, only) if suggestion else None,
        waiting=(
            f"{texts.count(review.waiting, 'picture')} still to be sorted into groups; "
            "they turn up here in a moment."
            if review.waiting
            else ""
        ),
        folders=[folder.path for folder in library.folders()],
        has_linked=any(group.is_linked for group in groups),
        is_merging=is_merging(request),
        empty=None if groups else _empty(request, is_filtered),
        last=None if groups else _last(request),
    )


def _last(request: Request) -> JournalLine | None:
    """So that the last group's decision can be taken back where it was made."""
    entries = Desk.of(request).library.journal(1, open_only=True)
    return journal_line(entries[0]) if entries else None


def _relation_choices(only: ReviewFilter) -> list[Choice]:
    named = [r for r in Relation if r not in OTHER_PICTURES and r is not Relation.SELF]
    return [Choice(label="Any change", value="", is_chosen=not only.relations)] + [
        Choice(label=texts.RELATIONS[r], value=r.value, is_chosen=r in only.relations)
        for r in named
    ]


def _confidence_choices(only: ReviewFilter) -> list[Choice]:
    chosen = only.min_confidence
    values = sorted({*_CONFIDENCES, *([chosen] if chosen else [])})
    return [Choice(label="Any confidence", value="", is_chosen=not chosen)] + [
        Choice(label=f"At least {value:.3g}", value=f"{value:g}", is_chosen=value == chosen)
        for value in values
    ]


def _suggestion(found: Suggestion, only: ReviewFilter) -> SuggestionLine:
    least = f"{found.min_confidence:g}"
    return SuggestionLine(
        text=(
            f"What was decided about {found.judged:,} pairs fits a confidence of at least {least}: "
            f"{found.right:,} of the {found.above:,} pairs there were copies, "
            f"{found.precision:.0%} (95 % sure: {found.low:.0%} to {found.high:.0%})."
        ),
        url=review_url(ReviewFilter(relations=only.relations, min_confidence=found.min_confidence)),
        label=f"Show those from {least}",
        is_applied=only.min_confidence == found.min_confidence,
    )


def _empty(request: Request, is_filtered: bool) -> EmptyState:
    if is_filtered:
        return EmptyState(
            title="No duplicates pass the filter",
            text="Take it away, or choose another one.",
            links=[Link(label="Show all", url="/duplicates")],
        )
    if work.look(Desk.of(request).library).running:
        return EmptyState(
            title="Looking for duplicates",
            text="New pictures are compared once they are indexed; groups turn up here.",
        )
    return EmptyState(
        title="No duplicates wait for a decision",
        text="New pictures are compared by themselves, and copies turn up here.",
        links=[Link(label="What was decided", url="/duplicates/journal")],
    )

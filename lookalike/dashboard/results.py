"""The answer to a query as a page shows it: bands with counts, sorted, in chunks.

The best FIRST_DEPTH are found at once, and their outline is remembered for a while, so that the
counts and the next chunks of a page cost little; what lies deeper is fetched with the library's own
cursor. Another order is one of the relevant matches, of which up to SORTED_DEPTH are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lookalike.dashboard.address import Address, AddressTerm
from lookalike.dashboard.query_images import QueryImages
from lookalike.dashboard.recent import Recent
from lookalike.errors import BadCursor
from lookalike.library import Library
from lookalike.outlines import Entry, Outline
from lookalike.types import OTHER_PICTURES, Asset, Band, Coverage, Explanation, Found, Match, Term

FIRST_DEPTH = 200  # half of the shortlist: more would take a longer one
SORTED_DEPTH = 1000  # of the relevant, where they are sorted by something else
FIRST_CHUNK = 24  # what a page comes with: more than a screen, and quick to lay out
CHUNK = 60  # what follows while the page is scrolled
_REMEMBERED = 64  # queries
_REMEMBERED_CROPS = 64

# Bands as they are shown: copies stand apart from what is merely alike.
COPIES = "copies"
SHOWN_BANDS = (COPIES, Band.STRONG.value, Band.LIKELY.value, Band.WEAK.value)

_SORT_KEYS: Mapping[str, Callable[[Match], tuple[float, int]]] = {
    "newest": lambda match: (-_time(match.asset).timestamp(), match.asset.key),
    "oldest": lambda match: (_time(match.asset).timestamp(), match.asset.key),
    "largest": lambda match: (-_pixels(match.asset), match.asset.key),
    "smallest": lambda match: (_pixels(match.asset), match.asset.key),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """One chunk of an answer."""

    matches: tuple[Match, ...]
    offset: int  # of the first of `matches` among all that are shown
    counts: Mapping[str, int]  # shown band -> matches in it, among those looked at
    is_count_partial: bool  # whether there may be more relevant ones than were counted
    coverage: Coverage
    took_ms: float
    is_more: bool  # whether the library has more than were looked at
    has_variants: bool  # whether one of those looked at has
    next_cursor: str | None


def shown_band(result: Match | Entry) -> str:
    """The section of the page that it belongs to."""
    is_copy = result.relation is not None and result.relation not in OTHER_PICTURES
    return COPIES if is_copy else result.band.value


class Searcher:
    """Searches a library for addresses. Safe to use from several threads."""

    def __init__(self, library: Library, images: QueryImages) -> None:
        self._library = library
        self._images = images
        self._outlines = Recent[Outline](_REMEMBERED)
        self._sorted = Recent[list[Entry]](_REMEMBERED)
        self._explanations = Recent[Explanation](_REMEMBERED)
        self._crops = Recent[bytes](_REMEMBERED_CROPS)

    def check(self, address: Address) -> None:
        """Raises what is wrong with the terms of a query, as far as that shows before they are
        searched for."""
        self._library.check(self._terms(address))

    def search(self, address: Address, cursor: str = "") -> Results:
        """The chunk at `cursor`, or the first. Raises what `Library.search` raises,
        QueryImageGone and BadCursor."""
        if cursor.startswith("~"):
            return self._deep(address, cursor[1:])
        offset = _read_offset(cursor)
        key, outline = self._first(address)
        entries = outline.entries
        counts = Counter(shown_band(entry) for entry in entries)
        shown = _shown(address, entries, counts)
        if address.sort != "relevance":
            shown = self._sort(key, address.sort, outline, shown)
        page = shown[offset : offset + (CHUNK if offset else FIRST_CHUNK)]
        end = offset + len(page)
        is_all = len(shown) == len(entries) and address.sort == "relevance"
        deeper = f"~{outline.next_cursor}" if outline.next_cursor and is_all else None
        is_relevant_to_the_end = bool(entries) and entries[-1].band is not Band.WEAK
        return Results(
            matches=self._library.outlined(outline, page),
            offset=offset,
            counts=counts,
            is_count_partial=outline.next_cursor is not None and is_relevant_to_the_end,
            coverage=outline.coverage,
            took_ms=outline.took_ms,
            is_more=outline.next_cursor is not None,
            has_variants=any(entry.variants for entry in entries),
            next_cursor=str(end) if end < len(shown) else deeper,
        )

    def best(self, address: Address, count: int) -> list[Match]:
        """The best that stand out; the nearest where nothing does."""
        found = self._library.search(
            self._terms(address), filters=address.filters(), limit=count
        ).matches
        relevant = [match for match in found if shown_band(match) != Band.WEAK.value]
        return relevant or list(found)[:CHUNK]

    def quick(self, words: str, count: int) -> Found:
        """The best few for words that are still being typed."""
        return self._library.search(self._terms(Address(words=words)), limit=count)

    def explain(self, asset: Asset, address: Address, *, heat: bool) -> Explanation:
        """Why an asset matches; maps are remembered for a while. Raises what `Library.explain`
        raises, and QueryImageGone."""
        key = f"{self._library.generation()} {asset.id} {address.url()}"
        known = self._explanations.get(key)
        if known is None:
            known = self._library.explain(asset, self._terms(address), heat=heat)
            if heat:
                self._explanations.put(key, known)
        return known

    def contrast(self, address: Address, count: int) -> tuple[Found, Found]:
        """The best few with the model in use and with the next one. Raises Conflict."""
        return self._library.compare_models(
            self._terms(address), filters=address.filters(), limit=count
        )

    def neighbours(self, asset: Asset, count: int) -> Found:
        """What looks most like an asset, itself left out."""
        found = self._library.similar(asset, limit=count + 1)
        others = tuple(match for match in found.matches if match.asset.key != asset.key)
        return replace(found, matches=others[:count])

    def crop(self, term: AddressTerm) -> bytes:
        """The thumbnail of a term's region, WebP. Raises NotFound, ImageError."""
        key = replace(term, weight=1.0).to_text()
        known = self._crops.get(key)
        if known is None:
            known = self._cut(term)
            self._crops.put(key, known)
        return known

    def _cut(self, term: AddressTerm) -> bytes:
        if term.kind == "like":
            asset = self._library.asset(term.value)
            return self._library.inspect_asset(asset, region=term.box).thumbnail
        data = self._images.data(term.value)
        return self._library.inspect(data, region=term.box).thumbnail

    def _deep(self, address: Address, cursor: str) -> Results:
        found = self._library.search(
            self._terms(address),
            filters=address.filters(),
            limit=CHUNK,
            cursor=cursor,
            stack=address.is_stacked,
        )
        return Results(
            matches=found.matches,
            offset=FIRST_DEPTH,
            counts={},
            is_count_partial=False,
            coverage=found.coverage,
            took_ms=found.took_ms,
            is_more=found.next_cursor is not None,
            has_variants=any(match.variants for match in found.matches),
            next_cursor=f"~{found.next_cursor}" if found.next_cursor else None,
        )

    def _first(self, address: Address) -> tuple[str, Outline]:
        """The best, remembered until the library changes, and the key that they have till then."""
        plain = replace(address, sort="relevance", is_weak_shown=False)
        depth = FIRST_DEPTH if address.sort == "relevance" else SORTED_DEPTH
        key = f"{self._library.generation()} {depth} {plain.url()}"
        outline = self._outlines.get(key)
        if outline is None:
            outline = self._library.outline(
                self._terms(address),
                filters=address.filters(),
                limit=depth,
                stack=address.is_stacked,
            )
            self._outlines.put(key, outline)
        return key, outline

    def _sort(
        self, key: str, sort: str, outline: Outline, entries: Sequence[Entry]
    ) -> Sequence[Entry]:
        """By what only the assets tell."""
        known = self._sorted.get(f"{sort} {key}")
        if known is None:
            matches = sorted(self._library.outlined(outline, entries), key=_SORT_KEYS[sort])
            entry_of = {entry.key: entry for entry in entries}
            known = [entry_of[match.asset.key] for match in matches]
            self._sorted.put(f"{sort} {key}", known)
        return known

    def _terms(self, address: Address) -> list[Term]:
        words = self._library.read_words(address.words, literally=address.is_literal)
        return [*words, *(self._term(term) for term in address.terms)]

    def _term(self, term: AddressTerm) -> Term:
        if term.kind == "text":
            return Term.text(term.value, weight=term.weight)
        if term.kind == "colour":
            return Term.colour(term.value, weight=term.weight)
        if term.box is not None:
            return Term.image(self.crop(term), weight=term.weight)
        if term.kind == "like":
            return Term.like(term.value, weight=term.weight)
        data = self._images.data(term.value)
        if len(data) > self._library.settings.max_query_upload_bytes:
            # It was fetched, where the limit is higher; its thumbnail says the same to the model.
            data = self._images.thumbnail(term.value)
        return Term.image(data, weight=term.weight)


def _shown(
    address: Address, entries: Sequence[Entry], counts: Mapping[str, int]
) -> Sequence[Entry]:
    """What the page lists: the relevant; the weak too when asked for, or alone."""
    relevant = [entry for entry in entries if shown_band(entry) != Band.WEAK.value]
    if address.sort != "relevance":
        return relevant or entries
    if address.is_weak_shown or not counts.keys() - {Band.WEAK.value, COPIES}:
        return entries
    return relevant


def _read_offset(cursor: str) -> int:
    if cursor and not (cursor.isdecimal() and len(cursor) < 6):
        raise BadCursor("This is not a place in these results; start the search anew.")
    return int(cursor or 0)


def _time(asset: Asset) -> datetime:
    """When it was taken, else when its file was made."""
    if asset.taken_at is not None:
        return asset.taken_at
    if asset.mtime_ns is not None:
        return datetime.fromtimestamp(asset.mtime_ns / 1e9, UTC)
    return asset.created_at


def _pixels(asset: Asset) -> int:
    return (asset.width_px or 0) * (asset.height_px or 0)

"""The answer to a query as a page shows it: bands with counts, sorted, in chunks.

The best FIRST_DEPTH matches are found at once and remembered for a while, so that the next
chunks of a page and the counts cost nothing; what lies deeper is fetched with the library's own
cursor. Another order is one of the relevant matches, of which up to SORTED_DEPTH are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lookalike.dashboard.address import Address, AddressTerm
from lookalike.dashboard.query_images import QueryImages
from lookalike.dashboard.recent import Recent
from lookalike.errors import BadCursor
from lookalike.library import Library
from lookalike.types import OTHER_PICTURES, Asset, Band, Explanation, Found, Match, Term

FIRST_DEPTH = 240
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
    found: Found  # coverage and time
    next_cursor: str | None


def shown_band(match: Match) -> str:
    """The section of the page that a match belongs to."""
    is_copy = match.relation is not None and match.relation not in OTHER_PICTURES
    return COPIES if is_copy else match.band.value


class Searcher:
    """Searches a library for addresses. Safe to use from several threads."""

    def __init__(self, library: Library, images: QueryImages) -> None:
        self._library = library
        self._images = images
        self._answers = Recent[Found](_REMEMBERED)
        self._explanations = Recent[Explanation](_REMEMBERED)
        self._crops = Recent[bytes](_REMEMBERED_CROPS)

    def search(self, address: Address, cursor: str = "") -> Results:
        """The chunk at `cursor`, or the first. Raises what `Library.search` raises,
        QueryImageGone and BadCursor."""
        if cursor.startswith("~"):
            return self._deep(address, cursor[1:])
        offset = _read_offset(cursor)
        found = self._first(address)
        counts = Counter(shown_band(match) for match in found.matches)
        shown = _shown(address, found, counts)
        page = shown[offset : offset + (CHUNK if offset else FIRST_CHUNK)]
        end = offset + len(page)
        is_all = len(shown) == len(found.matches) and address.sort == "relevance"
        deeper = f"~{found.next_cursor}" if found.next_cursor and is_all else None
        is_relevant_to_the_end = bool(found.matches) and found.matches[-1].band is not Band.WEAK
        return Results(
            matches=tuple(page),
            offset=offset,
            counts=counts,
            is_count_partial=found.next_cursor is not None and is_relevant_to_the_end,
            found=found,
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
            found=found,
            next_cursor=f"~{found.next_cursor}" if found.next_cursor else None,
        )

    def _first(self, address: Address) -> Found:
        """The best matches, remembered until the library changes."""
        plain = replace(address, sort="relevance", is_weak_shown=False)
        depth = FIRST_DEPTH if address.sort == "relevance" else SORTED_DEPTH
        key = f"{self._library.generation()} {depth} {plain.url()}"
        found = self._answers.get(key)
        if found is None:
            found = self._library.search(
                self._terms(address),
                filters=address.filters(),
                limit=depth,
                stack=address.is_stacked,
            )
            self._answers.put(key, found)
        return found

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


def _shown(address: Address, found: Found, counts: Mapping[str, int]) -> list[Match]:
    """What the page lists: the relevant matches; the weak too when asked for, or alone."""
    relevant = [match for match in found.matches if shown_band(match) != Band.WEAK.value]
    if address.sort != "relevance":
        return sorted(relevant or found.matches, key=_SORT_KEYS[address.sort])
    if address.is_weak_shown or not counts.keys() - {Band.WEAK.value, COPIES}:
        return list(found.matches)
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

"""Assets and matches as cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from lookalike.dashboard import texts
from lookalike.dashboard.address import Address, AddressTerm
from lookalike.dashboard.contexts import Card
from lookalike.dashboard.results import COPIES, SHOWN_BANDS, Results, shown_band
from lookalike.dashboard.search_contexts import BandSection
from lookalike.types import MINUS_WEIGHT, Asset, Band, Match, State

Tints = Mapping[str, str]  # asset id -> '#rrggbb'
NO_TINTS: Tints = {}
# Proportions in hundredths, in steps: a class each, for styles may not be written into a page.
_NARROWEST, _WIDEST, _STEP = 60, 240, 5


def shape_class(width_px: int | None, height_px: int | None) -> str:
    """The CSS class nearest to the proportions of a picture; very long ones are cut short."""
    if not width_px or not height_px:
        return "shape-100"
    hundredths = round(100 * width_px / height_px / _STEP) * _STEP
    return f"shape-{min(max(hundredths, _NARROWEST), _WIDEST)}"


def asset_url(asset: Asset, address: Address | None = None) -> str:
    """The page of an asset; with the search that leads there, it says why it matched. In the
    trash it is the very copy, not what was kept instead."""
    if asset.state is State.TRASHED:
        return f"/assets/{asset.id}?copy=1"
    if address is None or not _is_search(address):
        return f"/assets/{asset.id}"
    return f"/assets/{asset.id}?{urlencode({'from': address.url()})}"


def _is_search(address: Address | None) -> bool:
    return address is not None and not address.is_empty


def thumbnail_url(asset: Asset) -> str:
    """Its thumbnail; the address changes with the file, so it may be cached for ever."""
    if not asset.sha256 or not asset.width_px:
        return ""
    return f"/assets/{asset.id}/thumbnail?v={asset.sha256[:16]}"


def similar_url(asset: Asset) -> str:
    """A search by this asset alone, '' when it has nothing to search by."""
    return Address(terms=(AddressTerm("like", asset.id),)).url() if is_searchable(asset) else ""


def is_searchable(asset: Asset) -> bool:
    """Whether it can be searched by. A changed file is found by its old looks until it is read."""
    return asset.state is State.INDEXED or (
        asset.state is State.PENDING and asset.sha256 is not None
    )


def card(asset: Asset, address: Address | None = None, tints: Tints = NO_TINTS) -> Card:
    """An asset in a grid; with `address`, more and less like it are added to that query."""
    searchable = is_searchable(asset)
    base = address or Address()
    url = asset_url(asset, address)
    return Card(
        id=asset.id,
        name=asset.name,
        folder=asset.folder,
        url=url,
        why_url=f"{url}#why" if _is_search(address) and searchable else "",
        thumbnail_url=thumbnail_url(asset),
        tint=tints.get(asset.id, ""),
        shape=shape_class(asset.width_px, asset.height_px),
        width_px=asset.width_px or 1,
        height_px=asset.height_px or 1,
        kind=texts.kind(asset),
        dimensions=texts.dimensions(asset),
        size=texts.size(asset.size_bytes),
        date=texts.day(texts.taken(asset)),
        note=_state_note(asset),
        note_tone="quiet",
        is_waiting=asset.state is State.PENDING,
        similar_url=similar_url(asset),
        more_url=base.adding(AddressTerm("like", asset.id)).url() if searchable else "",
        less_url=(
            base.adding(AddressTerm("like", asset.id, MINUS_WEIGHT)).url() if searchable else ""
        ),
    )


def match_card(match: Match, address: Address, tints: Tints = NO_TINTS) -> Card:
    """A result, with what it is to the query picture."""
    shown = replace(
        card(match.asset, address, tints),
        variants=[_variant_card(variant, address) for variant in match.variants],
        variants_label=f"+{texts.count(len(match.variants), 'variant')}",
    )
    if match.relation is not None:
        return replace(shown, note=texts.RELATIONS[match.relation], note_tone="relation")
    if match.named is not None:
        return replace(shown, note=texts.NAMINGS[match.named], note_tone="relation")
    return shown


def _variant_card(match: Match, address: Address) -> Card:
    """A near-copy, with what it is to the picture that it is stacked under."""
    note = texts.RELATIONS[match.relation] if match.relation else "Near-copy"
    return replace(card(match.asset, address), note=note, note_tone="relation", is_variant=True)


def sections(results: Results, address: Address, tints: Tints = NO_TINTS) -> list[BandSection]:
    """The matches of a chunk under their dividers; sorted otherwise, in one section."""
    if address.sort != "relevance":
        return [
            _section("", [match_card(m, address, tints) for m in results.matches], results, False)
        ]
    found = []
    for band in SHOWN_BANDS:
        inside = [match_card(m, address, tints) for m in results.matches if shown_band(m) == band]
        if inside:
            begins = results.offset == 0 or not _seen_before(results, band)
            found.append(_section(band, inside, results, begins))
    return found


def _section(band: str, inside: Iterable[Card], results: Results, begins: bool) -> BandSection:
    is_nearest = _is_nearest(band, results)
    title = "Nearest" if is_nearest else texts.BANDS.get(band, "")
    return BandSection(
        band=band,
        title=title if begins else "",
        count=count_of(band, results) if begins else "",
        hint=texts.NEAREST_HINT if is_nearest else texts.BAND_HINTS.get(band, ""),
        cards=list(inside),
    )


def _is_nearest(band: str, results: Results) -> bool:
    """Whether these are weak with nothing to be weaker than."""
    return band == Band.WEAK.value and set(results.counts) <= {band, COPIES}


def _seen_before(results: Results, band: str) -> bool:
    """Whether the chunk before this one ended in the same band."""
    if not results.counts:
        return True
    before = sum(results.counts.get(b, 0) for b in SHOWN_BANDS[: SHOWN_BANDS.index(band)])
    return results.offset > before


def count_of(band: str, results: Results) -> str:
    """How many are in a band, with a plus where there may be more; '' for none."""
    number = results.counts.get(band, 0)
    if not number:
        return ""
    last = _last_counted(results.counts)
    is_open = band == last and results.is_more
    return f"{number:,}{'+' if is_open else ''}"


def _last_counted(counts: Mapping[str, int]) -> str:
    return next((band for band in reversed(SHOWN_BANDS) if counts.get(band)), "")


def query_image_url(sha256: str) -> str:
    """The thumbnail of an image that is searched by."""
    return f"/query-images/{sha256}"


def crop_url(term: AddressTerm) -> str:
    """The thumbnail of a region that is searched by."""
    return "/crops?" + urlencode({"t": AddressTerm(term.kind, term.value, 1.0, term.box).to_text()})


def _state_note(asset: Asset) -> str:
    """What keeps it from being found by looks, '' when nothing does."""
    if asset.state is State.PENDING:
        return "Indexing"
    if asset.state is State.SKIPPED:
        return texts.skip_reason(asset.skip_reason or "")
    if asset.state is State.MISSING:
        return "File missing"
    return ""

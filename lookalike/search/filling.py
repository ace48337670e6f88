"""The assets of an outline."""

from __future__ import annotations

from collections.abc import Sequence

from lookalike.outlines import Entry, Outline
from lookalike.search.named import naming
from lookalike.search.stages import Stopwatch
from lookalike.stores.base import Store
from lookalike.types import Found, Match


def fill(drawn: Outline, store: Store) -> Found:
    """With all assets."""
    watch = Stopwatch()
    matches = read_matches(drawn.entries, drawn.phrases, store)
    watch.lap("read")
    return Found(
        matches=matches,
        coverage=drawn.coverage,
        took_ms=drawn.took_ms + watch.total_ms,
        stages_ms={**drawn.stages_ms, **watch.laps_ms},
        next_cursor=drawn.next_cursor,
        is_calibrated=drawn.is_calibrated,
    )


def read_matches(
    entries: Sequence[Entry], phrases: Sequence[str], store: Store
) -> tuple[Match, ...]:
    """Those whose assets are still there. `phrases`: of the outline that they are from."""
    keys = [one.key for entry in entries for one in (entry, *entry.variants)]
    assets = {asset.key: asset for asset in store.get_assets(keys)}

    def match(entry: Entry) -> Match:
        asset = assets[entry.key]
        return Match(
            asset=asset,
            score=entry.score,
            band=entry.band,
            relation=entry.relation,
            named=naming(asset, phrases) if entry.is_named else None,
            variants=tuple(match(one) for one in entry.variants if one.key in assets),
        )

    return tuple(match(entry) for entry in entries if entry.key in assets)

"""Why a picture matched: what each term of the query did, and which regions it is about.

A score is a sum over the terms (`blend.coefficients`), so each has a part of it. Measured against
the same part of the background bank, and in spreads of the whole query, the parts add up to what
the bands are made of: how far the picture stands out.

The regions come from WINDOWS overlapping parts of the picture, each looked at by the model by
itself. On mosaics of four photographs the warmest spot lies in the one that a caption belongs to
96 times of 100; hiding parts instead, and seeing how much the score falls (Zeiler and Fergus,
2014), points there 73 times (`python -m evaluation.explanations`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lookalike.arrays import Float32s, Int64s
from lookalike.errors import NotIndexedYet, QueryError
from lookalike.search.blend import coefficients
from lookalike.search.calibration import spread
from lookalike.search.named import naming
from lookalike.search.query import Ask, Query, Sources, read_terms, resolve
from lookalike.search.tint import STEP, UNKNOWN_SPREAD, Tint, split
from lookalike.types import Asset, Explanation, Naming, State, Term, TermShare

if TYPE_CHECKING:
    from lookalike.images.windows import Window

WINDOWS = 5  # in each direction
WINDOW_SIDE = 0.34  # of the picture's
CELLS = 12  # of a heat map, in each direction
# A map whose windows differ by less than this, in spreads, has no warm spot.
FULL_RANGE = 2.8
_BATCH = 16

Heat = tuple[tuple[float, ...], ...]


def explain(ask: Ask, asset: Asset, sources: Sources, *, heat: bool = True) -> Explanation:
    """What the terms of `ask` did for one picture; `heat`: with a map for each that has a vector.

    Raises EmptyQuery, QueryError, also for a picture that is not searchable, and what the sources
    raise.
    """
    pictured, colours = split(read_terms(ask))
    vector = _vector_of(asset, sources)
    query = resolve(pictured, sources) if pictured else None
    measured = spread(sources.embedder.background @ query.vector) if query else None
    scatter = (measured or UNKNOWN_SPREAD) if query else 1.0
    parts = _parts(pictured, query, vector, sources.embedder.background, scatter) if query else []
    parts += _colour_parts(colours, asset, sources, STEP * scatter if query else 0.0, scatter)
    whole = sum(abs(contribution) for _, _, contribution in parts) or 1.0
    maps = _maps(query, asset, sources) if query and heat else []
    return Explanation(
        asset=asset,
        score=float(query.vector @ vector) if query else sum(part[2] for part in parts),
        standing=sum(part[2] for part in parts) if measured else None,
        named=_named(query, asset),
        terms=tuple(
            TermShare(
                term=term,
                score=score,
                contribution=contribution,
                share=abs(contribution) / whole,
                heat=maps[place] if place < len(maps) else (),
            )
            for place, (term, score, contribution) in enumerate(parts)
        ),
    )


Part = tuple[Term, float, float]  # a term, its score, its contribution


def _parts(
    terms: Sequence[Term], query: Query, vector: Float32s, background: Float32s, scatter: float
) -> list[Part]:
    scores = query.vectors @ vector
    usual = query.vectors @ background.mean(axis=0) if len(background) else 0.0
    factors = coefficients(query.vectors, [term.weight for term in terms], background)
    contributions = factors * (scores - usual) / scatter
    return list(zip(terms, scores.tolist(), contributions.tolist(), strict=True))


def _colour_parts(
    terms: Sequence[Term], asset: Asset, sources: Sources, worth: float, scatter: float
) -> list[Part]:
    key: Int64s = np.array([asset.key], np.int64)
    return [
        (
            term,
            float(sources.store.colour_amounts(term.colour_value or "", key)[0]),
            float(Tint((term,), worth).scores(sources.store, key)[0]) / scatter,
        )
        for term in terms
    ]


def _maps(query: Query, asset: Asset, sources: Sources) -> list[Heat]:
    """One a term; none when the thumbnail is missing."""
    from lookalike.images.windows import grid, spread_over

    thumbnail = sources.read_thumbnail(asset)
    if thumbnail is None:
        return []
    windows = grid(WINDOWS, WINDOW_SIDE)
    vectors = _embed_windows(thumbnail, windows, sources)
    maps = []
    for term in query.vectors:
        scatter = spread(sources.embedder.background @ term) or UNKNOWN_SPREAD
        warmth = spread_over(windows, vectors @ term / np.float32(scatter), CELLS)
        maps.append(_level(warmth))
    return maps


def _embed_windows(thumbnail: bytes, windows: Sequence[Window], sources: Sources) -> Float32s:
    from lookalike.images.windows import cut

    pixels = cut(thumbnail, windows, sources.embedder.image_size_px)
    parts = [pixels[start : start + _BATCH] for start in range(0, len(pixels), _BATCH)]
    return np.concatenate([sources.embedder.embed_images(part) for part in parts])


def _level(warmth: Float32s) -> Heat:
    """From 0, the coolest cell, to 1; where all are alike, none gets warm."""
    low, high = float(warmth.min()), float(warmth.max())
    level = (warmth - low) / max(high - low, FULL_RANGE)
    return tuple(tuple(round(value, 3) for value in row) for row in level.tolist())


def _vector_of(asset: Asset, sources: Sources) -> Float32s:
    found, vectors = sources.store.vectors(
        sources.embedder.model_id, np.array([asset.key], np.int64)
    )
    if not len(found) and asset.state is State.INDEXED:
        raise NotIndexedYet(f"{asset.name} waits for the renewed model; try again in a moment.")
    if not len(found):
        raise QueryError(f"{asset.name} is not searchable, so it cannot have matched.")
    return np.asarray(vectors[0], np.float32)


def _named(query: Query | None, asset: Asset) -> Naming | None:
    return naming(asset, query.phrases) if query and query.phrases else None

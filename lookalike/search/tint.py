"""Terms that are colours: by themselves, and beside words and pictures.

How much of a picture has a colour is the store's answer, from 0 to 1 (CIEDE2000 with a soft edge).
Alone, colours rank by that share. Beside a query vector each adds its square root, so that a small
red car on a large grey street still counts: in full it is worth as much as standing STEP spreads
further out, a spread being how far the query's scores scatter over the background bank
(`calibration.spread`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lookalike.arrays import Float32s, Float64s, Int64s
from lookalike.search.calibration import spread
from lookalike.search.ranking import Corpus, Ranked, rank, rescore
from lookalike.stores.base import Store
from lookalike.types import Band, Filters, Term

STEP = 6.7
# So many times more candidates come from the index, since colours reorder what it finds.
_WIDER = 8
UNKNOWN_SPREAD = 0.05
# Alone, a picture is a result from LEAST on, and in a band from these shares on.
_LEAST, _LIKELY, _STRONG = 0.01, 0.12, 0.35


@dataclass(frozen=True, slots=True)
class Tint:
    """The colour terms of one query."""

    terms: tuple[Term, ...]
    worth: float  # what a whole picture in a colour adds to a score; 0 without a query vector

    def scores(self, store: Store, keys: Int64s) -> Float64s:
        """What the colours of each picture add to its score [n]."""
        total = np.zeros(len(keys), np.float64)
        for term in self.terms:
            amounts = store.colour_amounts(term.colour_value or "", keys).astype(np.float64)
            total += term.weight * (self.worth * np.sqrt(amounts) if self.worth else amounts)
        return total


def split(terms: Sequence[Term]) -> tuple[list[Term], tuple[Term, ...]]:
    """The terms that have a vector, and those that are colours."""
    colours = tuple(term for term in terms if term.colour_value is not None)
    return [term for term in terms if term.colour_value is None], colours


def worth(background_scores: Float32s) -> float:
    """What a whole picture in a colour adds to the score of a query vector that scores this [m] in
    the background bank."""
    return STEP * (spread(background_scores) or UNKNOWN_SPREAD)


def rank_tinted(
    query: Float32s, tint: Tint, corpus: Corpus, count: int, allow: Int64s | None
) -> Ranked:
    """The best `count` pictures for a query vector and colours.

    Candidates are the nearest to the vector, many more than are wanted, and those whose colours
    fit best; each is scored exactly.
    """
    near = rank(query, corpus, count * _WIDER, allow).keys
    everything = corpus.store.filter_keys(Filters()) if allow is None else allow
    fitting = everything[_best(tint.scores(corpus.store, everything), count)]
    found = rescore(query, corpus, np.union1d(near, fitting))
    scores = found.scores.astype(np.float64) + tint.scores(corpus.store, found.keys)
    return _ordered(found.keys, scores.astype(np.float32), count)


def rank_by_colour(tint: Tint, corpus: Corpus, count: int, allow: Int64s | None) -> Ranked:
    """The best `count` pictures for colours alone; those that have nothing of them are none."""
    keys = corpus.store.filter_keys(Filters()) if allow is None else allow
    scores = tint.scores(corpus.store, keys).astype(np.float32)
    if any(term.weight > 0 for term in tint.terms):
        keys, scores = keys[scores >= _LEAST], scores[scores >= _LEAST]
    best = _best(scores, count)
    return _ordered(keys[best], scores[best], count)


def colour_bands(scores: Float32s, tint: Tint) -> list[Band]:
    """Of pictures that were ranked by colours alone. Without a wanted one, those that have none
    of the unwanted are likely."""
    if not any(term.weight > 0 for term in tint.terms):
        return [Band.LIKELY if score > -_LEAST else Band.WEAK for score in scores.tolist()]
    whole = sum(term.weight for term in tint.terms if term.weight > 0)
    return [_band(score / whole) for score in scores.tolist()]


def _band(share: float) -> Band:
    if share >= _STRONG:
        return Band.STRONG
    return Band.LIKELY if share >= _LIKELY else Band.WEAK


def _best(scores: Float32s | Float64s, count: int) -> Int64s:
    """Places of the highest `count` scores, ties included: the order of equals is the caller's."""
    if len(scores) <= count:
        return np.arange(len(scores), dtype=np.int64)
    return np.flatnonzero(scores >= np.partition(scores, -count)[-count])


def _ordered(keys: Int64s, scores: Float32s, count: int) -> Ranked:
    order = np.lexsort((keys, -scores))[:count]
    return Ranked(keys[order], scores[order])

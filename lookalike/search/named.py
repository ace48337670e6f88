"""Pictures that have a phrase in quotes in their name, their tags or their description."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lookalike.arrays import Int64s
from lookalike.search.ranking import Ranked
from lookalike.stores.base import Store
from lookalike.types import Asset, Naming

MOST = 1000  # further ones are found by their looks alone


def find_named(store: Store, phrases: Sequence[str], allow: Int64s | None) -> Int64s:
    """Keys of those that have all of `phrases`, of those in `allow` when it is given, sorted."""
    if not phrases:
        return np.empty(0, np.int64)
    # What is to be combined is found whole: the first thousand of each may have nothing in common.
    limit = MOST if allow is None and len(phrases) == 1 else None
    keys = store.find_phrase(phrases[0], limit)
    for phrase in phrases[1:]:
        keys = np.intersect1d(keys, store.find_phrase(phrase, limit))
    if allow is not None:
        keys = np.intersect1d(keys, allow)
    return keys[:MOST]


def naming(asset: Asset, phrases: Sequence[str]) -> Naming | None:
    """Where the first of `phrases` stands, None when it stands nowhere."""
    phrase = phrases[0].casefold()
    if phrase in asset.name.casefold():
        return Naming.NAME
    if any(phrase in tag.casefold() for tag in asset.tags):
        return Naming.TAG
    return Naming.DESCRIPTION if phrase in asset.description.casefold() else None


def join(ranked: Ranked, also: Ranked) -> Ranked:
    """Both, each picture once."""
    keys, first = np.unique(np.concatenate([ranked.keys, also.keys]), return_index=True)
    scores = np.concatenate([ranked.scores, also.scores])[first]
    order = np.lexsort((keys, -scores))
    return Ranked(keys[order], scores[order])

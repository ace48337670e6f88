"""Arranging a library: its groups with their names, and the place of each picture on the map.

Anew, from the graph of neighbours of the whole library; what was there before lends its groups
their identity, so that a group that is still there keeps its number, name and cover. Or by joining
what is new to what is there, which moves nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lookalike.arrays import Float16s, Float32s, Int64s, Vectors
from lookalike.models.base import Embedder
from lookalike.search import groups, layout, naming
from lookalike.search.groups import Cluster
from lookalike.search.neighbours import EXACT_BELOW, nearest_in_index, nearest_within
from lookalike.search.vocabulary import WORDS
from lookalike.stores.base import ArrangedGroup, Arrangement, Places, Store, VectorIndex

_SAME = 0.5  # so much of both groups' pictures in common: it is the same group
_CANDIDATES = 48  # neighbours of a new picture, of which those that have a place count
_LEAST_VOTES = 1 / 3  # of the neighbours that have a place are in the group it joins
_PLACED_BY = 5  # neighbours
_CHUNK = 4096

Tell = Callable[[str, int, int], None]  # stage, done, of how many


@dataclass(frozen=True, kw_only=True, slots=True)
class Workshop:
    """What arranging needs."""

    store: Store
    index: VectorIndex
    embedder: Embedder
    threads: int
    tell: Tell
    stop: threading.Event

    def read(self, keys: Int64s) -> Float16s:
        """Vectors of keys that have one."""
        return self.store.vectors(self.embedder.model_id, keys)[1]


def arrange_anew(shop: Workshop, keys: Int64s, before: Arrangement | None) -> Places | None:
    """Arranges and saves all of `keys`, sorted, which have vectors. None when it was stopped:
    then nothing is saved."""
    generation = shop.store.generation()
    vectors = shop.read(keys)
    near = _graph(shop, keys, vectors)
    if shop.stop.is_set():
        return None
    clusters = groups.find_clusters(vectors, near)
    members, nearness = _members(vectors, clusters)
    points = layout.lay_out(
        near,
        layout.first_places(vectors),
        threads=shop.threads,
        tell=lambda done, total: shop.tell("map", done, total),
        stop=shop.stop,
    )
    if shop.stop.is_set():
        return None
    names = name_all(vectors, members, len(clusters), shop.embedder)
    places = Places(keys=keys, groups=members, nearness=nearness, points=points)
    found = [
        ArrangedGroup(
            id=None,
            label=name,
            middle=cluster.middle.astype(np.float16),
            cover_key=int(keys[cluster.rows[0]]),
        )
        for name, cluster in zip(names, clusters, strict=True)
    ]
    shop.store.save_arrangement(
        shop.embedder.model_id, generation, _recognise(found, places, before), places
    )
    return places


def join(shop: Workshop, keys: Int64s, before: Arrangement) -> Places | None:
    """Gives a place to each of `keys`, which have vectors and no place yet, and saves that."""
    generation = shop.store.generation()
    parts = []
    for start in range(0, len(keys), _CHUNK):
        if shop.stop.is_set():
            return None
        parts.append(_join(shop, keys[start : start + _CHUNK], before))
        shop.tell("groups", start + len(parts[-1].keys), len(keys))
    places = Places.joined(parts)
    shop.store.add_places(generation, places)
    return places


def find_among(vectors: Vectors, *, resolution: float = 1.0) -> list[Cluster]:
    """The groups among some pictures, without any arrangement."""
    rows = vectors.astype(np.float32)
    near = nearest_within(rows, groups.NEIGHBOURS)
    return groups.find_clusters(rows, near, resolution=resolution)


def name_all(vectors: Vectors, members: Int64s, count: int, embedder: Embedder) -> list[str]:
    """A few words for each group; `members`: [n], -1 for none."""
    if not count:
        return []
    words = embedder.embed_texts([f"a photo of {word}" for word in WORDS])
    return naming.name_groups(vectors, members, count, WORDS, words, embedder.background)


# --- anew ---------------------------------------------------------------------------------


def _graph(shop: Workshop, keys: Int64s, vectors: Float16s) -> Int64s:
    shop.tell("groups", 0, len(keys))
    if len(keys) <= EXACT_BELOW:
        return nearest_within(vectors.astype(np.float32), groups.NEIGHBOURS)

    def read(some: Int64s) -> Float32s:
        return vectors[np.searchsorted(keys, some)].astype(np.float32)

    return nearest_in_index(
        keys,
        read,
        shop.index,
        groups.NEIGHBOURS,
        tell=lambda done: shop.tell("groups", done, len(keys)),
        stop=shop.stop,
    )


def _members(vectors: Float16s, clusters: Sequence[Cluster]) -> tuple[Int64s, Float32s]:
    """The group of each picture, -1 for none, and how near it is to the middle of that."""
    members = np.full(len(vectors), -1, np.int64)
    nearness = np.zeros(len(vectors), np.float32)
    for number, cluster in enumerate(clusters):
        members[cluster.rows] = number
        nearness[cluster.rows] = vectors[cluster.rows].astype(np.float32) @ cluster.middle
    return members, nearness


def _recognise(
    found: list[ArrangedGroup], places: Places, before: Arrangement | None
) -> list[ArrangedGroup]:
    """Groups that were there before get their number, name and cover back."""
    if before is None or not before.groups or not found:
        return found
    old = before.places
    both, here, there = np.intersect1d(
        places.keys, old.keys, assume_unique=True, return_indices=True
    )
    ids = np.array([group.id for group in before.groups], np.int64)
    known = np.isin(old.groups[there], ids) & (places.groups[here] >= 0)
    here, there = here[known], there[known]
    shape = (len(found), len(ids))
    old_numbers = np.argsort(ids)[np.searchsorted(np.sort(ids), old.groups[there])]
    common = np.bincount(
        places.groups[here] * shape[1] + old_numbers, minlength=shape[0] * shape[1]
    )
    common = common.reshape(shape)
    union = common.sum(axis=1)[:, None] + common.sum(axis=0)[None, :] - common
    same = common > _SAME * np.maximum(union, 1)
    alive = set(both.tolist())
    kept = list(found)
    for number, old_number in np.argwhere(same):  # at most one of each, as more than half agree
        was = before.groups[old_number]
        cover = was.cover_key if was.cover_key in alive else found[number].cover_key
        kept[number] = ArrangedGroup(
            id=was.id, label=was.label, middle=found[number].middle, cover_key=cover
        )
    return kept


# --- joining ------------------------------------------------------------------------------


def _join(shop: Workshop, keys: Int64s, before: Arrangement) -> Places:
    old = before.places
    vectors = shop.read(keys).astype(np.float32)
    found = shop.index.search_many(vectors, min(_CANDIDATES, len(shop.index)))
    rows = np.minimum(np.searchsorted(old.keys, found), len(old.keys) - 1)
    rows = np.where((old.keys[rows] == found) & (found >= 0), rows, -1)
    order = np.argsort(rows < 0, axis=1, kind="stable")
    rows = np.take_along_axis(rows, order, axis=1)[:, : groups.width_of(len(old.keys))]
    for lonely in np.flatnonzero((rows < 0).all(axis=1)):
        nearest, _ = shop.index.search(vectors[lonely], rows.shape[1], old.keys)
        rows[lonely, : len(nearest)] = np.searchsorted(old.keys, nearest)
    members = _vote(old.groups, rows)
    middles = {group.id: group.middle for group in before.groups}
    nearness = np.zeros(len(keys), np.float32)
    for row in np.flatnonzero(members >= 0):
        nearness[row] = vectors[row] @ middles[int(members[row])].astype(np.float32)
    near_points = np.where((rows >= 0)[..., None], old.points[rows], np.nan)[:, :_PLACED_BY]
    points = layout.place_near(near_points.astype(np.float32), keys)
    return Places(keys=keys, groups=members, nearness=nearness, points=np.nan_to_num(points))


def _vote(old_groups: Int64s, rows: Int64s) -> Int64s:
    """The group that most neighbours are in; -1 when those are too few of them, or in none."""
    members = np.full(len(rows), -1, np.int64)
    for number, own in enumerate(rows):
        voters = old_groups[own[own >= 0]]
        voices, votes = np.unique(voters[voters >= 0], return_counts=True)
        if len(votes) and votes.max() >= _LEAST_VOTES * len(voters):
            members[number] = voices[votes.argmax()]
    return members

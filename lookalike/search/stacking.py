"""Near-copies among the results of a page, stacked under the best of them.

Stacks grow by complete link, in the order of results: a match joins the first stack of whose
every member it is a copy, else it opens one. So nothing is linked through a chain, and a page
ends at a place in the order like any other: cursors need not know of stacks.

What the duplicate scan found of two pictures counts, and what a person decided. Where the scan
has not been, near hashes propose and the model's vectors confirm: hashes alone would stack a
shirt with the same shirt in another colour.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np

from lookalike.arrays import Bools, Int64s
from lookalike.search.cursor import Place
from lookalike.search.scans import scan_name
from lookalike.stores.base import Imprint, Store
from lookalike.types import OTHER_PICTURES, Relation

# Measured without a scan: of 3.1 million pairs of distinct products on white 14 pass. Of 60
# photographs 98 % as WebP, 85 % as JPEG of quality 30 and 47 % at half their size passed a score
# of 0.95; more do at this one.
MAX_PHASH64_BITS = 6
MAX_PHASH256_BITS = 24
MIN_SCORE = 0.9
# About half of a hash's bits are set. A picture with far fewer is flat, and its hash says little.
MIN_SET_BITS = 24

AHEAD = 8  # places behind a page that are looked at, so that its last stack is whole
MOST = 4  # times the page's size: so many places at most go into its stacks

Link = tuple[int, int]  # keys of two copies


@dataclass(frozen=True, slots=True)
class Stack:
    """A match and its copies, by their places; what each copy is to it where that is known."""

    best: Place
    copies: list[tuple[Place, Relation | None]] = field(default_factory=list)

    def places(self) -> list[Place]:
        """Of all of it, the best first."""
        return [self.best, *(place for place, _ in self.copies)]


@dataclass(frozen=True, slots=True)
class Stacked:
    """The stacks of a page, and how many places they took."""

    stacks: list[Stack]
    used: int


def stack_copies(
    places: Sequence[Place], limit: int, store: Store, model_id: str, apart: Collection[int]
) -> Stacked:
    """The first `limit` stacks of `places`. What is in `apart` (keys) stays on its own."""
    near = places[: limit + AHEAD]
    stacked = _stack(near, limit, store, model_id, apart)
    if stacked.used < len(near) or len(near) == len(places):
        return stacked
    return _stack(places[: MOST * limit + AHEAD], limit, store, model_id, apart)


def leave_single(places: Sequence[Place], store: Store) -> Stacked:
    """Each on its own; those that were removed in this very moment are left out."""
    there = {imprint.key for imprint in store.get_imprints([place.key for place in places])}
    return Stacked([Stack(place) for place in places if place.key in there], len(places))


def _stack(
    places: Sequence[Place], limit: int, store: Store, model_id: str, apart: Collection[int]
) -> Stacked:
    imprints = store.get_imprints([place.key for place in places])
    there = {imprint.key for imprint in imprints}
    links = find_links(imprints, store, model_id)
    stacks: list[Stack] = []
    stack_of: dict[int, Stack] = {}  # by key of a member
    used = 0
    for place in places:
        near = {} if place.key in apart else links.get(place.key, {})
        home = _home(near, stack_of)
        if home is not None:
            home.copies.append((place, near[home.best.key]))
        elif len(stacks) == limit:
            break
        elif place.key in there:  # else it was removed in this very moment
            home = Stack(place)
            stacks.append(home)
        if home is not None and place.key not in apart:
            stack_of[place.key] = home
        used += 1
    return Stacked(stacks, used)


def _home(near: Mapping[int, Relation | None], stack_of: Mapping[int, Stack]) -> Stack | None:
    """The first stack that holds only copies of a match; `near`: its copies by key."""
    for key in near:  # in the order of results, and so are stacks
        found = stack_of.get(key)
        if found is not None and all(place.key in near for place in found.places()):
            return found
    return None


def find_links(
    imprints: Sequence[Imprint], store: Store, model_id: str
) -> dict[int, dict[int, Relation | None]]:
    """For each asset that has copies among the others: what they are to it, by key, in order."""
    links: dict[int, dict[int, Relation | None]] = {}
    for (one, other), relation in _list_links(imprints, store, model_id).items():
        links.setdefault(one, {})[other] = relation
        links.setdefault(other, {})[one] = relation
    place_of = {imprint.key: place for place, imprint in enumerate(imprints)}
    return {
        key: dict(sorted(near.items(), key=lambda link: place_of[link[0]]))
        for key, near in links.items()
    }


def _list_links(
    imprints: Sequence[Imprint], store: Store, model_id: str
) -> dict[Link, Relation | None]:
    keys_of: dict[str, list[int]] = {}  # by content
    for imprint in imprints:
        if imprint.sha256 is not None:
            keys_of.setdefault(imprint.sha256, []).append(imprint.key)
    found: dict[Link, Relation | None] = {}
    if store.compared_generation(scan_name(model_id)) < store.generation():
        found = dict.fromkeys(_by_looks(imprints, store, model_id))
    for (first, second), relation in store.relations_among(list(keys_of)).items():
        for one, other in product(keys_of[first], keys_of[second]):
            found.pop((one, other), None)
            found.pop((other, one), None)
            if relation is not None and relation not in OTHER_PICTURES:
                found[(one, other)] = relation
    for same in keys_of.values():
        found |= dict.fromkeys(combinations(same, 2), Relation.IDENTICAL)
    return found


def _by_looks(imprints: Sequence[Imprint], store: Store, model_id: str) -> list[Link]:
    """Those whose hashes and vectors are near."""
    hashed = [one for one in imprints if one.phash64 and one.phash256]
    coarse = np.frombuffer(b"".join(one.phash64 or b"" for one in hashed), np.uint64)
    fine = np.frombuffer(b"".join(one.phash256 or b"" for one in hashed), np.uint64)
    fine = fine.reshape(-1, 4)
    says_much = np.bitwise_count(coarse) >= MIN_SET_BITS
    near: Bools = np.bitwise_count(coarse[:, None] ^ coarse) <= MAX_PHASH64_BITS
    ones, others = np.nonzero(np.triu(near & says_much & says_much[:, None], 1))
    bits = np.bitwise_count(fine[ones] ^ fine[others]).sum(axis=1, dtype=np.int64)
    is_near = bits <= MAX_PHASH256_BITS
    links = [
        (hashed[one].key, hashed[other].key)
        for one, other in zip(ones[is_near].tolist(), others[is_near].tolist(), strict=True)
    ]
    return _confirmed(links, store, model_id) if links else []


def _confirmed(links: Sequence[Link], store: Store, model_id: str) -> list[Link]:
    """Those that the model takes for one picture."""
    wanted: Int64s = np.array(sorted({key for link in links for key in link}), np.int64)
    keys, vectors = store.vectors(model_id, wanted)
    vector_of = dict(zip(keys.tolist(), vectors.astype(np.float32), strict=True))
    return [
        (one, other)
        for one, other in links
        if one in vector_of
        and other in vector_of
        and float(vector_of[one] @ vector_of[other]) >= MIN_SCORE
    ]

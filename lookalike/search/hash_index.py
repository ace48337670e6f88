"""Near hashes among a hundred thousand, without comparing every two.

Multi-index hashing: a hash of 64 bits is cut into four parts; two hashes at most 7 bits apart
agree in some part up to one bit, so looking up 17 values in each of four tables finds them all
(of those 8 to 10 bits apart it finds nearly all). Source: Norouzi, Punjani, Fleet, "Fast search in
Hamming space with multi-index hashing", 2012. Each picture is looked up in eight orientations.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lookalike.arrays import Int64s, UInt8s
from lookalike.images.hashes import distance
from lookalike.images.orientations import orient

_PARTS = 4
_VALUES = 1 << 16
_FIRST_VALUES = np.arange(_PARTS, dtype=np.int64) * _VALUES
_FLIPS = np.array([0, *(1 << bit for bit in range(16))], np.uint16)
NEAR_BITS = 24  # of 256: turned, compressed and resized copies are nearer in 99 of 100 cases
FAR_MOST = 6  # of those that are further away, so many are looked at
_CHUNK = 64  # pictures looked up at a time

UInt16s = NDArray[np.uint16]


class HashIndex:
    """Rows of `phash64` [n, 8] and `phash256` [n, 32], found by nearness."""

    def __init__(self, phash64: UInt8s, phash256: UInt8s) -> None:
        self._fine = phash256
        # Equal hashes are one entry: a thousand blank pictures must not be a million pairs.
        self._coarse, self._first, inverse = np.unique(
            phash64, axis=0, return_index=True, return_inverse=True
        )
        self._rows = np.argsort(inverse.ravel(), kind="stable")
        counts = np.bincount(inverse.ravel(), minlength=len(self._coarse))
        self._starts = np.concatenate([[0], np.cumsum(counts)])
        self._words = np.ascontiguousarray(self._coarse).view(np.uint64)[:, 0]
        # One table for all parts: the values of each part follow those of the one before.
        parts = (_parts_of(self._coarse) + _FIRST_VALUES).T.ravel()
        order = np.argsort(parts, kind="stable")
        self._entries = order % max(1, len(self._coarse))
        self._table = np.searchsorted(parts[order], np.arange(_PARTS * _VALUES + 1))

    def near(
        self, phash64: UInt8s, phash256: UInt8s, *, max_coarse: int, max_fine: int, most: int
    ) -> list[Int64s]:
        """For each picture asked about, at most `most` rows within both distances (in bits, in
        the orientation that is nearest), the nearest first; itself, if it is held, among them.
        Beyond NEAR_BITS at most FAR_MOST in all."""
        found: list[Int64s] = []
        for start in range(0, len(phash64), _CHUNK):
            turned = orient(phash64[start : start + _CHUNK])
            fine = orient(phash256[start : start + _CHUNK])
            for coarse_turns, fine_turns in zip(turned, fine, strict=True):
                found.append(self._near_one(coarse_turns, fine_turns, max_coarse, max_fine, most))
        return found

    def _near_one(
        self, coarse: UInt8s, fine: UInt8s, max_coarse: int, max_fine: int, most: int
    ) -> Int64s:
        """`coarse`: [8, 8], `fine`: [8, 32]: one picture in its orientations."""
        entries = self._look_up(coarse)
        # In words of 64 bits, an orientation after the other: there are thousands of them.
        bits = np.bitwise_count(self._words[entries] ^ coarse.view(np.uint64)).min(axis=0)
        near = bits <= max_coarse
        entries, first = np.unique(entries[near], return_index=True)
        if not len(entries):
            return entries
        entries = entries[np.argsort(bits[near][first], kind="stable")][: 4 * most]
        starts = self._starts[entries]
        ends = np.minimum(self._starts[entries + 1], starts + 4 * most)
        rows = self._rows[_spans(starts, ends)]
        bits = distance(self._fine[rows][:, None], fine[None]).min(axis=1)
        rows, bits = rows[bits <= max_fine], bits[bits <= max_fine]
        order = np.argsort(bits, kind="stable")[:most]
        # On white, dozens are not far; a copy is among the first, or much nearer.
        worth = (bits[order] <= NEAR_BITS) | (np.arange(len(order)) < FAR_MOST)
        nearest: Int64s = rows[order][worth].astype(np.int64)
        return nearest

    def _look_up(self, coarse: UInt8s) -> Int64s:
        """Entries that share a part, but for a bit, with some orientation; some several times."""
        near = _parts_of(coarse)[..., None] ^ _FLIPS
        wanted = (near + _FIRST_VALUES[:, None]).ravel()
        return self._entries[_spans(self._table[wanted], self._table[wanted + 1])]


def _spans(starts: Int64s, ends: Int64s) -> Int64s:
    """The whole numbers from each of `starts` to before its end, one span after the other."""
    counts = ends - starts
    before = np.cumsum(counts) - counts
    spans: Int64s = np.repeat(starts - before, counts) + np.arange(counts.sum())
    return spans


def _parts_of(hashes: UInt8s) -> UInt16s:
    """[n, 4]"""
    return np.ascontiguousarray(hashes).view(np.uint16)

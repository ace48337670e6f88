"""Tells most pairs apart by their signatures, many at a time, before pixels are aligned.

What is left are hints: where one picture may lie in the other. Copies have at least 0.94 in
`likeness`, crops 0.75 in `crops.find` (300 photographs, nineteen changes), and copies at most 0.18
in `shades.differing` and 0.45 in `shades.rehued` (2,391 copies of all kinds of pictures, of which
999 in 1,000 have at most 0.15 in that), and 3.6 in `shades.misfit` (660 copies); of the pairs of
look-alike products that hashes and vectors propose, more than four in five are told apart here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lookalike.arrays import Float32s, Float64s, Int64s, UInt8s
from lookalike.images import crops
from lookalike.images.alignment import Placement
from lookalike.images.orientations import TURNS
from lookalike.images.shades import differing, misfit, rehued
from lookalike.images.signature import Size, likeness

MIN_LIKENESS = 0.9  # from which two pictures are laid over each other as they are
MAX_DIFFERING = 0.25  # part of the cells with another colour up to which they are
MAX_REHUED = 0.5  # part of the coloured cells with another hue up to which they are
MAX_MISFIT = 4.5  # of 255: how far apart the colours may be in the cells that fit best
MIN_FOUND = 0.72  # correlation from which a place found for a crop is tried
MIN_FOUND_AMONG_RELATIVES = 0.5  # two changes at once leave less
_BESIDE = 0.17  # by so much less a place correlates at the scale beside the best (8,858 pairs)
_BATCH = 16  # pairs; each takes about half a megabyte

Found = tuple[Float32s, Float64s]  # as `crops.find` returns it


@dataclass(frozen=True, kw_only=True, slots=True)
class Hint:
    """How alike two pictures seem, and where the second may lie in the first."""

    likeness: float
    starts: tuple[Placement, ...] = ()  # the best first; none: they are not the same picture


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """Pairs of signatures [n, 48, 48], and the sizes of their pictures in px."""

    ones: UInt8s
    others: UInt8s
    one_sizes: Sequence[Size]
    other_sizes: Sequence[Size]


@dataclass(frozen=True, kw_only=True)
class Screened(Signatures):
    """Pairs of pictures as they are screened: also by shades [n, 3, 12, 12]. `crops_wanted`:
    whether to look for crops and borders too, pair by pair; that costs more."""

    one_shades: UInt8s
    other_shades: UInt8s
    crops_wanted: Sequence[bool]


def screen(pairs: Screened) -> list[Hint]:
    """Of each pair."""
    if not len(pairs.ones):
        return []
    scores, turns = likeness(pairs.ones, pairs.others)
    are_alike = scores >= MIN_LIKENESS
    fit = are_alike.copy()
    ones, others = (cells[are_alike] for cells in (pairs.one_shades, pairs.other_shades))
    turned = turns[are_alike]
    fit[are_alike] = (
        (rehued(ones, others, turned) <= MAX_REHUED)
        & (differing(ones, others, turned) <= MAX_DIFFERING)
        & (misfit(ones, others, turned) <= MAX_MISFIT)
    )
    hints = [
        Hint(likeness=score, starts=(_full(turn),) if is_fit else ())
        for score, turn, is_fit in zip(scores.tolist(), turns.tolist(), fit.tolist(), strict=True)
    ]
    open_ones = [n for n in range(len(hints)) if pairs.crops_wanted[n] and not are_alike[n]]
    for number, (score, starts) in zip(open_ones, _find(pairs, open_ones), strict=True):
        hints[number] = Hint(likeness=max(score, hints[number].likeness), starts=starts)
    return hints


def screen_relatives(
    one: UInt8s, other: UInt8s, one_size: Size, other_size: Size
) -> Iterator[Hint]:
    """Of two that are the same picture as some third one: they may be turned and cropped at
    once. First as they are, but for turns, which is what most need; then one may lie in the other,
    and last also turned."""
    scores, turns = likeness(one[None], other[None])
    starts = (_full(int(turns[0])),) if scores[0] >= MIN_FOUND_AMONG_RELATIVES else ()
    yield Hint(likeness=float(scores[0]), starts=starts)
    upright, *turned = TURNS
    for orientations in ([upright], turned):
        sizes = [other_size if turn < 5 else other_size[::-1] for turn in orientations]
        pairs = Signatures(
            ones=np.stack([one] * len(sizes)),
            others=np.stack([TURNS[turn](other) for turn in orientations]),
            one_sizes=[one_size] * len(sizes),
            other_sizes=sizes,
        )
        found = _find(pairs, range(len(sizes)), least=MIN_FOUND_AMONG_RELATIVES)
        ordered = sorted(zip(found, orientations, strict=True), key=lambda each: -each[0][0])
        yield Hint(
            likeness=max(score for score, _ in found),
            starts=tuple(
                Placement(start.left, start.top, start.width, start.height, turn)
                for (_, places), turn in ordered
                for start in places
            ),
        )


def _full(turn: int) -> Placement:
    return Placement(0.0, 0.0, 1.0, 1.0, turn)


def _find(
    pairs: Signatures, rows: Sequence[int], *, least: float = MIN_FOUND
) -> list[tuple[float, tuple[Placement, ...]]]:
    """For each of `rows` the best correlation, and where it, or the reverse, is at least so."""
    by_grids: dict[tuple[Size, Size], list[int]] = defaultdict(list)
    for row in rows:
        grids = crops.grid_of(*pairs.one_sizes[row]), crops.grid_of(*pairs.other_sizes[row])
        by_grids[grids].append(row)
    found: dict[int, tuple[float, tuple[Placement, ...]]] = {}
    for grids, same in by_grids.items():
        for start in range(0, len(same), _BATCH):
            part = same[start : start + _BATCH]
            inside, around = _look(pairs, part, grids, crops.SCALES[1::2])
            # The place of a crop is seen at the scale beside its own, too.
            near = np.flatnonzero(np.maximum(inside[0], around[0]) >= least - _BESIDE)
            if len(near):
                closer = _look(pairs, [part[n] for n in near], grids, crops.SCALES[::2])
                for (scores, boxes), (finer, finer_boxes) in zip(
                    (inside, around), closer, strict=True
                ):
                    better = finer > scores[near]
                    scores[near[better]], boxes[near[better]] = finer[better], finer_boxes[better]
            found |= zip(part, _places(inside, around, least), strict=True)
    return [found[row] for row in rows]


def _look(
    pairs: Signatures, rows: Sequence[int], grids: tuple[Size, Size], scales: Sequence[float]
) -> tuple[Found, Found]:
    """Where the others lie in the ones, and the ones in the others, at these scales."""
    ones, one_rows = _prepare(pairs.ones[rows], grids[0], scales)
    others, other_rows = _prepare(pairs.others[rows], grids[1], scales)
    return (
        crops.find(ones, one_rows, others, other_rows),
        crops.find(others, other_rows, ones, one_rows),
    )


def _prepare(
    signatures: UInt8s, grid: Size, scales: Sequence[float]
) -> tuple[crops.Prepared, Int64s]:
    """Each signature once, and which of them each row is."""
    places: dict[bytes, int] = {}  # np.unique would sort them, which takes a third of all this
    rows = [places.setdefault(signature.tobytes(), len(places)) for signature in signatures]
    first = np.unique(rows, return_index=True)[1]
    return crops.Prepared.of(signatures[first], grid, scales), np.array(rows, np.int64)


def _places(
    inside: Found, around: Found, least: float
) -> list[tuple[float, tuple[Placement, ...]]]:
    places = []
    for score, box, outer_score, outer_box in zip(*inside, *around, strict=True):
        found = []
        if score >= least:
            found.append((score, Placement(*box.tolist())))
        if outer_score >= least:
            left, top, width, height = outer_box.tolist()
            reverse = Placement(-left / width, -top / height, 1 / width, 1 / height)
            found.append((outer_score, reverse))
        found.sort(key=lambda each: -each[0])
        best = float(max(score, outer_score))
        places.append((best, tuple(placement for _, placement in found)))
    return places

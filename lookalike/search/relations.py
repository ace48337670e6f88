"""What one picture is to another, said only when the pixels agree.

Hashes and vectors propose pairs; here they are decided. Product photographs on white share both
by the thousand, so nothing above `same_scene` is said before the two pictures, laid over each
other, agree in every spot and in their fine structure (`images.agreement`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from lookalike.errors import CorruptImage
from lookalike.lazy import lazy
from lookalike.search.verdicts import Finding, judge
from lookalike.types import OTHER_PICTURES, Asset, Relation

if TYPE_CHECKING:
    from lookalike.images.frame import Frame
    from lookalike.search.screening import Hint

MAX_PHASH64_BITS = 10
MAX_PHASH256_BITS = 70

ReadThumbnail = Callable[[Asset], bytes | None]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What is known of one picture: from outside, or an asset (then `key` is set)."""

    key: int | None = None
    sha256: str
    width_px: int
    height_px: int
    phash64: bytes
    phash256: bytes
    thumbnail: bytes | None  # WebP; without it no pixels are compared

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return self.width_px, self.height_px

    @lazy
    def frame(self) -> Frame | None:
        """The picture itself, small; None when its thumbnail is missing or damaged."""
        from lookalike.images.frame import Frame  # most searches are for words, without pictures

        try:
            return Frame.read(self.thumbnail) if self.thumbnail is not None else None
        except CorruptImage:
            return None


def sample_of(asset: Asset, read_thumbnail: ReadThumbnail) -> Sample | None:
    """The asset as one side of a comparison; None for one that was never decoded."""
    if asset.sha256 is None or asset.width_px is None or asset.height_px is None:
        return None
    if asset.phash64 is None or asset.phash256 is None:
        return None
    return Sample(
        key=asset.key,
        sha256=asset.sha256,
        width_px=asset.width_px,
        height_px=asset.height_px,
        phash64=asset.phash64,
        phash256=asset.phash256,
        thumbnail=read_thumbnail(asset),
    )


def relate(
    sample: Sample, asset: Asset, read_thumbnail: ReadThumbnail, *, thorough: bool = False
) -> Relation | None:
    """How `asset` and the sample derive from each other, or None when that is not certain.

    Pixels are compared when the hashes are near in some orientation, or with `thorough`.
    """
    if asset.key == sample.key:
        return Relation.SELF
    if asset.sha256 == sample.sha256:
        return Relation.IDENTICAL
    if sample.thumbnail is None or not (thorough or hashes_are_near(sample, asset)):
        return None
    other = sample_of(asset, read_thumbnail)
    found = compare(sample, other) if other is not None else None
    return found.relation if found is not None and found.relation not in OTHER_PICTURES else None


def compare(
    one: Sample,
    other: Sample,
    *,
    score: float = 0.0,
    have_relative: bool = False,
    hint: Hint | None = None,
) -> Finding | None:
    """What the two are to each other, or None when they have nothing in common.

    `score`: what the model makes of them, where that is known. `have_relative`: both are known to
    be the same picture as some third one. `hint`: what screening said, when that is done already.
    """
    if one.sha256 == other.sha256:
        return Finding(Relation.IDENTICAL, 1.0)
    if one.size == other.size and one.thumbnail is not None and one.thumbnail == other.thumbnail:
        return Finding(Relation.SAME_PIXELS, 0.99)
    if one.frame is None or other.frame is None:
        return None
    judged = partial(
        judge,
        one.frame,
        other.frame,
        one.size,
        other.size,
        score=score,
        have_relative=have_relative,
    )
    if hint is not None or not have_relative:
        return judged(hint=hint or _screen(one, other))
    from lookalike.search import screening

    nearest: Finding | None = None
    mine, theirs = one.frame.signature, other.frame.signature
    for each in screening.screen_relatives(mine, theirs, one.size, other.size):
        finding = judged(hint=each)
        if finding is not None and finding.relation not in OTHER_PICTURES:
            return finding
        if finding is not None and (nearest is None or finding.confidence > nearest.confidence):
            nearest = finding
    return nearest


def _screen(one: Sample, other: Sample) -> Hint:
    from lookalike.search import screening

    assert one.frame is not None
    assert other.frame is not None
    pair = screening.Screened(
        ones=one.frame.signature[None],
        others=other.frame.signature[None],
        one_sizes=[one.size],
        other_sizes=[other.size],
        one_shades=one.frame.shades[None],
        other_shades=other.frame.shades[None],
        crops_wanted=[True],
    )
    return screening.screen(pair)[0]


def hashes_are_near(sample: Sample, asset: Asset) -> bool:
    """Whether the hashes lie close in some orientation."""
    if asset.phash64 is None or asset.phash256 is None:
        return False
    return bool(
        _nearest_bits(sample.phash64, asset.phash64) <= MAX_PHASH64_BITS
        and _nearest_bits(sample.phash256, asset.phash256) <= MAX_PHASH256_BITS
    )


def _nearest_bits(one: bytes, other: bytes) -> int:
    from lookalike.images.hashes import distance
    from lookalike.images.orientations import orient

    turned = orient(np.frombuffer(one, np.uint8)[None])[0]
    return int(distance(turned, np.frombuffer(other, np.uint8)).min())

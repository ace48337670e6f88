"""From what was measured on two pictures to the name of their relation.

Every threshold was set on pictures: 150 photographs and 19 changed versions of each on the one
side, thousands of pairs of look-alike product photographs on white on the other
(`evaluation/duplicates.py` measures what came of it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lookalike.types import Relation

if TYPE_CHECKING:
    from lookalike.images.agreement import Agreement
    from lookalike.images.alignment import Placement
    from lookalike.images.frame import Frame
    from lookalike.search.screening import Hint

NEVER = (2.0, 0.0)  # limits that nothing meets

Size = tuple[int, int]
Box = tuple[float, float, float, float]

FULL_SLACK = 0.012  # parts of a side by which a full fit may miss: a pixel and a half of 128
MIN_DETAIL = 0.75  # of copies, 1 in 100 at half the size of 256 px is as low as 0.86
MIN_TEXTURED = 0.3  # part of the area with structure; with less, a little white is a background
MIN_WHITE = 0.02
MIN_DETAIL_FITTING = 0.95  # from here on two are laid over each other as well as can be
MIN_DETAIL_CHANGED = 0.97  # text and logos: 0.98 outside of the patch
MIN_DETAIL_CHANGED_ON_WHITE = 0.99
MIN_DETAIL_RECOLOURED = 0.96
MIN_DETAIL_RECOLOURED_SMOOTH = 0.9  # little structure drowns in the noise of compression
SMOOTH_TEXTURE = 6.0  # of 255
MAX_CHANGED = 0.28  # part of the area that a caption or a logo may take, with a margin
MIN_ADDED_ON_WHITE = 0.1
MAX_ALTERED_ON_WHITE = 0.05
MAX_ALTERED = 0.065  # part of the pixels: letters and small logos, not another garment
MAX_WHITE = 0.15  # part of the area from which a picture is "on white", whatever is on it
MAX_TINT = 4.5  # of 255: copies have at most 4, 99 in 100 at most 2
MAX_TINT_ON_WHITE = 2.5  # black and dark green gloves from one shot: 3.1
MIN_ADDED = 0.1  # of the fine structure in both patches
MAX_STRAY = 0.004  # part of the area that may differ by chance
MAX_DIFFERENCE = 10.0  # of 255, mean
MAX_DIFFERENCE_CHANGED = 5.5
MAX_DIFFERENCE_RECOLOURED = 6.0
MAX_GAIN = 0.07  # further from 1 the brightness is another
MAX_SHIFT = 6.0  # of 255, of middle grey
GAINS = (0.4, 2.5)
MIN_SCENE_LIKENESS = 0.7
MIN_SIMILAR_SCORE = 0.9
FLAT_TEXTURED = 0.005  # with less structure a picture is blank, and only equality counts
BORDER_SPREAD = 3.0  # of 255, within what may count as a border
BORDER_STEP = 40.0  # of 255, between a border and what it surrounds


@dataclass(frozen=True, slots=True)
class Finding:
    """A relation, how sure it is, and which of the two is the copy: 1 the first, 2 the second, 0
    when that does not show."""

    relation: Relation
    confidence: float
    copy: int = 0


def judge(
    one: Frame,
    other: Frame,
    one_size: Size,
    other_size: Size,
    *,
    hint: Hint,
    score: float,
    have_relative: bool,
) -> Finding | None:
    """`one_size`, `other_size`: width and height of the full pictures, px. `have_relative`: both
    are the same picture as some third one, so that two changes at once are expected, and less
    structure has to be left."""
    from lookalike.images import alignment
    from lookalike.images.agreement import measure

    nearest: Agreement | None = None
    for placement in alignment.placements(one, other, hint.starts):
        turned = other.turned(placement.turn)
        overlap = alignment.lay_over(one, turned, placement)
        agreement = measure(overlap.one, overlap.other, most_changed=MAX_CHANGED)
        if agreement is None:
            continue
        confidence = _confidence(agreement, have_relative)
        if confidence is not None:
            return _named(one, turned, one_size, other_size, placement, agreement, confidence)
        if nearest is None or agreement.detail > nearest.detail:
            nearest = agreement
        if not have_relative and agreement.detail >= MIN_DETAIL_FITTING and _is_tinted(agreement):
            break  # the same form in other colours: no better fit makes them the same picture
    if nearest is None or nearest.textured < FLAT_TEXTURED:
        return tell_apart(hint.likeness, score)
    return tell_apart(max(nearest.detail, hint.likeness), score)


def tell_apart(likeness: float, score: float) -> Finding | None:
    """What two are that are not the same picture. `likeness`: of their structure, laid over each
    other; `score`: what the model makes of them, 0 where that is not known."""
    if likeness >= MIN_SCENE_LIKENESS:
        return Finding(Relation.SAME_SCENE, round(0.5 + 0.25 * min(1.0, likeness), 3))
    if score >= MIN_SIMILAR_SCORE:
        return Finding(Relation.SIMILAR, round(min(0.5, 0.5 * score), 3))
    return None


def _confidence(found: Agreement, have_relative: bool) -> float | None:
    """How sure it is that the pixels are the same, from 0.8; None when they are not."""
    if found.textured < FLAT_TEXTURED:
        is_same = found.changed == 0 and found.worst <= 0.5 and found.difference <= 2.0
        return 0.85 if is_same and _is_same_tone(found) else None
    if found.changed > MAX_CHANGED or not GAINS[0] <= found.gain <= GAINS[1]:
        return None
    least, most = (MIN_DETAIL, MAX_DIFFERENCE) if have_relative else _limits(found)
    if found.detail < least or found.difference > most:
        return None
    margin = min((found.detail - least) / (1 - least), 1 - found.difference / most)
    return round(0.8 + 0.18 * min(1.0, 1.5 * margin), 3)


def _limits(found: Agreement) -> tuple[float, float]:
    """The least correlation of the fine structure, and the largest mean difference."""
    if _is_tinted(found):
        return NEVER
    is_same_tone = _is_same_tone(found) and not found.is_greyed
    if found.changed <= MAX_STRAY:
        if is_same_tone:
            return MIN_DETAIL, MAX_DIFFERENCE
        is_smooth = found.texture < SMOOTH_TEXTURE
        if found.white >= MAX_WHITE and found.offset != 0:
            return NEVER  # white stays white and the rest gets darker: the glove in another colour
        least = MIN_DETAIL_RECOLOURED_SMOOTH if is_smooth else MIN_DETAIL_RECOLOURED
        return least, MAX_DIFFERENCE_RECOLOURED
    if not is_same_tone or found.altered > MAX_ALTERED:
        return NEVER
    if not _is_on_white(found):
        return MIN_DETAIL_CHANGED, MAX_DIFFERENCE_CHANGED
    # On white: another print, or another garment on the same body, is no caption.
    is_caption = (
        (found.gain, found.offset) == (1.0, 0.0)
        and abs(found.added) >= MIN_ADDED_ON_WHITE
        and found.altered <= MAX_ALTERED_ON_WHITE
    )
    return (MIN_DETAIL_CHANGED_ON_WHITE, MAX_DIFFERENCE_CHANGED) if is_caption else NEVER


def _is_tinted(found: Agreement) -> bool:
    return found.tint > (MAX_TINT_ON_WHITE if _is_on_white(found) else MAX_TINT)


def _is_on_white(found: Agreement) -> bool:
    is_smooth = found.textured < MIN_TEXTURED and found.white >= MIN_WHITE
    return is_smooth or found.white >= MAX_WHITE


def _is_same_tone(found: Agreement) -> bool:
    shift = found.gain * 128 + found.offset - 128
    return abs(found.gain - 1) <= MAX_GAIN and abs(shift) <= MAX_SHIFT


def _named(
    one: Frame,
    other: Frame,
    one_size: Size,
    other_size: Size,
    placement: Placement,
    agreement: Agreement,
    confidence: float,
) -> Finding:
    """The relation that says most about what was done. `other` is already turned."""
    is_same_tone = _is_same_tone(agreement) and not agreement.is_greyed
    if agreement.changed > MAX_STRAY and is_same_tone:  # else what was clipped looks changed
        return Finding(Relation.OVERLAID, confidence, _with_more(agreement.added))
    mine, theirs = placement.overlap()
    fills_one, fills_other = _is_whole(mine), _is_whole(theirs)
    if not (fills_one and fills_other):
        return _cut_or_padded(one, other, placement, confidence)
    if placement.turn != 1:
        from lookalike.images.orientations import MIRRORING

        is_mirrored = placement.turn in MIRRORING
        return Finding(Relation.MIRRORED if is_mirrored else Relation.ROTATED, confidence)
    if not is_same_tone:
        grey = 0 if not agreement.is_greyed else 1 if _is_grey(one) else 2
        return Finding(Relation.RECOLOURED, confidence, grey)
    if one_size == other_size:
        return Finding(Relation.RE_ENCODED, confidence)
    is_one_larger = one_size[0] * one_size[1] > other_size[0] * other_size[1]
    return Finding(Relation.RESIZED, confidence, 2 if is_one_larger else 1)


def _with_more(added: float) -> int:
    """Text has more edges than what it hides; where that is not plain, nothing is said."""
    return 0 if abs(added) < MIN_ADDED else 2 if added > 0 else 1


def _is_whole(box: Box) -> bool:
    left, top, right, bottom = box
    return max(left, top, 1 - right, 1 - bottom) <= FULL_SLACK


def _cut_or_padded(one: Frame, other: Frame, placement: Placement, confidence: float) -> Finding:
    mine, theirs = placement.overlap()
    if _is_whole(theirs):  # `other` lies within `one`
        if _is_border(one, mine):
            return Finding(Relation.PADDED, confidence, 1)
        return Finding(Relation.CROPPED, confidence, 2)
    if _is_whole(mine):
        if _is_border(other, theirs):
            return Finding(Relation.PADDED, confidence, 2)
        return Finding(Relation.CROPPED, confidence, 1)
    return Finding(Relation.CROPPED, confidence)


def _is_border(frame: Frame, inside: Box) -> bool:
    """Whether everything outside of a box is one flat colour that was put around the rest:
    evenly on opposite sides, or unlike the picture's own rim."""
    import numpy as np

    pixels = np.asarray(frame.image, np.float32)
    high, wide = pixels.shape[:2]
    left, right = int(np.floor(inside[0] * wide)), int(np.ceil(inside[2] * wide))
    top, bottom = int(np.floor(inside[1] * high)), int(np.ceil(inside[3] * high))
    within = np.zeros((high, wide), bool)
    within[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = True
    if within.all():
        within[:] = False
        within[top:bottom, left:right] = True
    if within.all():
        return False
    around = pixels[~within]
    colour = np.median(around, axis=0)
    if np.abs(around - colour).mean() > BORDER_SPREAD:
        return False
    is_even = (
        abs(inside[0] - (1 - inside[2])) < FULL_SLACK
        and abs(inside[1] - (1 - inside[3])) < FULL_SLACK
    )
    core = pixels[top + 2 : bottom - 2, left + 2 : right - 2]
    rim = np.concatenate([core[0], core[-1], core[:, 0], core[:, -1]])
    return bool(is_even or np.abs(rim - colour).mean() >= BORDER_STEP)


def _is_grey(frame: Frame) -> bool:
    import numpy as np

    pixels = np.asarray(frame.image, np.float32)
    return bool(np.abs(pixels - pixels.mean(axis=2, keepdims=True)).mean() < 1.5)

"""A copy laid over its original, so that the eye can compare them spot by spot."""

from __future__ import annotations

import io

from lookalike.errors import CorruptImage


def lay_over(one: bytes, other: bytes) -> bytes:
    """`one`, `other`: WebP thumbnails. Returns `other` as a WebP picture in the frame of `one`:
    turned, shifted and scaled so that both show the same at the same spot, and see-through where
    it has nothing. Without a place where they agree it fills the frame. Raises CorruptImage.
    """
    from PIL import Image

    from lookalike.images.agreement import measure
    from lookalike.images.alignment import Placement, placements
    from lookalike.images.alignment import lay_over as sample
    from lookalike.images.frame import Frame
    from lookalike.search.screening import screen_relatives

    first, second = Frame.read(one), Frame.read(other)
    best, most = Placement(0.0, 0.0, 1.0, 1.0), float("-inf")
    hints = screen_relatives(first.signature, second.signature, first.size, second.size)
    starts = [start for hint in hints for start in hint.starts]
    for placement in placements(first, second, starts):
        overlap = sample(first, second.turned(placement.turn), placement)
        agreement = measure(overlap.one, overlap.other)
        if agreement is not None and agreement.detail > most:
            best, most = placement, agreement.detail
    try:
        with Image.open(io.BytesIO(one), formats=["WEBP"]) as picture:
            width, height = picture.size
        with Image.open(io.BytesIO(other), formats=["WEBP"]) as picture:
            whole = Frame(picture.convert("RGBA")).turned(best.turn).image
    except (OSError, SyntaxError, ValueError) as error:
        raise CorruptImage(f"A thumbnail is damaged: {error}") from error
    across, down = whole.width / best.width, whole.height / best.height
    # Pixels of the new picture to those of the old one.
    mapping = (across / width, 0, -best.left * across, 0, down / height, -best.top * down)
    laid = whole.transform(
        (width, height), Image.Transform.AFFINE, mapping, Image.Resampling.BICUBIC
    )
    buffer = io.BytesIO()
    laid.save(buffer, "WEBP", quality=85, method=1)
    return buffer.getvalue()

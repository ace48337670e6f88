"""Bytes of a picture to RGB, as the picture is meant to be seen.

Upright after EXIF, in sRGB, on white, the first frame only. Sizes are checked before any pixel is
decoded. A hostile file can still cost time and memory, or crash a decoder: `sandbox` runs this in
processes that may die.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.WebPImagePlugin import WebPImageFile

from lookalike.errors import (
    CorruptImage,
    DecodeTimeout,
    ImageError,
    TooManyBytes,
    TooManyPixels,
)
from lookalike.images import colour, exif, jpeg, png, svg
from lookalike.images.photo import read_photo
from lookalike.images.sniff import MIME_BY_TYPE, sniff
from lookalike.photo_facts import NO_FACTS, PhotoFacts

_TYPE_BY_MIME = {mime: kind for kind, mime in MIME_BY_TYPE.items()}
# The last reduction is left to a better filter, which needs this much more than the target.
_SPARE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a picture may have; each is the largest that is accepted."""

    max_bytes: int
    max_pixels: int
    max_avif_pixels: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """A picture, perhaps smaller than its file says."""

    image: Image.Image  # RGB
    mime: str
    width_px: int  # as shown, at full size
    height_px: int
    taken_at: datetime | None
    facts: PhotoFacts = NO_FACTS


def decode(data: bytes, limits: Limits, *, min_side_px: int, min_long_side_px: int = 0) -> Decoded:
    """The picture in `data`, reduced where that is cheap.

    It is never reduced below `min_side_px` on its short side nor `min_long_side_px` on its long
    one. Raises UnsupportedType, TooManyBytes, TooManyPixels, CorruptImage, UnsafeSvg and, when
    memory runs out, DecodeTimeout.
    """
    kind = _check_kind(data, limits)
    with _errors_named(kind):
        if kind == "svg":
            return _decode_svg(data)
        return _decode_raster(data, kind, limits, (min_side_px, min_long_side_px))


def read_facts(data: bytes, limits: Limits) -> PhotoFacts:
    """What the file says about its picture, whose pixels are left alone where that is possible.
    Raises as `decode`."""
    kind = _check_kind(data, limits)
    if kind == "svg":
        return NO_FACTS
    with _errors_named(kind):
        opened = _open(data, kind)
        if kind == "png" and png.says_something(data):
            _check_pixels(*opened.size, limits.max_pixels)
            opened.load()
        return read_photo(opened)


def _check_kind(data: bytes, limits: Limits) -> str:
    check_size(len(data), limits)
    return _TYPE_BY_MIME[sniff(data)]


@contextmanager
def _errors_named(kind: str) -> Iterator[None]:
    """Makes ours of all errors that decoders raise."""
    try:
        # Pillow warns about damaged metadata and large pictures; here each is handled or an error.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ImageError:
        raise
    except MemoryError as error:
        raise DecodeTimeout("Decoding needs more memory than a picture may use.") from error
    except Image.DecompressionBombError as error:
        raise TooManyPixels(f"{_one_line(error)}") from error
    except Exception as error:  # decoders fail in every way on damaged files
        raise CorruptImage(f"The {kind.upper()} cannot be decoded: {_one_line(error)}") from error


def check_size(size_bytes: int, limits: Limits) -> None:
    """Raises TooManyBytes, or CorruptImage when there is nothing."""
    if size_bytes == 0:
        raise CorruptImage("The file is empty.")
    if size_bytes > limits.max_bytes:
        raise TooManyBytes(f"The file has {size_bytes:,} bytes; the limit is {limits.max_bytes:,}.")


def _decode_svg(data: bytes) -> Decoded:
    image, width_px, height_px = svg.rasterise(data)
    return Decoded(
        image=image,
        mime=MIME_BY_TYPE["svg"],
        width_px=width_px,
        height_px=height_px,
        taken_at=None,
    )


def _decode_raster(data: bytes, kind: str, limits: Limits, target: tuple[int, int]) -> Decoded:
    opened = _open(data, kind)
    width_px, height_px = opened.size
    _check_pixels(
        width_px, height_px, limits.max_avif_pixels if kind == "avif" else limits.max_pixels
    )
    if kind == "jpeg":
        factor = _spare_factor(opened.size, target)
        opened.draft(None, (max(1, width_px // factor), max(1, height_px // factor)))
    opened.load()
    if kind == "jpeg":
        jpeg.check_complete(opened, data)
    orientation, taken_at = exif.read_exif(opened)
    if exif.is_sideways(orientation):
        width_px, height_px = height_px, width_px
    flat = colour.to_flat(opened)
    factor = _spare_factor(flat.size, (target[0] * _SPARE, target[1] * _SPARE))
    if factor > 1:
        flat = flat.reduce(factor)
    image = colour.to_srgb_on_white(flat, opened.info.get("icc_profile"))
    return Decoded(
        image=exif.turn(image, orientation),
        mime=MIME_BY_TYPE[kind],
        width_px=width_px,
        height_px=height_px,
        taken_at=taken_at,
        facts=read_photo(opened),
    )


def _open(data: bytes, kind: str) -> ImageFile:
    """Reads the header with the one decoder of this type; no other may claim the file."""
    if kind == "jpeg":
        return jpeg.open_jpeg(data)
    if kind == "png":
        return png.open_png(data)
    if kind == "webp":
        return WebPImageFile(BytesIO(data))
    if kind == "gif":
        return GifImageFile(BytesIO(data))
    return AvifImageFile(BytesIO(data))


def _check_pixels(width_px: int, height_px: int, max_pixels: int) -> None:
    if width_px < 1 or height_px < 1:
        raise CorruptImage(f"The picture says that it is {width_px} x {height_px} pixels.")
    if width_px * height_px > max_pixels:
        raise TooManyPixels(
            f"{width_px:,} x {height_px:,} are {width_px * height_px:,} pixels; "
            f"the limit is {max_pixels:,}."
        )


def _spare_factor(size: tuple[int, int], target: tuple[int, int]) -> int:
    """By how much the sides may be divided and still be as long as `target` (short, long)."""
    short, long = sorted(size)
    return max(1, min(short // max(1, target[0]), long // max(1, target[1])))


def _one_line(error: BaseException) -> str:
    """The reason in words, without addresses of objects."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200] if "object at 0x" not in text else type(error).__name__

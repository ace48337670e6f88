"""Small WebP previews."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from lookalike.errors import CorruptImage

LONG_SIDE_PX = 384
_QUALITY = 75
# Of WebP's methods 0 to 6, 1 takes under half the time of the default 4, for a quarter more bytes.
_METHOD = 1


def reduce_to_thumbnail(image: Image.Image) -> Image.Image:
    """`image` with its longest side at most LONG_SIDE_PX; smaller pictures stay as they are."""
    scale = LONG_SIDE_PX / max(image.size)
    if scale >= 1:
        return image
    width_px, height_px = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width_px, height_px), Image.Resampling.BICUBIC, reducing_gap=2.0)


def encode_thumbnail(image: Image.Image) -> bytes:
    """The WebP file of an RGB picture."""
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=_QUALITY, method=_METHOD)
    return buffer.getvalue()


def decode_thumbnail(data: bytes) -> Image.Image:
    """The picture in such a file, RGB. Raises CorruptImage for one that was damaged on disk."""
    try:
        with Image.open(BytesIO(data), formats=["WEBP"]) as picture:
            picture.load()
            return picture if picture.mode == "RGB" else picture.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise CorruptImage(f"A thumbnail is damaged: {error}") from error

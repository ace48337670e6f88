"""What Lookalike reads from EXIF: which way is up, and when the picture was taken."""

from __future__ import annotations

from datetime import UTC, datetime

from PIL import ExifTags, Image

MAX_EXIF_BYTES = 256 * 1024  # four times what fits into a JPEG

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_exif(image: Image.Image) -> tuple[int, datetime | None]:
    """Orientation (1 to 8; 1 when unknown) and time of a loaded picture.

    The time is when it was taken, else digitised, else changed; EXIF names no zone: taken as UTC.
    Broken EXIF never makes a picture unusable.
    """
    try:
        exif = image.getexif()
        orientation = exif.get(ExifTags.Base.Orientation, 1)
        details = exif.get_ifd(ExifTags.IFD.Exif) if is_readable(image) else {}
        times = (
            details.get(ExifTags.Base.DateTimeOriginal),
            details.get(ExifTags.Base.DateTimeDigitized),
            exif.get(ExifTags.Base.DateTime),
        )
    except Exception:  # Pillow's reader fails in many ways on damaged directories
        return 1, None
    return (
        orientation if orientation in _TURNS else 1,
        next((time for time in map(_parse_time, times) if time is not None), None),
    )


def is_readable(image: Image.Image) -> bool:
    """Whether there is EXIF of a size that cameras write. All values of a directory are made
    into objects as soon as one is asked for, however many a hostile file has."""
    data = image.info.get("exif")
    return isinstance(data, bytes) and len(data) <= MAX_EXIF_BYTES


def turn(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as it is meant to be seen."""
    method = _TURNS.get(orientation)
    return image if method is None else image.transpose(method)


def is_sideways(orientation: int) -> bool:
    """Whether width and height trade places."""
    return orientation >= 5


def _parse_time(value: object) -> datetime | None:
    if isinstance(value, bytes):
        value = value.decode("ascii", errors="replace")
    if not isinstance(value, str):
        return None
    try:
        return datetime.strptime(value.strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None

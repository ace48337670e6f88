"""What a camera writes into EXIF: itself, how it was set, and where it was."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from lookalike.images.exif import is_readable

# As Windows writes them, in UTF-16.
_XP_TITLE, _XP_COMMENT, _XP_AUTHOR, _XP_KEYWORDS = 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E
_ISO_IS_ELSEWHERE = 65535  # the tag holds no more


def read_camera(image: Image.Image) -> dict[str, object]:
    """Values by the names of `PhotoFacts`, not checked; {} where there is no EXIF.

    Raises whatever Pillow's reader does on damaged directories.
    """
    if not is_readable(image):
        return {}
    exif = image.getexif()
    details = exif.get_ifd(IFD.Exif)
    keywords = _wide(exif.get(_XP_KEYWORDS))
    return {
        "make": _text(exif.get(Base.Make)),
        "model": _text(exif.get(Base.Model)),
        "lens": _text(details.get(Base.LensModel)),
        "f_number": _number(details.get(Base.FNumber)) or _aperture(details),
        "exposure_s": _number(details.get(Base.ExposureTime)) or _shutter(details),
        "iso": _iso(details),
        "focal_mm": _number(details.get(Base.FocalLength)),
        "focal_35_mm": _number(details.get(Base.FocalLengthIn35mmFilm)),
        "title": _wide(exif.get(_XP_TITLE)),
        "description": _text(exif.get(Base.ImageDescription)) or _wide(exif.get(_XP_COMMENT)),
        "creator": _text(exif.get(Base.Artist)) or _wide(exif.get(_XP_AUTHOR)),
        # A second, empty part separates the photographer's from the editor's.
        "copyright": _text(exif.get(Base.Copyright)).replace("\0", " "),
        "keywords": [word for word in keywords.split(";") if word],
        **_position(exif.get_ifd(IFD.GPSInfo)),
    }


def _position(gps: Mapping[int, Any]) -> dict[str, object]:
    latitude = _degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef), "S")
    longitude = _degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef), "W")
    altitude_m = _number(gps.get(GPS.GPSAltitude))
    if altitude_m is not None and gps.get(GPS.GPSAltitudeRef) in (1, b"\1"):
        altitude_m = -altitude_m
    return {"latitude": latitude, "longitude": longitude, "altitude_m": altitude_m}


def _degrees(value: object, side: object, negative: str) -> float | None:
    """From degrees, minutes and seconds."""
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    degrees = 0.0
    for place, (part, most) in enumerate(zip(value, (180, 60, 60), strict=True)):
        number = _number(part)
        if number is None or not 0 <= number <= most:
            return None
        degrees += number / 60**place
    return -degrees if _text(side).strip().upper() == negative else degrees


def _iso(details: Mapping[int, Any]) -> float | None:
    iso = _number(details.get(Base.ISOSpeedRatings))
    if iso is None or iso >= _ISO_IS_ELSEWHERE:
        more = _number(details.get(Base.RecommendedExposureIndex))
        return more or _number(details.get(Base.ISOSpeed)) or iso
    return iso


def _aperture(details: Mapping[int, Any]) -> float | None:
    """From the logarithm of its square."""
    value = _number(details.get(Base.ApertureValue))
    return math.exp2(value / 2) if value is not None and 0 < value < 20 else None


def _shutter(details: Mapping[int, Any]) -> float | None:
    """From the logarithm of its inverse."""
    value = _number(details.get(Base.ShutterSpeedValue))
    return math.exp2(-value) if value is not None and -20 < value < 30 else None


def _number(value: object) -> float | None:
    """Also the first of several. A fraction over nothing is no number."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return None
    return None if math.isnan(number) else number


def _text(value: object) -> str:
    """EXIF says ASCII; what is written is UTF-8 or, by old programs, Latin-1."""
    if isinstance(value, str):
        try:
            value = value.encode("latin-1")  # as Pillow read it
        except UnicodeEncodeError:
            return str(value)
    if not isinstance(value, bytes):
        return ""
    data = value.rstrip(b"\0 ")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _wide(value: object) -> str:
    if isinstance(value, tuple) and all(isinstance(n, int) and 0 <= n < 256 for n in value):
        value = bytes(value)
    return value.decode("utf-16-le", "ignore").rstrip("\0") if isinstance(value, bytes) else ""

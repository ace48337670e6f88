"""PNG without the chunks that cost memory and say nothing."""

from __future__ import annotations

from io import BytesIO

from PIL.PngImagePlugin import PngImageFile

from lookalike.images.captions import MAX_XMP_BYTES

_TEXT = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_PROFILE = frozenset({b"iCCP"})
_SIGNATURE_LENGTH = 8
_LENGTH_TYPE_CRC = 12
_XMP = b"iTXtXML:com.adobe.xmp\0\0"  # not compressed


def open_png(data: bytes) -> PngImageFile:
    """Opens it without decoding pixels; texts other than XMP are ignored, as is a profile that
    inflates wildly."""
    lean = without_chunks(data, _TEXT)
    try:
        return PngImageFile(BytesIO(lean))
    except ValueError:  # Pillow refuses to inflate more than its limit
        return PngImageFile(BytesIO(without_chunks(lean, _PROFILE)))


def says_something(data: bytes) -> bool:
    """Whether it may have EXIF or XMP; they may stand behind the pixels."""
    return b"eXIf" in data or _XMP in data


def without_chunks(data: bytes, types: frozenset[bytes]) -> bytes:
    """The file without the chunks of these types, except for XMP of a usual size; `data` itself
    when there is none."""
    view = memoryview(data)
    kept: list[memoryview] = []
    start = 0
    at = _SIGNATURE_LENGTH
    while at + 8 <= len(data):
        end = at + _LENGTH_TYPE_CRC + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in types and not _is_xmp(data, at, end):
            kept.append(view[start:at])
            start = end
        at = end
    if not kept:
        return data
    return b"".join([*kept, view[start:]])


def _is_xmp(data: bytes, at: int, end: int) -> bool:
    return end - at <= MAX_XMP_BYTES and data.startswith(_XMP, at + 4)

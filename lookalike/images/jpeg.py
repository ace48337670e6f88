"""What must be asked of a JPEG beside decoding it: scans that cost too much, data that ended."""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from lookalike.errors import CorruptImage

# Usual progressive files have about 10 scans. Every one is a pass over the whole picture, so a
# file of 300 KB with 400 of them costs half a minute.
MAX_SCANS = 64

_SOS = 0xDA
_EOI = 0xD9
_WITHOUT_LENGTH = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_MARKER = re.compile(rb"\xff+([^\x00\xff])", re.DOTALL)
_MARKER_AFTER_SCAN = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)


def open_jpeg(data: bytes) -> JpegImageFile:
    """Opens it without decoding pixels. Raises CorruptImage when it has too many scans."""
    scans = count_scans(data)
    if scans > MAX_SCANS:
        raise CorruptImage(f"The JPEG has more than {MAX_SCANS} scans; save it again to use it.")
    return JpegImageFile(BytesIO(data))


def count_scans(data: bytes) -> int:
    """Number of scans, or an upper bound of it while that is at most MAX_SCANS.

    Counts at most MAX_SCANS + 1.
    """
    # Inside a scan FF is always followed by 00 or a restart marker, so this can only overcount:
    # by what stands in metadata, such as an embedded preview.
    bound = data.count(b"\xff\xda")
    if bound <= MAX_SCANS:
        return bound
    scans = 0
    at = 2
    pattern = _MARKER
    while scans <= MAX_SCANS and (found := pattern.search(data, at)):
        marker = found[1][0]
        at = found.end()
        pattern = _MARKER
        if marker == _EOI:
            break
        if marker in _WITHOUT_LENGTH:
            continue
        at += int.from_bytes(data[at : at + 2], "big")
        if marker == _SOS:
            scans += 1
            pattern = _MARKER_AFTER_SCAN
    return scans


def check_complete(image: Image.Image, data: bytes) -> None:
    """Raises CorruptImage if the data ended before the pixels did.

    `image`: as decoded, before any conversion. libjpeg only warns in that case, which Pillow does
    not pass on, and leaves the rest at the exact middle grey: a cheap sign, and rare in pictures
    that are whole. Only where it is seen is the file decoded again by a reader that is strict;
    it overlooks the loss of the last few lines.
    """
    last = image.getpixel((image.width - 1, image.height - 1))
    levels = last if isinstance(last, tuple) else (last,)
    if any(level not in {127, 128} for level in levels):
        return
    import pyvips

    try:
        pyvips.Image.jpegload_buffer(data, fail_on="warning").avg()
    except pyvips.Error as error:
        raise CorruptImage("The JPEG ends before its picture does.") from error

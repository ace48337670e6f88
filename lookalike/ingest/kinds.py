"""Which file names are taken on, before a byte of the file is read.

The name only decides whether a file is looked at; what it is gets decided by its content, in
`images`. A file is taken on when its extension is one of an image or of media that people keep
beside their pictures, or when it has no extension and its first bytes are those of a picture.
"""

from __future__ import annotations

import os
from enum import Enum

_SEARCHABLE = frozenset(
    "jpeg jpg jpe jfif pjpeg png apng webp gif avif avifs svg".split()  # noqa: SIM905
)
_LISTED = frozenset(
    # other still pictures, raw files of cameras, media and documents
    """
    tif tiff bmp dib ico heic heif hif jxl jp2 j2k jpx jxr
    psd psb xcf kra ai eps svgz tga exr hdr pbm pgm ppm
    raw dng cr2 cr3 crw nef nrw arw srf sr2 orf rw2 raf
    pef srw x3f rwl 3fr fff iiq mrw dcr kdc erf mef mos
    mp4 m4v mov avi mkv webm mpg mpeg wmv 3gp mts m2ts
    mp3 m4a wav flac ogg pdf
    """.split()  # noqa: SIM905
)


class Kind(Enum):
    """What a file name promises."""

    SEARCHABLE = "searchable"  # one of the six searchable types
    LISTED = "listed"  # media of a type that is stored and listed, not searched
    UNKNOWN = "unknown"  # no extension: only its first bytes can tell


def kind_of(name: str) -> Kind | None:
    """What `name` promises; None when the file is of no interest."""
    extension = os.path.splitext(name)[1][1:].lower()  # noqa: PTH122 - hot, plain text
    if not extension:
        return Kind.UNKNOWN
    if extension in _SEARCHABLE:
        return Kind.SEARCHABLE
    return Kind.LISTED if extension in _LISTED else None

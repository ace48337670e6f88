"""Files that are listed but not searchable, told without decoding them."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from lookalike.errors import TooManyBytes, UnsupportedType
from lookalike.images.sniff import sniff
from lookalike.ingest.kinds import Kind, kind_of
from lookalike.stores.base import Skipped
from lookalike.types import Asset

UNREADABLE = "unreadable"  # skip reason of a file that is there but cannot be opened
BAD_NAME = "bad_name"  # counted in reports: a name that is not text cannot be stored
UNREADABLE_FOLDER = "unreadable_folder"  # counted in reports
_HEAD_BYTES = 4096  # holds every signature, and the declarations before most SVG elements


def is_picture(path: str) -> bool:
    """Whether a file starts like one of the searchable types; False when it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            sniff(file.read(_HEAD_BYTES))
    except (OSError, UnsupportedType):
        return False
    return True


def refuse(asset: Asset, path: str, size_bytes: int, max_bytes: int) -> Skipped | None:
    """Why the file at `path` of a pending asset is not given to the decoder; None when it is.

    A name of an unsearchable type is believed only when the first bytes do not contradict it.
    """
    if kind_of(asset.name) is Kind.LISTED and not is_picture(path):
        return Skipped(
            key=asset.key,
            reason=UnsupportedType.code,
            detail="Files of this type are listed, but not searched by looks.",
            mime=mimetypes.guess_type(asset.name)[0],
        )
    if size_bytes > max_bytes:
        return Skipped(
            key=asset.key,
            reason=TooManyBytes.code,
            detail=f"The file has {size_bytes:,} bytes; the limit is {max_bytes:,}.",
        )
    return None

"""What a file says about its picture, from wherever it says it."""

from __future__ import annotations

from PIL import Image

from lookalike.images.camera import read_camera
from lookalike.images.captions import read_iptc, read_xmp
from lookalike.photo_facts import PhotoFacts, make_facts

_READERS = (read_xmp, read_iptc, read_camera)  # the first that says something counts


def read_photo(image: Image.Image) -> PhotoFacts:
    """The facts of an opened picture; broken ones never make it unusable."""
    values: dict[str, object] = {}
    for read in _READERS:
        try:
            found = read(image)
        except Exception:  # readers fail in many ways on damaged data  # noqa: S112
            continue
        values = {name: value for name, value in found.items() if value} | {
            name: value for name, value in values.items() if value
        }
    return make_facts(values)

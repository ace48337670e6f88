"""A copy laid over its original."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from lookalike.errors import CorruptImage
from lookalike.images.thumbnails import encode_thumbnail
from lookalike.search.overlay import lay_over
from tests.e2e.test_duplicates import photo

LAKE = photo(0, (360, 240))


def laid(copy: Image.Image) -> np.ndarray:
    with Image.open(io.BytesIO(lay_over(encode_thumbnail(LAKE), encode_thumbnail(copy)))) as found:
        assert found.size == LAKE.size
        return np.asarray(found.convert("RGBA"), np.float32)


@pytest.mark.parametrize(
    "copy",
    [
        LAKE.resize((180, 120)),
        ImageOps.mirror(LAKE),
        LAKE.transpose(Image.Transpose.ROTATE_90),
        LAKE.crop((36, 24, 330, 220)),
        ImageOps.expand(LAKE, 30, "white"),
    ],
    ids=["resized", "mirrored", "rotated", "cropped", "padded"],
)
def test_copy_lies_over_its_original(copy: Image.Image) -> None:
    found = laid(copy)
    seen = found[..., 3] == 255
    assert seen.mean() > 0.6
    apart = np.abs(found[..., :3] - np.asarray(LAKE, np.float32))[seen]
    assert apart.mean() < 12  # of 255; another picture is about 50 away
    assert np.abs(found[..., :3] - np.asarray(photo(5, (360, 240)), np.float32)).mean() > 30


def test_pictures_that_do_not_agree_fill_the_frame() -> None:
    assert (laid(photo(7, (200, 200)))[..., 3] == 255).mean() > 0.9


def test_damaged_thumbnail_is_said_to_be_one() -> None:
    with pytest.raises(CorruptImage):
        lay_over(b"no picture", encode_thumbnail(LAKE))

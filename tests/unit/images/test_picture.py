import hashlib
from io import BytesIO

import imagehash
import numpy as np
import pytest
from PIL import Image

from lookalike.errors import CorruptImage
from lookalike.images.picture import prepare
from lookalike.images.signed import Signed
from lookalike.images.thumbnails import decode_thumbnail, encode_thumbnail, reduce_to_thumbnail


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif", "svg"])
def test_prepare_each_type(make, limits, kind):
    data = make.file(kind, 900, 600)
    picture = prepare(data, limits, side_px=256)
    assert (picture.width_px, picture.height_px) == (900, 600)
    assert picture.size_bytes == len(data)
    assert picture.sha256 == hashlib.sha256(data).hexdigest()
    assert (len(picture.phash64), len(picture.phash256)) == (8, 32)
    assert picture.pixels.shape == (256, 256, 3)
    assert picture.pixels.dtype == np.uint8
    thumbnail = Image.open(BytesIO(picture.thumbnail))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (384, 256))


def test_prepare_squashes_the_whole_picture(make, limits):
    image = make.photo(2000, 500)
    picture = prepare(make.encode(image, "PNG"), limits, side_px=128)
    wanted = np.asarray(image.resize((128, 128), Image.Resampling.BICUBIC), int)
    assert abs(picture.pixels.astype(int) - wanted).mean() < 1


def test_prepare_reduced_jpeg_looks_like_the_whole(make, limits):
    image = make.photo(2000, 1500)
    picture = prepare(make.encode(image, "JPEG", quality=95), limits, side_px=128)
    wanted = np.asarray(image.resize((128, 128), Image.Resampling.BICUBIC), int)
    assert abs(picture.pixels.astype(int) - wanted).mean() < 2


def test_prepare_hashes_the_thumbnail(make, limits):
    image = make.photo(384, 288)
    picture = prepare(make.encode(image, "PNG"), limits, side_px=64)
    assert picture.phash64.hex() == str(imagehash.phash(image))
    assert picture.phash256.hex() == str(imagehash.phash(image, hash_size=16))


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (1, 5000), (5000, 1)])
def test_prepare_extreme_shapes(make, limits, size):
    picture = prepare(make.encode(Image.new("RGB", size, "red"), "PNG"), limits, side_px=64)
    assert (picture.pixels == (255, 0, 0)).all()
    assert Image.open(BytesIO(picture.thumbnail)).size == tuple(min(side, 384) for side in size)


def test_prepare_refuses_what_decode_refuses(limits):
    with pytest.raises(CorruptImage):
        prepare(b"", limits, side_px=64)


def test_thumbnail_of_small_picture_is_not_enlarged(make):
    image = make.photo(50, 40)
    assert reduce_to_thumbnail(image) is image
    assert Image.open(BytesIO(encode_thumbnail(image))).size == (50, 40)


def test_thumbnail_carries_no_metadata(make, limits):
    exif = Image.Exif()
    exif[0x010F] = "maker"
    data = make.encode(make.photo(), "JPEG", exif=exif, comment=b"secret")
    thumbnail = prepare(data, limits, side_px=64).thumbnail
    assert b"maker" not in thumbnail
    assert b"EXIF" not in thumbnail


def test_prepare_signs_what_the_thumbnail_shows(make, limits):
    """What is made from the thumbnail later is nearly the same."""
    picture = prepare(make.encode(make.photo(1600, 1200), "PNG"), limits, side_px=64)
    signed = Signed.from_bytes(picture.signature)
    later = Signed.of(decode_thumbnail(picture.thumbnail))
    assert signed.to_bytes() == picture.signature
    for one, other in zip(signed, later, strict=True):
        assert one.shape == other.shape
        assert np.abs(one.astype(int) - other).mean() < 1.5

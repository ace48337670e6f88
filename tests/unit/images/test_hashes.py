import imagehash
import numpy as np
import pytest
from PIL import Image, ImageEnhance

from lookalike.images import hashes

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def bits(packed: bytes) -> np.ndarray:
    return np.unpackbits(np.frombuffer(packed, np.uint8))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("size", [(384, 288), (100, 384), (32, 32), (5, 7)])
def test_hashes_equal_imagehash(make, seed, size):
    image = make.photo(*size, seed=seed)
    assert bits(hashes.phash64(image)).tolist() == imagehash.phash(image).hash.ravel().tolist()
    fine = imagehash.phash(image, hash_size=16).hash
    assert bits(hashes.phash256(image)).tolist() == fine.ravel().tolist()


@pytest.mark.parametrize("value", [0, 1, 77, 255])
def test_hashes_of_flat_picture_do_not_follow_rounding(value):
    first = hashes.phash256(Image.new("RGB", (64, 48), (value,) * 3))
    assert bits(first).sum() == (1 if value else 0)


def test_hashes_length(make):
    assert len(hashes.phash64(make.photo())) == 8
    assert len(hashes.phash256(make.photo())) == 32


@pytest.mark.parametrize("side", [8, 16])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_hashes_of_orientations(make, side, orientation):
    image = make.photo(256, 256)
    spectra = hashes.orientations(hashes.spectrum(image, side))
    turned = image.transpose(TURNS[orientation]) if orientation > 1 else image
    expected = hashes.pack(hashes.spectrum(turned, side))
    found = hashes.pack(spectra[orientation - 1])
    differing = hashes.distance(*(np.frombuffer(h, np.uint8) for h in (found, expected)))
    # Pillow reduces first across, then down, and rounds between: only mirroring commutes with it.
    assert differing <= (0 if orientation <= 4 else {8: 2, 16: 20}[side])


def test_hashes_of_near_copies_are_near(make):
    image = make.photo(384, 288)
    copies = [image.resize((150, 113)), ImageEnhance.Brightness(image).enhance(1.1)]
    others = [make.photo(384, 288, seed=seed) for seed in range(1, 10)]
    own = np.frombuffer(hashes.phash64(image), np.uint8)

    def distances(images):
        rows = np.stack([np.frombuffer(hashes.phash64(i), np.uint8) for i in images])
        return hashes.distance(own, rows)

    assert distances(copies).max() <= 6
    assert distances(others).min() > 10


def test_distance_counts_bits_and_broadcasts():
    left = np.array([[0, 0], [255, 1]], np.uint8)
    right = np.array([[0, 3], [255, 255], [0, 0]], np.uint8)
    found = hashes.distance(left[:, None], right[None])
    assert found.tolist() == [[2, 16, 0], [9, 7, 9]]
    assert hashes.distance(left, left).tolist() == [0, 0]

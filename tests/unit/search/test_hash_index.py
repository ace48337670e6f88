from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lookalike.images import hashes
from lookalike.images.orientations import orient
from lookalike.search.hash_index import HashIndex
from lookalike.search.relations import MAX_PHASH64_BITS

RANDOM = np.random.default_rng(3)
COARSE = RANDOM.integers(0, 256, (3000, 8), dtype=np.uint8)
FINE = RANDOM.integers(0, 256, (3000, 32), dtype=np.uint8)


def flipped(hash: np.ndarray, bits: int) -> np.ndarray:
    values = np.unpackbits(hash)
    values[RANDOM.choice(len(values), bits, replace=False)] ^= 1
    return np.packbits(values)


def near(index: HashIndex, coarse: np.ndarray, fine: np.ndarray, most: int = 24) -> list[int]:
    (found,) = index.near(coarse[None], fine[None], max_coarse=10, max_fine=70, most=most)
    return found.tolist()


@pytest.mark.parametrize("bits", range(8))
def test_hash_index_finds_what_is_up_to_seven_bits_away(bits: int) -> None:
    index = HashIndex(COARSE, FINE)
    for row in range(0, 3000, 100):
        assert row in near(index, flipped(COARSE[row], bits), flipped(FINE[row], 4 * bits))


def test_hash_index_finds_nothing_else() -> None:
    index = HashIndex(COARSE, FINE)
    for row in range(0, 3000, 100):
        distances = np.bitwise_count(orient(FINE[row : row + 1])[0][:, None] ^ FINE[None])
        close = np.flatnonzero(distances.sum(axis=2).min(axis=0) <= 70)
        assert set(near(index, COARSE[row], FINE[row])) <= set(close.tolist())


def test_hash_index_with_many_equal_hashes_answers_with_the_most_asked_for() -> None:
    index = HashIndex(np.zeros((5000, 8), np.uint8), np.zeros((5000, 32), np.uint8))
    assert len(near(index, np.zeros(8, np.uint8), np.zeros(32, np.uint8), most=7)) == 7


def test_hash_index_of_nothing() -> None:
    index = HashIndex(np.empty((0, 8), np.uint8), np.empty((0, 32), np.uint8))
    assert near(index, COARSE[0], FINE[0]) == []


@pytest.mark.parametrize("orientation", range(2, 9))
def test_orientations_of_a_hash_are_near_those_of_the_picture(orientation: int) -> None:
    from lookalike.images.frame import Frame

    small = RANDOM.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    picture = Image.fromarray(small).resize((360, 270), Image.Resampling.BICUBIC)
    turned = Frame(picture).turned(orientation).image
    derived = orient(np.frombuffer(hashes.phash64(picture), np.uint8)[None])[0, orientation - 1]
    own = np.frombuffer(hashes.phash64(turned), np.uint8)
    assert np.bitwise_count(derived ^ own).sum() <= MAX_PHASH64_BITS

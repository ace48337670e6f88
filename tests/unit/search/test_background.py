"""A bank from a library's own pictures: bands stay sensible with it."""

from __future__ import annotations

import numpy as np
import pytest

from lookalike.arrays import Float32s
from lookalike.search.background import SIZE, choose_different, draw_neutral, make_background
from lookalike.search.calibration import bands, standardise
from lookalike.testing import FakeEmbedder
from lookalike.types import Band

MODEL = FakeEmbedder()
SIDE = MODEL.image_size_px
NAMED = {"red": (220, 30, 30), "blue": (35, 60, 210), "green": (40, 160, 50)}


def flat(colour: str, count: int) -> Float32s:
    """Pictures of one colour that differ a little."""
    random = np.random.default_rng(len(colour))
    base = np.array(NAMED[colour], np.int16)
    noise = random.integers(-12, 13, (count, SIDE, SIDE, 3))
    return MODEL.embed_images(np.clip(base + noise, 0, 255).astype(np.uint8))


def patchy(count: int) -> Float32s:
    """Pictures of many colours."""
    random = np.random.default_rng(3)
    patches = random.integers(0, 256, (count, 6, 6, 3), dtype=np.uint8)
    return MODEL.embed_images(patches.repeat(SIDE // 6, axis=1).repeat(SIDE // 6, axis=2))


def neutral() -> Float32s:
    return MODEL.embed_images(draw_neutral(SIDE))


def bands_of(words: str, pictures: Float32s, bank: Float32s) -> list[Band]:
    (query,) = MODEL.embed_texts([words])
    return bands(pictures @ query, bank @ query)


def test_what_is_asked_for_stands_out_and_what_is_not_there_does_not() -> None:
    library = np.concatenate([patchy(300), flat("red", 5)])
    bank = make_background(library, neutral())
    assert set(bands_of("red", flat("red", 5), bank)) <= {Band.STRONG, Band.LIKELY}
    assert set(bands_of("red", patchy(300), bank)) == {Band.WEAK}
    assert Band.STRONG not in bands_of("pink", library, bank)


def test_subject_of_most_pictures_still_stands_out() -> None:
    """Measured against the whole library, nothing red would: everything is."""
    library = np.concatenate([flat("red", 1500), patchy(600)])
    assert set(bands_of("red", flat("red", 20), library)) == {Band.WEAK}
    bank = make_background(library, neutral())
    assert len(bank) == SIZE
    assert Band.WEAK not in bands_of("red", flat("red", 20), bank)


@pytest.mark.parametrize("count", [0, 1, 7])
def test_small_library_has_a_usable_bank(count: int) -> None:
    bank = make_background(patchy(count) if count else np.empty((0, MODEL.dim)), neutral())
    assert len(bank) >= 64
    (query,) = MODEL.embed_texts(["green"])
    green, other = (
        standardise(some @ query, bank @ query) for some in (flat("green", 3), patchy(9))
    )
    assert green is not None
    assert other is not None
    assert green.min() > 2
    assert other.max() < green.min()


def test_different_rows_are_chosen_first() -> None:
    many = np.concatenate([np.eye(4, dtype=np.float32)[[0] * 50], np.eye(4, dtype=np.float32)])
    assert set(map(tuple, many[choose_different(many, 4)].tolist())) == set(
        map(tuple, np.eye(4).tolist())
    )
    assert choose_different(many, 100) == list(range(54))


def test_neutral_pictures_are_the_same_every_time() -> None:
    np.testing.assert_array_equal(draw_neutral(16), draw_neutral(16))
    assert draw_neutral(16).shape == (64, 16, 16, 3)

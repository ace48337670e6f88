from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from lookalike.images.palette import extract_palette
from lookalike.palettes import COLOURS, differences, hex_to_lab, unpack


def test_palette_has_the_colours_and_their_shares() -> None:
    image = Image.new("RGB", (300, 200), "#ffffff")
    image.paste("#aa3344", (0, 0, 90, 200))  # 30 %
    image.paste("#2460d8", (90, 0, 102, 200))  # 4 %
    lab, shares = unpack(extract_palette(image))
    assert shares == pytest.approx([0.66, 0.30, 0.04], abs=0.02)
    for colour, found in zip(("#ffffff", "#aa3344", "#2460d8"), lab, strict=True):
        assert differences(found[None], hex_to_lab(colour))[0] < 1


def test_palette_of_noise_joins_what_is_alike() -> None:
    noise = np.random.default_rng(0).integers(0, 20, (100, 100, 3))
    pixels = noise + np.array([200, 40, 40])
    lab, shares = unpack(extract_palette(Image.fromarray(pixels.astype(np.uint8))))
    assert len(shares) == 1
    assert differences(lab, hex_to_lab("#d13131"))[0] < 2


def test_palette_of_many_colours_has_the_most() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (100, 100, 3), np.uint8)
    lab, shares = unpack(extract_palette(Image.fromarray(pixels)))
    assert len(lab) == COLOURS
    assert 0.9 < shares.sum() <= 1.02
    assert list(shares) == sorted(shares, reverse=True)


def test_palette_of_a_single_pixel() -> None:
    lab, shares = unpack(extract_palette(Image.new("RGB", (1, 1), "#36a244")))
    assert list(shares) == [1]
    assert differences(lab, hex_to_lab("#36a244"))[0] < 1

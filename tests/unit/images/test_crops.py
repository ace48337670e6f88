"""Signatures, and where one picture lies in another."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from lookalike.arrays import UInt8s
from lookalike.images import crops
from lookalike.images.orientations import TURNS
from lookalike.images.signature import SIDE_PX, likeness, sign, structure


def texture(seed: int, size: tuple[int, int] = (480, 320)) -> Image.Image:
    random = np.random.default_rng(seed)
    total = np.zeros((size[1], size[0]))
    for cells, weight in ((6, 90), (20, 80), (40, 60)):
        coarse = random.integers(0, 256, (cells, cells * 3 // 2), dtype=np.uint8)
        grown = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        total += weight * (np.asarray(grown) / 255 - 0.5)
    return Image.fromarray(np.clip(total + 128, 0, 255).astype(np.uint8))


def likeness_of(one: Image.Image, other: Image.Image) -> tuple[float, int]:
    scores, turns = likeness(sign(one)[None], sign(other)[None])
    return float(scores[0]), int(turns[0])


def find(big: Image.Image, small: Image.Image) -> tuple[float, list[float]]:
    prepared = [
        crops.Prepared.of(sign(picture)[None], crops.grid_of(*picture.size))
        for picture in (big, small)
    ]
    row = np.zeros(1, np.int64)
    scores, boxes = crops.find(prepared[0], row, prepared[1], row)
    return float(scores[0]), boxes[0].tolist()


@pytest.mark.parametrize("turn", list(TURNS))
def test_likeness_of_a_copy_tells_how_it_is_turned(turn: int) -> None:
    picture = texture(1)
    turned = Image.fromarray(np.ascontiguousarray(TURNS[turn](np.asarray(picture))))
    # `other`, turned, lies on `one`; turning by 90 degrees is undone by turning by 270.
    undone = {6: 8, 8: 6}.get(turn, turn)
    score, found = likeness_of(picture, turned.resize((150, 130)))
    assert found == undone
    assert score > 0.97


def test_likeness_passes_over_a_caption() -> None:
    picture = texture(2)
    captioned = picture.copy()
    ImageDraw.Draw(captioned).text((30, 250), "Summer 2024", fill=255, font_size=40)
    assert likeness_of(picture, captioned)[0] > 0.97


def test_likeness_of_other_pictures_is_low_and_silhouettes_do_not_count() -> None:
    assert likeness_of(texture(3), texture(4))[0] < 0.6
    shapes = [Image.new("L", (300, 300), 255) for _ in range(2)]
    for shape, seed in zip(shapes, (5, 6), strict=True):
        shape.paste(texture(seed, (200, 200)), (50, 50))
    assert likeness_of(*shapes)[0] < 0.9


def test_likeness_of_blank_pictures_is_that_of_their_grey() -> None:
    grey, same, white = (Image.new("L", (80, 80), value) for value in (128, 130, 250))
    assert likeness_of(grey, same) == (1.0, 1)
    assert likeness_of(grey, white)[0] < 0.5


@pytest.mark.parametrize("box", [(24, 16, 456, 304), (0, 0, 384, 256), (160, 40, 440, 300)])
def test_crop_is_found_where_it_was_cut(box: tuple[int, int, int, int]) -> None:
    picture = texture(7)
    score, (left, top, width, height) = find(picture, picture.crop(box))
    assert score > 0.8
    assert left == pytest.approx(box[0] / 480, abs=0.03)
    assert top == pytest.approx(box[1] / 320, abs=0.04)
    assert width == pytest.approx((box[2] - box[0]) / 480, abs=0.05)
    assert height == pytest.approx((box[3] - box[1]) / 320, abs=0.05)


def test_crop_of_another_picture_is_not_found() -> None:
    assert find(texture(8), texture(9).crop((60, 40, 400, 280)))[0] < 0.6


def test_picture_that_fits_at_no_scale_is_not_found() -> None:
    assert find(texture(1, (480, 60)), texture(1, (60, 480))) == (0.0, [0.0] * 4)


def test_structure_is_that_of_each_signature_at_any_size() -> None:
    signatures: UInt8s = np.stack([sign(texture(seed)) for seed in (1, 2)])
    both = structure(signatures, (40, 30))
    assert both.shape == (2, 30, 40)
    np.testing.assert_allclose(both[1], structure(signatures[1:], (40, 30))[0], atol=1e-3)
    flat: UInt8s = np.full((1, SIDE_PX, SIDE_PX), 90, np.uint8)
    assert np.abs(structure(flat)).max() < 1e-3

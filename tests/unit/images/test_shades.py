"""The same thing in another colour, told from copies by coarse cells."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from lookalike.images.agreement import measure
from lookalike.images.orientations import TURNS
from lookalike.images.shades import differing, misfit, rehued, shade
from lookalike.search.screening import MAX_DIFFERING, MAX_MISFIT, MAX_REHUED


def scene(colour: tuple[int, int, int]) -> Image.Image:
    """A shirt of a colour on white, with some folds."""
    picture = Image.new("RGB", (240, 200), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 30, 200, 190), fill=colour)
    for x in range(60, 200, 24):
        draw.line((x, 40, x + 8, 180), fill=tuple(part // 2 for part in colour), width=3)
    return picture


def differ(one: Image.Image, other: Image.Image, turn: int = 1) -> float:
    return float(differing(shade(one)[None], shade(other)[None], np.array([turn]))[0])


def other_hues(one: Image.Image, other: Image.Image, turn: int = 1) -> float:
    return float(rehued(shade(one)[None], shade(other)[None], np.array([turn]))[0])


def misfits(one: Image.Image, other: Image.Image, turn: int = 1) -> float:
    return float(misfit(shade(one)[None], shade(other)[None], np.array([turn]))[0])


copies = pytest.mark.parametrize(
    "change",
    [
        lambda picture: picture.resize((90, 75)),
        lambda picture: ImageEnhance.Brightness(picture).enhance(1.2),
        lambda picture: ImageEnhance.Contrast(picture).enhance(0.8),
        lambda picture: picture.convert("L").convert("RGB"),
    ],
    ids=["smaller", "brighter", "less contrast", "grey"],
)


@copies
def test_copies_have_the_same_shades_once_their_tone_is_fitted(change) -> None:
    picture = scene((190, 60, 40))
    copy = change(picture)
    assert differ(picture, copy) < 0.1
    assert differ(copy, picture) < 0.1


@copies
def test_copies_have_the_same_hues(change) -> None:
    picture = scene((190, 60, 40))
    assert other_hues(picture, change(picture)) == 0.0


@copies
def test_copies_fit_where_they_fit_best(change) -> None:
    picture = scene((190, 60, 40))
    assert misfits(picture, change(picture)) < MAX_MISFIT
    assert misfits(change(picture), picture) < MAX_MISFIT


def test_a_dyed_thing_fits_nowhere_though_its_hue_is_the_same() -> None:
    """A change of tone moves all channels alike; dye does not."""
    one, other = scene((190, 60, 40)), scene((170, 88, 40))
    assert other_hues(one, other) < MAX_REHUED
    assert differ(one, other) < MAX_DIFFERING
    assert misfits(one, other) > MAX_MISFIT


def test_what_may_have_been_clipped_says_nothing_of_the_fit() -> None:
    bright = scene((230, 140, 120))
    assert misfits(bright, ImageEnhance.Brightness(bright).enhance(1.3)) < MAX_MISFIT
    white = Image.new("RGB", (10, 10), "white")
    assert misfits(white, white) == 0.0


def test_a_small_thing_in_another_colour_has_other_hues_though_most_cells_are_white() -> None:
    pictures = []
    for colour in ((190, 60, 40), (40, 60, 190)):
        picture = Image.new("RGB", (240, 200), "white")
        picture.paste(scene(colour).resize((110, 90)), (60, 60))
        pictures.append(picture)
    assert differ(*pictures) < MAX_DIFFERING
    assert other_hues(*pictures) > MAX_REHUED
    assert other_hues(pictures[0], pictures[0].transpose(Image.Transpose.FLIP_LEFT_RIGHT), 2) == 0.0


def test_a_caption_covers_few_cells() -> None:
    picture = scene((190, 60, 40))
    captioned = picture.copy()
    ImageDraw.Draw(captioned).text((20, 80), "Summer 2024", fill="blue", font_size=30)
    assert 0.0 < differ(picture, captioned) < MAX_DIFFERING
    assert other_hues(picture, captioned) < MAX_REHUED
    assert misfits(picture, captioned) < MAX_MISFIT


def test_another_colour_is_seen_and_blank_pictures_agree() -> None:
    assert differ(scene((190, 60, 40)), scene((40, 60, 190))) > MAX_DIFFERING
    black = Image.new("RGB", (10, 10))
    assert differ(black, black) == 0.0


@pytest.mark.parametrize("turn", list(TURNS))
def test_the_other_picture_is_turned_first(turn: int) -> None:
    picture = scene((190, 60, 40))
    ImageDraw.Draw(picture).rectangle((0, 0, 110, 60), fill="green")
    undone = {6: 8, 8: 6}.get(turn, turn)
    pixels = np.asarray(picture.resize((200, 200)))
    cells = TURNS[turn](np.moveaxis(pixels, 2, 0))
    turned = Image.fromarray(np.ascontiguousarray(np.moveaxis(cells, 0, 2)))
    assert differ(Image.fromarray(pixels), turned, undone) < 0.02


def test_measuring_gives_up_where_too_much_differs() -> None:
    one, other = (np.asarray(scene(c), np.float32) for c in ((190, 60, 40), (40, 60, 190)))
    assert measure(one, other, most_changed=0.28) is None
    assert measure(one, one, most_changed=0.28) is not None

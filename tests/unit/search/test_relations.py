from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from lookalike.images import alignment
from lookalike.images.decode import Limits
from lookalike.images.frame import Frame
from lookalike.images.picture import Picture, prepare
from lookalike.search import verdicts
from lookalike.search.relations import Sample, compare, relate
from lookalike.search.screening import Hint
from lookalike.search.verdicts import judge
from lookalike.types import OTHER_PICTURES, Asset, Relation, Source, State

NOW = datetime(2024, 1, 1, tzinfo=UTC)
LIMITS = Limits(max_bytes=10**8, max_pixels=10**8, max_avif_pixels=10**8)


def scene(seed: int = 1, *, size: tuple[int, int] = (600, 400)) -> Image.Image:
    """Something like a photograph: smooth areas, edges, some noise."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (8, 12, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        x, y = random.integers(0, size[0] - 100), random.integers(0, size[1] - 100)
        colour = tuple(random.integers(0, 256, 3).tolist())
        draw.ellipse((x, y, x + 90, y + 70), fill=colour)
    return picture


def shirt(colour: tuple[int, int, int]) -> Image.Image:
    """A product on white: the colour is all that differs."""
    picture = Image.new("RGB", (400, 400), "white")
    draw = ImageDraw.Draw(picture)
    draw.polygon([(120, 90), (280, 90), (340, 160), (280, 340), (120, 340), (60, 160)], fill=colour)
    draw.line((200, 90, 200, 340), fill=(60, 60, 60), width=4)
    return picture


def encoded(picture: Image.Image, kind: str = "JPEG", quality: int = 90) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, quality=quality)
    return buffer.getvalue()


def prepared(data: bytes) -> Picture:
    return prepare(data, LIMITS, side_px=32)


def relation(query: bytes, other: bytes, *, thorough: bool = False) -> Relation | None:
    asked, known = prepared(query), prepared(other)
    asset = Asset(
        key=7,
        id="01",
        name="b.jpg",
        folder="",
        path="/b.jpg",
        source=Source.LINKED,
        state=State.INDEXED,
        size_bytes=known.size_bytes,
        width_px=known.width_px,
        height_px=known.height_px,
        sha256=known.sha256,
        phash64=known.phash64,
        phash256=known.phash256,
        created_at=NOW,
        updated_at=NOW,
    )
    return relate(sample_of(asked), asset, lambda _: known.thumbnail, thorough=thorough)


def sample_of(picture: Picture, key: int | None = None) -> Sample:
    return Sample(
        key=key,
        sha256=picture.sha256,
        width_px=picture.width_px,
        height_px=picture.height_px,
        phash64=picture.phash64,
        phash256=picture.phash256,
        thumbnail=picture.thumbnail,
    )


def test_relation_of_the_same_bytes_is_identical() -> None:
    assert relation(encoded(scene()), encoded(scene())) is Relation.IDENTICAL


def test_relation_of_the_asset_itself_is_self() -> None:
    picture = prepared(encoded(scene()))
    asset = Asset(
        key=7,
        id="01",
        name="b.jpg",
        folder="",
        path="/b.jpg",
        source=Source.LINKED,
        state=State.INDEXED,
        size_bytes=1,
        sha256=picture.sha256,
        created_at=NOW,
        updated_at=NOW,
    )
    assert relate(sample_of(picture, key=7), asset, lambda _: None) is Relation.SELF


def test_relation_of_another_container_is_same_pixels() -> None:
    picture = scene()
    png = io.BytesIO()
    picture.save(png, "PNG")
    webp = io.BytesIO()
    picture.save(webp, "WEBP", lossless=True)
    assert relation(png.getvalue(), webp.getvalue()) is Relation.SAME_PIXELS


@pytest.mark.parametrize(("kind", "quality"), [("JPEG", 60), ("JPEG", 30), ("WEBP", 50)])
def test_relation_of_a_recompressed_copy(kind: str, quality: int) -> None:
    original = encoded(scene())
    again = Image.open(io.BytesIO(original)).convert("RGB")
    assert relation(original, encoded(again, kind, quality)) is Relation.RE_ENCODED


@pytest.mark.parametrize("size", [(300, 200), (200, 133), (900, 600)])
def test_relation_of_a_resized_copy(size: tuple[int, int]) -> None:
    picture = scene()
    smaller = picture.resize(size, Image.Resampling.LANCZOS)
    assert relation(encoded(picture), encoded(smaller)) is Relation.RESIZED
    assert relation(encoded(smaller), encoded(picture)) is Relation.RESIZED


def test_relation_of_a_stretched_copy_is_resized() -> None:
    picture = scene()
    assert relation(encoded(picture), encoded(picture.resize((600, 500)))) is Relation.RESIZED


def test_relation_of_another_picture_is_none() -> None:
    assert relation(encoded(scene(1)), encoded(scene(2))) is None


def test_relation_of_the_same_product_in_another_colour_is_none() -> None:
    one, other = encoded(shirt((170, 60, 60))), encoded(shirt((150, 60, 90)))
    assert relation(one, other) is None
    assert relation(one, encoded(shirt((170, 60, 60)), quality=50)) is Relation.RE_ENCODED


def test_relation_of_a_captioned_copy_is_overlaid() -> None:
    picture = scene()
    captioned = picture.copy()
    ImageDraw.Draw(captioned).text((20, 350), "Summer 2024", fill="white", font_size=40)
    assert relation(encoded(picture), encoded(captioned)) is Relation.OVERLAID


def photo(seed: int = 1, *, size: tuple[int, int] = (600, 400)) -> Image.Image:
    """A scene with texture everywhere, as photographs of the world have."""
    random = np.random.default_rng(seed)
    total = np.zeros((size[1], size[0], 3))
    for cells, weight in ((4, 90), (12, 50), (40, 35), (90, 25)):
        coarse = random.integers(0, 256, (cells, cells * 3 // 2, 3), dtype=np.uint8)
        grown = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        total += weight * (np.asarray(grown) / 255 - 0.5)
    return Image.fromarray(np.clip(total + 128, 0, 255).astype(np.uint8))


def related(one: Image.Image, other: Image.Image) -> tuple[Relation | None, int]:
    """The relation, and which is the copy, of two pictures whose nearness is known."""
    found = compare(*(sample_of(prepared(encoded(picture))) for picture in (one, other)))
    return (found.relation, found.copy) if found else (None, 0)


@pytest.mark.parametrize("part", [0.05, 0.1, 0.2, 0.35])
@pytest.mark.parametrize("seed", [1, 2])
def test_relation_of_a_crop(part: float, seed: int) -> None:
    picture = photo(seed)
    width, height = round(600 * (1 - part)), round(400 * (1 - part))
    left, top = (600 - width) // 3, (400 - height) // 2
    crop = picture.crop((left, top, left + width, top + height))
    assert related(picture, crop) == (Relation.CROPPED, 2)
    assert related(crop, picture) == (Relation.CROPPED, 1)
    assert related(picture, crop.resize((300, 200))) == (Relation.CROPPED, 2)


def test_relation_of_a_one_sided_crop() -> None:
    picture = photo(3)
    assert related(picture, picture.crop((0, 0, 480, 400))) == (Relation.CROPPED, 2)


@pytest.mark.parametrize("colour", ["white", "black", (30, 160, 90)])
def test_relation_of_a_picture_with_a_border(colour: str) -> None:
    picture = photo(4)
    assert related(picture, ImageOps.expand(picture, 40, fill=colour)) == (Relation.PADDED, 2)
    assert related(ImageOps.expand(picture, 25, fill=colour), picture) == (Relation.PADDED, 1)


@pytest.mark.parametrize("how", list(Image.Transpose))
def test_relation_of_a_turned_picture(how: Image.Transpose) -> None:
    picture = photo(5)
    rotations = {Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270}
    right = Relation.ROTATED if how in rotations else Relation.MIRRORED
    assert relation(encoded(picture), encoded(picture.transpose(how))) is right


@pytest.mark.parametrize("factor", [0.8, 1.2])
def test_relation_of_another_brightness(factor: float) -> None:
    picture = photo(6)
    brighter = ImageEnhance.Brightness(picture).enhance(factor)
    assert related(picture, brighter)[0] is Relation.RECOLOURED


def test_relation_of_a_grey_copy_names_the_copy() -> None:
    picture = photo(7)
    assert related(picture, picture.convert("L")) == (Relation.RECOLOURED, 2)
    assert related(picture.convert("L"), picture) == (Relation.RECOLOURED, 1)


def test_relation_of_other_hues_is_not_claimed() -> None:
    picture = photo(8)
    red, green, blue = picture.split()
    swapped = Image.merge("RGB", (green, blue, red))
    assert related(picture, swapped)[0] in {None, *OTHER_PICTURES}


def test_pair_that_fits_in_all_but_its_colour_is_not_laid_over_each_other_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refined: list[int] = []
    refine = alignment.refine

    def note(*pair: Any) -> Any:
        refined.append(1)
        return refine(*pair)

    monkeypatch.setattr(alignment, "refine", note)
    picture = np.asarray(photo(8), np.int16)
    warmer = Image.fromarray((picture + np.array([8, 0, -8])).clip(0, 255).astype(np.uint8))
    one, other = (Frame(image.resize((128, 96))) for image in (photo(8), warmer))
    hint = Hint(likeness=1.0, starts=(alignment.Placement(0.0, 0.0, 1.0, 1.0),))

    def look() -> Relation | None:
        sizes = one.size, other.size
        found = judge(one, other, *sizes, hint=hint, score=0.0, have_relative=False)
        return found and found.relation

    assert look() is Relation.SAME_SCENE
    assert refined == []
    monkeypatch.setattr(verdicts, "MIN_DETAIL_FITTING", 2.0)  # as if it did not fit so well
    assert look() is Relation.SAME_SCENE
    assert refined == [1]


def test_relation_of_the_same_shirt_with_another_print_is_not_claimed() -> None:
    one, other = shirt((170, 60, 60)), shirt((170, 60, 60))
    ImageDraw.Draw(one).text((140, 180), "250", fill="white", font_size=40)
    ImageDraw.Draw(other).text((140, 180), "600", fill="white", font_size=40)
    assert related(one, other)[0] in {None, *OTHER_PICTURES}


def test_relation_of_one_cloth_in_two_dark_shades_is_not_claimed() -> None:
    knitted = np.asarray(photo(11, size=(260, 260)), np.float32).mean(axis=2) / 255
    shades = []
    for colour in ((10, 10, 10), (16, 21, 15)):
        glove = Image.new("RGB", (400, 400), "white")
        cloth = np.array(colour, np.float32) + 30 * knitted[..., None]
        glove.paste(Image.fromarray(cloth.astype(np.uint8)), (70, 70))
        shades.append(glove)
    assert related(*shades)[0] in {None, *OTHER_PICTURES}
    again = Image.open(io.BytesIO(encoded(shades[0], quality=50))).convert("RGB")
    assert related(shades[0], again)[0] is Relation.RE_ENCODED


@pytest.mark.parametrize("factor", [1.2, 1.4])
def test_relation_of_a_copy_so_bright_that_it_is_clipped(factor: float) -> None:
    picture = ImageEnhance.Brightness(photo(12)).enhance(1.2)
    brighter = ImageEnhance.Brightness(picture).enhance(factor)
    assert related(picture, brighter)[0] is Relation.RECOLOURED
    assert related(brighter, picture)[0] is Relation.RECOLOURED


def test_relation_of_photographs_that_share_nothing_is_none() -> None:
    assert [related(photo(1), photo(seed))[0] for seed in range(2, 6)] == [None] * 4


def test_relation_of_a_damaged_thumbnail_is_none() -> None:
    whole = sample_of(prepared(encoded(photo(1))))
    damaged = replace(sample_of(prepared(encoded(photo(2)))), thumbnail=b"RIFF nothing")
    assert compare(whole, damaged) is None


def test_relation_of_a_crop_is_found_by_looking_closely_only() -> None:
    picture = photo(9)
    crop = encoded(picture.crop((60, 40, 540, 360)))
    assert relation(encoded(picture), crop) is None
    assert relation(encoded(picture), crop, thorough=True) is Relation.CROPPED

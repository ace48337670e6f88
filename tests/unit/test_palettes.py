from __future__ import annotations

import numpy as np
import pytest

from lookalike import palettes
from lookalike.colours import BASIC_COLOURS, read_colour
from lookalike.errors import BadFilter

# From the supplement of Sharma, Wu, Dalal, 2005: two colours and their CIEDE2000 difference.
PUBLISHED = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 3.1571, -77.2803), (50, 0, -82.7485), 2.8615),
    ((50, -1, 2), (50, 0, 0), 2.3669),
    ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
]
SHADES = {
    "black": "#000000 #151515 #101820",
    "grey": "#808080 #a0a0a0 #555555 #c4c4c4",
    "white": "#ffffff #fafafa #f0f0f0 #fdf9f0",
    "red": "#ff0000 #b22222 #8b0000 #e34234",
    "orange": "#ff8c00 #ffa500 #ed7014 #ff7f50",
    "yellow": "#ffff00 #ffd700 #e6c200 #fff176",
    "green": "#008000 #00ff00 #556b2f #90ee90 #004225",
    "blue": "#0000ff #1e90ff #87ceeb #000080 #add8e6",
    "purple": "#800080 #9370db #4b0082 #8a2be2",
    "pink": "#ffc0cb #ff69b4 #ff1493 #e75480",
    "brown": "#8b4513 #654321 #5c4033 #964b00 #d2b48c",
}


@pytest.mark.parametrize(("one", "other", "expected"), PUBLISHED)
def test_difference_is_the_published_one_both_ways(one, other, expected) -> None:
    for first, second in ((one, other), (other, one)):
        found = palettes.differences(np.array([first], np.float32), np.array(second, np.float32))
        assert found[0] == pytest.approx(expected, abs=2e-4)


def test_srgb_goes_to_lab_and_back() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (500, 3), np.uint8)
    assert np.array_equal(palettes.lab_to_srgb(palettes.srgb_to_lab(rgb)), rgb)
    assert palettes.hex_to_lab("#ff0000") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)


@pytest.mark.parametrize("name", SHADES)
def test_shades_go_by_their_basic_name(name: str) -> None:
    shades = [*SHADES[name].split(), BASIC_COLOURS[name]]
    lab = np.stack([palettes.hex_to_lab(shade) for shade in shades])
    packed = b"".join(palettes.pack(one[None], np.ones(1, np.float32)) for one in lab)
    colours = np.frombuffer(packed, np.uint8).reshape(len(shades), -1, 4)[:, 0]
    found = [tuple(BASIC_COLOURS)[place] for place in palettes.names(colours)]
    assert found == [name] * len(shades)


def test_palette_survives_packing() -> None:
    lab = np.array([[100, 0, 0], [53.2, 80.1, 67.2]], np.float32)
    packed = palettes.pack(lab, np.array([0.75, 0.25], np.float32))
    assert len(packed) == palettes.PALETTE_BYTES
    colours, shares = palettes.unpack(packed)
    assert np.abs(colours - lab).max() < 0.6
    assert shares == pytest.approx([0.75, 0.25], abs=0.003)
    assert len(palettes.unpack(palettes.NO_PALETTE)[1]) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Red", "red"), ("gray", "grey"), ("#A34", "#aa3344"), (" aa3344", "#aa3344")],
)
def test_colour_is_read(text: str, expected: str) -> None:
    assert read_colour(text) == expected


@pytest.mark.parametrize("text", ["", "reddish", "#12345", "#gg0000", "red;blue", "１２３456"])
def test_colour_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadFilter, match="one of black, grey"):
        read_colour(text)


def test_first_colour_is_that_of_the_largest_share_and_none_where_nothing_is_known() -> None:
    lab = palettes.srgb_to_lab(np.array([[200, 30, 30], [20, 20, 220]], np.uint8))
    packed = palettes.pack(lab, np.array([0.7, 0.3], np.float32))
    found = palettes.first_colours({3: packed, 5: palettes.NO_PALETTE})
    assert list(found) == [3]
    assert bytes.fromhex(found[3][1:]) == pytest.approx(bytes([200, 30, 30]), abs=3)
    assert palettes.first_colours({}) == {}

"""What any store must do with the colours of pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lookalike.errors import BadFilter
from lookalike.palettes import hex_to_lab, pack
from lookalike.stores.base import Listing, Store
from lookalike.types import Filters, State
from tests.contract.test_store import MODEL, add, indexed


def palette(**shares: float) -> bytes:
    """palette(ff0000=0.5, c_00ff00=0.25)."""
    lab = np.stack([hex_to_lab(f"#{name.removeprefix('c_')}") for name in shares])
    return pack(lab, np.array(list(shares.values()), np.float32))


RED = palette(ffffff=0.7, d32222=0.3)
BLUE = palette(c_2460d8=1.0)
FAINT = palette(ffffff=0.97, d32222=0.03)


def fill(store: Store, *palettes: bytes) -> list[int]:
    keys = [asset.key for asset in add(store, len(palettes))]
    results = [indexed(key, palette=p) for key, p in zip(keys, palettes, strict=True)]
    store.save_results(MODEL, results, [])
    return keys


def test_palette_is_saved_with_the_result(store: Store) -> None:
    keys = fill(store, RED, BLUE, b"")
    assert store.get_palettes([*keys, 999]) == {keys[0]: RED, keys[1]: BLUE}
    assert [asset.key for asset in store.without_palette(10)] == [keys[2]]
    assert store.without_palette(10, after_key=keys[2]) == []
    store.put_palettes({keys[2]: FAINT, 999: RED})
    assert store.without_palette(10) == []
    assert store.get_palettes([keys[2]]) == {keys[2]: FAINT}


@pytest.mark.parametrize("colour", ["red", "#d02525", "d02525"])
def test_filter_by_colour_takes_what_has_enough_of_it(store: Store, colour: str) -> None:
    red, _blue, _faint, _unknown = fill(store, RED, BLUE, FAINT, b"")
    assert store.filter_keys(Filters(colour=colour)).tolist() == [red]
    listed = store.list_assets(
        Listing(filters=Filters(colour=colour), states=frozenset({State.INDEXED}))
    )
    assert ([asset.key for asset in listed.assets], listed.total) == ([red], 1)


def test_filter_by_colour_is_as_strict_as_is_asked(store: Store) -> None:
    (key,) = fill(store, palette(d32222=1.0))
    near = {"colour": "#b02020"}  # about 8 away
    assert store.filter_keys(Filters(**near, colour_within=12)).tolist() == [key]
    assert store.filter_keys(Filters(**near, colour_within=4)).tolist() == []


def test_filter_by_colour_combines_with_others(store: Store) -> None:
    keys = fill(store, RED, RED)
    store.put_tags(keys[1], ["shoes"])
    assert store.filter_keys(Filters(colour="red", tags=("shoes",))).tolist() == [keys[1]]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(colour="reddish"),
        Filters(colour="#aa3344", colour_within=0),
        Filters(colour="#aa3344", colour_within=float("nan")),
        Filters(colour="#aa3344", colour_within=101),
    ],
)
def test_filter_by_colour_that_makes_no_sense_is_refused(store: Store, filters: Filters) -> None:
    fill(store, RED)
    with pytest.raises(BadFilter):
        store.filter_keys(filters)
    with pytest.raises(BadFilter):
        store.list_assets(Listing(filters=filters, states=frozenset({State.INDEXED})))


def test_amounts_follow_changes_of_another_connection(
    open_store: Callable[[], Store],
) -> None:
    one, other = open_store(), open_store()
    keys = fill(one, RED, BLUE)
    everything = np.array([*keys, 10_000], np.int64)
    assert other.colour_amounts("red", everything).tolist() == pytest.approx([0.3, 0, 0], abs=0.01)
    one.put_palettes({keys[1]: RED})
    assert other.colour_amounts("red", everything).tolist() == pytest.approx(
        [0.3, 0.3, 0], abs=0.01
    )


def test_amounts_of_a_shade_fall_off_softly(store: Store) -> None:
    shades = ("#d32222", "#b02020", "#8b1a1a", "#2460d8")
    keys = fill(store, *(palette(**{f"c_{shade[1:]}": 1.0}) for shade in shades))
    amounts = store.colour_amounts("#d32222", np.array(keys, np.int64)).tolist()
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[0] > 0.99
    assert 0.4 < amounts[1] < 0.95
    assert amounts[3] < 0.001

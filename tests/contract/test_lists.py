"""What the lists of any store must do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from lookalike.errors import BadFilter
from lookalike.stores.base import Edit, Indexed, Listed, Listing, NewAsset, Skipped, Store
from lookalike.stores.service import ServiceStore
from lookalike.types import Filters, Sort, Source, State

MODEL = "model-1"
SHOWN = frozenset({State.PENDING, State.INDEXED, State.SKIPPED})


def add(store: Store, *names: str, folder: str = "", size_bytes: int = 10) -> list[int]:
    new = [
        NewAsset(
            name=name,
            folder=folder,
            path=None,
            source=Source.UPLOAD,
            size_bytes=size_bytes,
            mtime_ns=None,
            sha256="ab",
        )
        for name in names
    ]
    return [asset.key for asset in store.add_assets(new)]


def index(store: Store, key: int, **changes: object) -> None:
    values: dict[str, object] = {
        "key": key,
        "size_bytes": 10,
        "mtime_ns": None,
        "mime": "image/jpeg",
        "width_px": 640,
        "height_px": 480,
        "sha256": "ab",
        "phash64": bytes(8),
        "phash256": bytes(32),
        "taken_at": None,
        "vector": np.ones(4, np.float16),
    }
    store.save_results(MODEL, [Indexed(**(values | changes))], [])  # type: ignore[arg-type]


def page(store: Store, **choices: object) -> Listed:
    return store.list_assets(Listing(**({"states": SHOWN} | choices)))  # type: ignore[arg-type]


def keys(listed: Listed) -> list[int]:
    return [asset.key for asset in listed.assets]


def read_all(store: Store, limit: int, **choices: object) -> list[int]:
    found, place = [], None
    while True:
        listed = page(store, limit=limit, after=place, **choices)
        assert len(listed.assets) <= limit
        found += keys(listed)
        place = listed.next_place
        if place is None:
            return found


def test_list_shows_what_is_neither_trashed_nor_missing(store: Store) -> None:
    pending, indexed, skipped, missing, trashed = add(store, *"abcde")
    index(store, indexed)
    store.save_results(MODEL, [], [Skipped(key=skipped, reason="corrupt_image", detail="x")])
    store.set_state([missing], State.MISSING)
    store.set_state([trashed], State.TRASHED)
    shown = page(store, descending=False)
    assert (keys(shown), shown.total, shown.next_place) == ([pending, indexed, skipped], 3, None)
    for state, key in zip(
        (State.PENDING, State.INDEXED, State.SKIPPED, State.MISSING, State.TRASHED),
        (pending, indexed, skipped, missing, trashed),
        strict=True,
    ):
        one = page(store, states=frozenset({state}))
        assert (keys(one), one.total) == ([key], 1)
    assert keys(page(store, states=frozenset({State.SKIPPED, State.TRASHED}))) == [trashed, skipped]
    assert keys(page(store, states=frozenset())) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("folder", [None, "x"])
def test_list_is_in_order_and_read_in_pages(
    store: Store, limit: int, descending: bool, folder: str | None
) -> None:
    first, second = add(store, "Bild 2", "apfel", folder="x", size_bytes=5)
    third, fourth = add(store, "apfel", "ÄPFEL", folder="x", size_bytes=3)
    index(store, second, size_bytes=9, taken_at=datetime(2001, 1, 1, tzinfo=UTC))
    orders = {
        Sort.CREATED: [first, second, third, fourth],
        Sort.NAME: [second, third, first, fourth],
        Sort.SIZE: [third, fourth, first, second],
        Sort.TAKEN: [second, first, third, fourth],
    }
    for sort, order in orders.items():
        expected = order[::-1] if descending else order
        found = read_all(store, limit, sort=sort, descending=descending, folder=folder)
        assert found == expected, sort


def test_list_over_states_that_lie_apart_is_one_list(store: Store) -> None:
    all_keys = add(store, *"fcadbe")
    store.set_state(all_keys[::2], State.TRASHED)
    states = SHOWN | {State.TRASHED}
    for sort in (Sort.CREATED, Sort.NAME):
        found = read_all(store, 2, sort=sort, descending=False, states=states)
        assert found == sorted(all_keys, key=lambda key: "fcadbe"[key - all_keys[0]]) or (
            sort is Sort.CREATED and found == all_keys
        )
    assert page(store, states=states, limit=2).total == 6


def test_list_of_a_folder_holds_what_is_directly_in_it(store: Store) -> None:
    (top,), (inside,), (below,) = (
        add(store, "a"),
        add(store, "b", folder="x"),
        add(store, "c", folder="x/y"),
    )
    assert keys(page(store, folder="")) == [top]
    assert keys(page(store, folder="x")) == [inside]
    assert keys(page(store, filters=Filters(folder="x"))) == [below, inside]
    nowhere = page(store, folder="z")
    assert (keys(nowhere), nowhere.total) == ([], 0)


def test_list_with_filters(store: Store) -> None:
    wide, high, tagged, pending = add(store, "wide.jpg", "high.png", "tagged.jpg", "pending.jpg")
    index(store, wide)
    index(store, high, width_px=10, height_px=20, mime="image/png", size_bytes=99)
    index(store, tagged)
    store.put_tags(tagged, ["sea"])
    store.put_tags(pending, ["sea"])
    for filters, expected in [
        (Filters(types=("png",)), [high]),
        (Filters(orientation="landscape"), [wide, tagged]),
        (Filters(min_bytes=50), [high]),
        (Filters(tags=("sea",)), [tagged, pending]),
        (Filters(tags=("sea",), types=("jpeg",)), [tagged]),
        (Filters(tags=("lake",)), []),
        (Filters(name_contains="IG"), [high]),
        (Filters(name_contains="jpg", types=("jpeg",)), [wide, tagged]),
        (Filters(before=datetime(2001, 1, 1, tzinfo=UTC)), []),
    ]:
        for folder in (None, ""):
            listed = page(store, filters=filters, descending=False, folder=folder)
            assert (keys(listed), listed.total) == (expected, len(expected)), filters
            assert read_all(store, 1, filters=filters, folder=folder) == expected[::-1]
    with pytest.raises(BadFilter):
        page(store, filters=Filters(types=("bmp",)))


def test_list_goes_on_where_it_was_when_assets_come_and_go(store: Store) -> None:
    assets = add(store, "a", "c", "e", "g")
    choices = {"sort": Sort.NAME, "descending": False, "limit": 2}
    first = page(store, **choices)
    add(store, "b", "d")
    store.remove_assets([assets[1]])
    rest = page(store, after=first.next_place, **(choices | {"limit": 9}))
    assert [asset.name for asset in rest.assets] == ["d", "e", "g"]


def test_names_that_are_not_utf8_can_be_read_on_from(store: Store) -> None:
    names = sorted(b"caf\xe9%d.jpg".replace(b"%d", b"%d" % n) for n in range(3))
    added = add(store, *(name.decode("utf-8", "surrogateescape") for name in names))
    assert read_all(store, 1, sort=Sort.NAME, descending=False) == added


def test_folders_count_what_is_shown(store: Store) -> None:
    first, second = add(store, "a", "b", folder="x/y")
    (third,) = add(store, "c", folder="z")
    add(store, "d")
    counts = {folder.path: folder.assets for folder in store.list_folders()}
    assert counts == {"": 1, "x/y": 2, "z": 1}
    store.set_state([first], State.TRASHED)
    store.set_state([third], State.MISSING)
    index(store, second)
    assert {f.path: f.assets for f in store.list_folders()} == {"": 1, "x/y": 1}
    store.set_state([first], State.INDEXED)
    store.remove_assets([second])
    assert {f.path: f.assets for f in store.list_folders()} == {"": 1, "x/y": 1}


def test_tags_are_listed_with_their_counts(store: Store) -> None:
    first, second = add(store, "a", "b")
    store.put_tags(first, ["sea", "sun"])
    store.put_tags(second, ["sea"])
    assert store.list_tags() == [("sea", 2), ("sun", 1)]
    store.put_tags(first, [])
    assert store.list_tags() == [("sea", 1)]


def test_names_are_found_whatever_the_case_and_those_that_begin_with_it_first(
    store: Store,
) -> None:
    inner, first, gone = add(
        store, "A Beach.jpg", "beach.jpg", "beach-2.jpg", folder="Trips/BEACHES"
    )
    store.set_state([gone], State.TRASHED)
    store.put_tags(first, ["beach", "a beach", "sun"])
    found = store.find_names("BEACH", 5)
    assert [asset.key for asset in found.assets] == [first, inner]
    assert found.folders == ("Trips/BEACHES",)
    assert found.tags == ("beach", "a beach")
    assert store.find_names("trip", 5).folders == ("Trips",)
    few = store.find_names("beach", 1)
    assert ([asset.key for asset in few.assets], few.tags) == ([first], ("beach",))


@pytest.mark.parametrize("text", ["", "nothing like it", "%", "_", "\x00"])
def test_names_that_match_nothing(store: Store, text: str) -> None:
    add(store, "a.jpg", folder="x")
    found = store.find_names(text, 5)
    assert (found.assets, found.folders, found.tags) == ((), (), ())


# --- words --------------------------------------------------------------------------------


def test_phrase_is_found_in_names_tags_and_descriptions_of_what_is_searchable(
    store: Store,
) -> None:
    by_name, by_tag, by_text, pending = add(store, "Red Car.jpg", "b.jpg", "c.jpg", "red car 2.jpg")
    for key in (by_name, by_tag, by_text):
        index(store, key)
    store.put_tags(by_tag, ["a RED car"])
    store.edit_asset(by_text, Edit(description="An old Red Car, rusty"))
    assert store.find_phrase("red CAR", 10).tolist() == [by_name, by_tag, by_text]
    assert store.find_phrase("red car", 2).tolist() == [by_name, by_tag]
    assert store.find_phrase("red%car", 10).tolist() == []
    assert store.find_phrase("", 10).tolist() == []
    store.set_state([by_name], State.TRASHED)
    assert store.find_phrase("red car", 10).tolist() == [by_tag, by_text]
    index(store, pending)
    assert store.find_phrase("red car", 10).tolist() == [by_tag, by_text, pending]
    assert store.find_phrase("red car", None).tolist() == [by_tag, by_text, pending]


@pytest.mark.parametrize("phrase", ["Österreich", "ÖSTERREICH", "Straße", "STRASSE", "caf\u00e9"])
def test_phrase_is_found_in_descriptions_of_any_letters(store: Store, phrase: str) -> None:
    (key,) = add(store, "a.jpg")
    index(store, key)
    store.edit_asset(key, Edit(description="Österreich, alte Straße, Cafe\u0301"))
    assert store.find_phrase(phrase, 10).tolist() == [key]


def test_labels_are_tags_folders_and_names_that_equal_a_text(store: Store) -> None:
    one, other, third = add(store, "Beach.jpg", "beach.png", "beach.tar.gz", folder="Sea/Beach")
    for key in (one, other, third):
        index(store, key)
    (elsewhere,) = add(store, "a.jpg", folder="sea")
    index(store, elsewhere)
    store.put_tags(one, ["beach", "Beach", "beach ball", "unused"])
    store.change_tags([one], add=[], remove=["unused"])

    def labels(*texts: str) -> list[tuple[str, str, int]]:
        return [(found.kind.value, found.value, found.count) for found in store.find_labels(texts)]

    assert labels("BEACH") == [
        ("tag", "Beach", 1),
        ("tag", "beach", 1),
        ("folder", "Beach", 3),
        ("name", "Beach.jpg", 1),
        ("name", "beach.png", 1),
    ]
    assert labels("sea", "Beach.JPG") == [
        ("folder", "Sea", 3),
        ("folder", "sea", 1),
        ("name", "Beach.jpg", 1),
    ]
    assert labels("unused", "beac", "", "%") == []
    store.rename_folder("Sea", "Coast")
    store.put_tags(other, ["ocean"])
    assert labels("sea", "coast", "ocean") == [
        ("tag", "ocean", 1),
        ("folder", "sea", 1),
        ("folder", "Coast", 3),
    ]
    store.set_state([one, other], State.TRASHED)
    assert labels("beach") == [("folder", "Beach", 1)]
    assert labels() == []


def test_labels_of_another_process_are_noticed(open_store: Callable[[], ServiceStore]) -> None:
    store, other = open_store(), open_store()
    (key,) = add(store, "a.jpg", folder="sea")
    index(store, key)
    assert [found.value for found in store.find_labels(["sea", "boat"])] == ["sea"]
    other.put_tags(key, ["boat"])
    other.rename_folder("sea", "Sea")
    assert [found.value for found in store.find_labels(["sea", "boat"])] == ["boat", "Sea"]

"""What any store must do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lookalike.errors import AlreadyExists, AssetNotFound, BadFilter, StoreUnavailable
from lookalike.stores.base import Indexed, MovedFile, NewAsset, Skipped, Store
from lookalike.types import Asset, Coverage, Filters, Source, State

MODEL = "model-1"
DIM = 8


def new(path: str = "/p/a.jpg", folder: str = "", **changes: object) -> NewAsset:
    values: dict[str, object] = {
        "name": path.rsplit("/", 1)[-1],
        "folder": folder,
        "path": path,
        "source": Source.LINKED,
        "size_bytes": 10,
        "mtime_ns": 1_000,
        "root": "/p",
    }
    return NewAsset(**(values | changes))  # type: ignore[arg-type]


def vector(number: int) -> np.ndarray:
    values = np.random.default_rng(number).standard_normal(DIM)
    return (values / np.linalg.norm(values)).astype(np.float16)


def indexed(key: int, number: int | None = None, **changes: object) -> Indexed:
    values: dict[str, object] = {
        "key": key,
        "size_bytes": 10,
        "mtime_ns": 1_000,
        "mime": "image/jpeg",
        "width_px": 640,
        "height_px": 480,
        "sha256": f"{key:064x}",
        "phash64": bytes(8),
        "phash256": bytes(32),
        "taken_at": None,
        "vector": vector(key if number is None else number),
    }
    return Indexed(**(values | changes))  # type: ignore[arg-type]


def add(store: Store, count: int = 1, **changes: object) -> list[Asset]:
    start = store.coverage().total + store.coverage().missing + store.coverage().trashed
    return store.add_assets([new(f"/p/{start + i:04}.jpg", **changes) for i in range(count)])


def add_indexed(store: Store, count: int = 1, **changes: object) -> list[int]:
    keys = [asset.key for asset in add(store, count)]
    store.save_results(MODEL, [indexed(key, **changes) for key in keys], [])
    return keys


def state(store: Store, key: int) -> State:
    (asset,) = store.get_assets([key])
    return asset.state


def searchable(store: Store) -> list[int]:
    return store.filter_keys(Filters()).tolist()


# --- assets -------------------------------------------------------------------------------


def test_added_assets_are_pending_and_come_back_as_they_were(store: Store) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    first, second = store.add_assets(
        [new("/p/x/a.jpg", "x", sha256="ab"), new("/p/b.jpg", size_bytes=7, mtime_ns=None)]
    )
    assert store.get_assets([second.key, 999, first.key]) == [second, first]
    assert (first.name, first.folder, first.path) == ("a.jpg", "x", "/p/x/a.jpg")
    assert (first.state, first.source, first.sha256) == (State.PENDING, Source.LINKED, "ab")
    assert (second.size_bytes, second.mtime_ns, second.tags) == (7, None, ())
    assert before <= first.created_at == first.updated_at <= datetime.now(UTC)
    assert first.id < second.id
    assert first.key < second.key


def test_asset_added_with_a_reason_is_skipped(store: Store) -> None:
    (asset,) = store.add_assets([new(skip_reason="too_many_bytes", skip_detail="Too large.")])
    assert (asset.state, asset.skip_reason) == (State.SKIPPED, "too_many_bytes")
    assert asset.skip_detail == "Too large."
    assert store.pending(10) == []
    assert store.list_skipped("too_many_bytes") == [asset]
    assert store.list_skipped("too_many_bytes", 0) == store.list_skipped("other") == []


def test_asset_is_found_by_id_path_and_hash(store: Store) -> None:
    first, second = store.add_assets([new("/p/a", sha256="aa"), new("/p/b", sha256="aa")])
    assert store.find_asset(first.id) == store.find_asset("/p/a") == first
    assert store.find_by_sha256("aa") == [first, second]
    assert store.find_by_sha256("bb") == []
    for unknown in ("/p/c", "", "a' OR 1=1 --", "\x00"):
        with pytest.raises(AssetNotFound):
            store.find_asset(unknown)


def test_known_path_cannot_be_added_again_and_nothing_of_its_batch_is(store: Store) -> None:
    add(store)
    with pytest.raises(AlreadyExists):
        store.add_assets([new("/p/z.jpg"), new("/p/0000.jpg")])
    assert store.coverage().total == 1


def test_names_that_are_not_utf8_keep_their_bytes(store: Store) -> None:
    name = b"caf\xe9.jpg".decode("utf-8", "surrogateescape")
    (asset,) = store.add_assets([new(f"/p/{name}", folder=name)])
    assert store.find_asset(f"/p/{name}").name == name
    assert list(store.known_files("/p")) == [f"/p/{name}"]
    assert asset.folder == name


def test_imprints_are_those_of_the_assets(store: Store) -> None:
    keys = add_indexed(store, 3)
    (pending,) = add(store)
    wanted = [keys[2], 999, pending.key, keys[0]]
    assert store.get_imprints(wanted) == [
        (asset.key, asset.sha256, asset.phash64, asset.phash256)
        for asset in store.get_assets(wanted)
    ]
    assert [imprint.key for imprint in store.get_imprints(wanted)] == [
        keys[2],
        pending.key,
        keys[0],
    ]


def test_removed_assets_are_gone_and_their_keys_never_return(store: Store) -> None:
    keys = add_indexed(store, 3)
    store.remove_assets([keys[2], 999])
    assert store.get_assets(keys) == store.get_assets(keys[:2])
    assert searchable(store) == keys[:2]
    assert store.vectors(MODEL, np.array(keys))[0].tolist() == keys[:2]
    (again,) = store.add_assets([new("/p/0002.jpg")])
    assert again.key > keys[2]


def test_tags_are_kept_with_the_asset(store: Store) -> None:
    (asset,) = add(store)
    store.put_tags(asset.key, ["sea", "2024", "sea"])
    assert store.get_assets([asset.key])[0].tags == ("2024", "sea")
    store.put_tags(asset.key, [])
    assert store.get_assets([asset.key])[0].tags == ()
    with pytest.raises(AssetNotFound):
        store.put_tags(999, ["sea"])


# --- states -------------------------------------------------------------------------------


@pytest.mark.parametrize("away", [State.MISSING, State.TRASHED])
def test_asset_that_was_away_is_again_what_it_was(store: Store, away: State) -> None:
    (key,) = add_indexed(store)
    pending, skipped = (asset.key for asset in add(store, 2))
    store.save_results(MODEL, [], [Skipped(key=skipped, reason="corrupt_image", detail="Bad.")])
    keys = [key, pending, skipped]
    before = [a.state for a in store.get_assets(keys)]
    coverage = store.coverage()
    store.set_state(keys, away)
    assert [a.state for a in store.get_assets(keys)] == [away] * 3
    assert store.get_assets([skipped])[0].skip_reason is None
    assert searchable(store) == []
    store.set_state(keys, State.INDEXED)
    assert [a.state for a in store.get_assets(keys)] == before
    assert store.get_assets([skipped])[0].skip_reason == "corrupt_image"
    assert searchable(store) == [key]
    assert store.coverage() == coverage


def test_trashed_asset_whose_file_vanishes_stays_in_the_trash(store: Store) -> None:
    (key,) = add_indexed(store)
    store.set_state([key], State.TRASHED)
    store.set_state([key], State.MISSING)
    assert state(store, key) is State.TRASHED
    store.set_state([key], State.INDEXED)
    assert state(store, key) is State.INDEXED


def test_missing_asset_that_is_trashed_and_restored_was_indexed(store: Store) -> None:
    (key,) = add_indexed(store)
    store.set_state([key], State.MISSING)
    store.set_state([key], State.TRASHED)
    store.set_state([key], State.INDEXED)
    assert state(store, key) is State.INDEXED


def test_asset_without_a_vector_cannot_be_indexed(store: Store) -> None:
    (asset,) = add(store)
    store.set_state([asset.key], State.INDEXED)
    assert state(store, asset.key) is State.PENDING


def test_asset_set_to_pending_waits_and_stays_searchable(store: Store) -> None:
    (key,) = add_indexed(store)
    store.set_state([key], State.PENDING)
    assert [asset.key for asset in store.pending(10)] == [key]
    assert searchable(store) == [key]
    store.set_state([key], State.INDEXED)
    assert state(store, key) is State.INDEXED


# --- indexing -----------------------------------------------------------------------------


def test_results_are_saved_with_the_asset(store: Store) -> None:
    (asset,) = add(store)
    taken_at = datetime(1969, 7, 20, 20, 17, 40, 123456, tzinfo=UTC)
    result = indexed(asset.key, taken_at=taken_at, phash64=b"12345678", phash256=b"x" * 32)
    store.save_results(MODEL, [result], [])
    (saved,) = store.get_assets([asset.key])
    assert saved.state is State.INDEXED
    assert (saved.mime, saved.width_px, saved.height_px) == ("image/jpeg", 640, 480)
    assert (saved.sha256, saved.taken_at) == (result.sha256, taken_at)
    assert (saved.phash64, saved.phash256) == (b"12345678", b"x" * 32)
    keys, vectors = store.vectors(MODEL, np.array([asset.key]))
    assert keys.tolist() == [asset.key]
    assert vectors.dtype == np.float16
    np.testing.assert_array_equal(vectors[0], result.vector)


def test_changed_file_waits_while_its_old_vector_serves(store: Store) -> None:
    (key,) = add_indexed(store)
    generation = store.generation()
    store.change_files([(key, 20, 2_000)])
    (asset,) = store.get_assets([key])
    assert (asset.state, asset.size_bytes, asset.mtime_ns) == (State.PENDING, 20, 2_000)
    assert searchable(store) == [key]
    assert store.generation() == generation
    assert store.coverage() == Coverage(total=1, indexed=0, pending=1, skipped={})
    store.save_results(MODEL, [indexed(key, 77)], [])
    assert store.generation() > generation
    np.testing.assert_array_equal(store.vectors(MODEL, np.array([key]))[1][0], vector(77))


def test_changed_file_that_is_skipped_loses_its_old_vector(store: Store) -> None:
    (key,) = add_indexed(store)
    store.change_files([(key, 20, 2_000)])
    store.save_results(MODEL, [], [Skipped(key=key, reason="corrupt_image", detail="Bad.")])
    assert searchable(store) == []
    assert store.vectors(MODEL, np.array([key]))[0].tolist() == []
    assert store.coverage().skipped == {"corrupt_image": 1}
    store.change_files([(key, 30, 3_000)])
    (asset,) = store.get_assets([key])
    assert (asset.state, asset.skip_reason) == (State.PENDING, None)
    assert store.coverage().skipped == {}


def test_changed_file_in_the_trash_waits_only_once_restored(store: Store) -> None:
    (key,) = add_indexed(store)
    store.set_state([key], State.TRASHED)
    store.change_files([(key, 20, 2_000)])
    assert state(store, key) is State.TRASHED
    store.set_state([key], State.INDEXED)
    assert state(store, key) is State.PENDING


def test_results_for_an_asset_that_is_gone_or_away_change_nothing_visible(store: Store) -> None:
    gone, trashed = (asset.key for asset in add(store, 2))
    store.remove_assets([gone])
    store.set_state([trashed], State.TRASHED)
    store.save_results(
        MODEL,
        [indexed(gone), indexed(trashed)],
        [Skipped(key=gone, reason="corrupt_image", detail="Bad.")],
    )
    assert searchable(store) == []
    assert state(store, trashed) is State.TRASHED
    store.set_state([trashed], State.INDEXED)
    assert searchable(store) == [trashed]


def test_known_files_are_those_below_a_folder_or_found_under_it(store: Store) -> None:
    paths = ["/p/a.jpg", "/p/q/b.jpg", "/p2/c.jpg", "/p/q%/d.jpg", "/elsewhere/e.jpg"]
    added = store.add_assets(
        [new(path, root="/p2" if path.startswith("/p2") else "/p") for path in paths]
    )
    store.set_state([added[1].key], State.MISSING)
    known = store.known_files("/p")
    assert sorted(known) == ["/elsewhere/e.jpg", "/p/a.jpg", "/p/q%/d.jpg", "/p/q/b.jpg"]
    assert known["/p/q/b.jpg"].state is State.MISSING
    assert known["/p/a.jpg"].key == added[0].key
    assert (known["/p/a.jpg"].size_bytes, known["/p/a.jpg"].mtime_ns) == (10, 1_000)
    assert list(store.known_files("/p/q")) == ["/p/q/b.jpg"]


def test_touched_file_keeps_its_state(store: Store) -> None:
    (key,) = add_indexed(store)
    store.touch_files([(key, 10, 5_000)])
    (asset,) = store.get_assets([key])
    assert (asset.state, asset.mtime_ns) == (State.INDEXED, 5_000)


def test_moved_file_is_found_in_its_new_place_as_it_was(store: Store) -> None:
    (key,) = add_indexed(store)
    store.set_state([key], State.MISSING)
    store.move_files(
        [MovedFile(key=key, path="/q/new/B.jpg", name="B.jpg", folder="new", root="/q", mtime_ns=9)]
    )
    (asset,) = store.get_assets([key])
    assert (asset.path, asset.name, asset.folder) == ("/q/new/B.jpg", "B.jpg", "new")
    assert (asset.state, asset.mtime_ns) == (State.INDEXED, 9)
    assert store.filter_keys(Filters(folder="new", name_contains="b.")).tolist() == [key]
    assert (store.root_keys("/p", 9), store.root_keys("/q", 9)) == ([], [key])


def test_file_cannot_be_moved_onto_another_asset(store: Store) -> None:
    first, second = add(store, 2)

    def moved(key: int, path: str) -> MovedFile:
        return MovedFile(key=key, path=path, name="x", folder="", root="/p", mtime_ns=1)

    with pytest.raises(AlreadyExists):
        store.move_files([moved(first.key, second.path or "")])
    with pytest.raises(AssetNotFound):
        store.move_files([moved(999, "/p/new")])


def test_pending_assets_come_in_pages(store: Store) -> None:
    keys = [asset.key for asset in add(store, 5)]
    first = [asset.key for asset in store.pending(3)]
    second = [asset.key for asset in store.pending(3, after_key=first[-1])]
    assert first + second == keys


# --- vectors and generations --------------------------------------------------------------


def test_vectors_come_in_the_order_asked_for_and_unknown_keys_are_left_out(store: Store) -> None:
    keys = add_indexed(store, 4)
    asked = np.array([keys[2], 999, keys[0], keys[3]])
    found, vectors = store.vectors(MODEL, asked)
    assert found.tolist() == [keys[2], keys[0], keys[3]]
    np.testing.assert_array_equal(vectors, [vector(key) for key in found])
    nothing, none = store.vectors("other", asked)
    assert (nothing.tolist(), len(none)) == ([], 0)


def test_vectors_keep_every_bit(store: Store) -> None:
    patterns = np.arange(2**16, dtype=np.uint16).reshape(-1, 2048).view(np.float16)
    keys = [asset.key for asset in add(store, len(patterns))]
    rows = zip(keys, patterns, strict=True)
    store.save_results(MODEL, [indexed(key, vector=row) for key, row in rows], [])
    found, vectors = store.vectors(MODEL, np.array(keys))
    assert found.tolist() == keys
    np.testing.assert_array_equal(vectors.view(np.uint16), patterns.view(np.uint16))


def test_models_have_vectors_of_their_own(store: Store) -> None:
    (key,) = add_indexed(store)
    store.save_results("model-2", [indexed(key, 5)], [])
    for model, number in ((MODEL, key), ("model-2", 5)):
        np.testing.assert_array_equal(store.vectors(model, np.array([key]))[1][0], vector(number))
        assert store.changes(model, 0, 10).keys.tolist() == [key]


def test_new_content_forgets_other_models_vectors(store: Store) -> None:
    (key,) = add_indexed(store)
    store.save_results("model-2", [indexed(key, 5, sha256="f" * 64)], [])
    assert len(store.vectors(MODEL, np.array([key]))[0]) == 0
    changes = store.changes(MODEL, 0, 10)
    assert (changes.keys.tolist(), changes.removed.tolist()) == ([], [key])


def test_generation_grows_with_each_change_of_the_searchable_set_only(store: Store) -> None:
    seen = [store.generation()]

    def changed() -> bool:
        seen.append(store.generation())
        assert seen[-1] >= seen[-2]
        return seen[-1] > seen[-2]

    (asset,) = add(store)
    assert not changed()
    store.save_results(MODEL, [indexed(asset.key)], [])
    assert changed()
    store.touch_files([(asset.key, 1, 1)])
    store.put_setting("a", "b")
    store.change_files([(asset.key, 2, 2)])
    assert not changed()
    store.save_results(MODEL, [indexed(asset.key, 9)], [])
    assert changed()
    store.set_state([asset.key], State.TRASHED)
    assert changed()
    store.set_state([asset.key], State.INDEXED)
    assert changed()
    store.remove_assets([asset.key])
    assert changed()
    store.remove_assets([asset.key])
    assert not changed()


def test_changes_name_each_asset_once_with_its_latest_state(store: Store) -> None:
    keys = add_indexed(store, 4)
    store.save_results(MODEL, [indexed(keys[0], 50)], [])
    store.set_state([keys[1]], State.TRASHED)
    store.remove_assets([keys[2]])
    changes = store.changes(MODEL, 0, 100)
    assert changes.keys.tolist() == [keys[3], keys[0]]
    np.testing.assert_array_equal(changes.vectors, [vector(keys[3]), vector(50)])
    assert sorted(changes.removed.tolist()) == [keys[1], keys[2]]
    assert (changes.generation, changes.more) == (store.generation(), False)
    rest = store.changes(MODEL, changes.generation, 100)
    assert (len(rest.keys), len(rest.removed), rest.generation) == (0, 0, changes.generation)


def test_changes_come_in_chunks_oldest_first(store: Store) -> None:
    keys = add_indexed(store, 5)
    seen, after, rounds = [], 0, 0
    while True:
        changes = store.changes(MODEL, after, 2)
        seen += changes.keys.tolist()
        after, rounds = changes.generation, rounds + 1
        if not changes.more:
            break
    assert (seen, rounds, after) == (keys, 3, store.generation())


# --- filters ------------------------------------------------------------------------------


@pytest.fixture
def mixed(store: Store) -> Store:
    """Four assets: keys 0 to 3 below."""
    day = datetime(2024, 5, 1, tzinfo=UTC)
    assets = store.add_assets(
        [
            new("/p/a_1.jpg", "trips", mtime_ns=int(day.timestamp()) * 10**9),
            new("/p/2024/trips/100%.png", "2024/trips"),
            new("/p/2024/trips/rome/Straße É.webp", "2024/trips/rome"),
            new("/p/trips2/d.svg", "trips2"),
        ]
    )
    keys = [asset.key for asset in assets]
    earlier = datetime(2020, 1, 1, tzinfo=UTC)
    store.save_results(
        MODEL,
        [
            indexed(keys[0], mtime_ns=assets[0].mtime_ns, size_bytes=100),
            indexed(keys[1], mime="image/png", width_px=100, height_px=200, taken_at=earlier),
            indexed(keys[2], mime="image/webp", width_px=300, height_px=300, taken_at=earlier),
            indexed(keys[3], mime="image/svg+xml", width_px=1000, height_px=50, taken_at=day),
        ],
        [],
    )
    store.put_tags(keys[0], ["sea", "sun"])
    store.put_tags(keys[1], ["sea"])
    return store


DAY = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), [0, 1, 2, 3]),
        (Filters(folder="trips"), [0, 1, 2]),
        (Filters(folder="trips/"), [0, 1, 2]),
        (Filters(folder="/trips"), [0]),
        (Filters(folder="2024/trips"), [1, 2]),
        (Filters(folder="trips/rome"), [2]),
        (Filters(folder="rome/trips"), []),
        (Filters(folder="Trips"), []),
        (Filters(folder="trip%"), []),
        (Filters(folder="/"), [0, 1, 2, 3]),
        (Filters(types=("jpeg",)), [0]),
        (Filters(types=("png", "svg")), [1, 3]),
        (Filters(tags=("sea",)), [0, 1]),
        (Filters(tags=("sea", "sun")), [0]),
        (Filters(tags=("none",)), []),
        (Filters(after=DAY), [0, 3]),
        (Filters(after=DAY.replace(tzinfo=None)), [0, 3]),
        (Filters(before=DAY), [1, 2]),
        (Filters(after=datetime(2020, 1, 1, tzinfo=UTC), before=DAY), [1, 2]),
        (Filters(min_width=300), [0, 2, 3]),
        (Filters(max_width=300), [1, 2]),
        (Filters(min_height=200, max_height=300), [1, 2]),
        (Filters(min_bytes=100), [0]),
        (Filters(max_bytes=99), [1, 2, 3]),
        (Filters(orientation="landscape"), [0, 3]),
        (Filters(orientation="portrait"), [1]),
        (Filters(orientation="square"), [2]),
        (Filters(name_contains="%"), [1]),
        (Filters(name_contains="_"), [0]),
        (Filters(name_contains="STRASSE"), [2]),
        (Filters(name_contains="e\u0301.WEBP"), [2]),
        (Filters(name_contains="'; DROP TABLE assets; --"), []),
        (Filters(folder="trips", types=("png", "webp"), before=DAY, min_width=200), [2]),
        (Filters(tags=("sea",), folder="2024", name_contains="100", min_bytes=1), [1]),
        (Filters(types=("png",), name_contains="100", orientation="portrait"), [1]),
    ],
)
def test_filter_passes_the_assets_that_fit(
    mixed: Store, filters: Filters, expected: list[int]
) -> None:
    keys = searchable(mixed)
    found = mixed.filter_keys(filters)
    assert found.dtype == np.int64
    assert found.tolist() == [keys[number] for number in expected]


@pytest.mark.parametrize(
    "filters",
    [
        Filters(types=("bmp",)),
        Filters(types="png"),  # type: ignore[arg-type]
        Filters(tags=(1,)),  # type: ignore[arg-type]
        Filters(folder=7),  # type: ignore[arg-type]
        Filters(orientation="upright"),
        Filters(min_width=-1),
        Filters(max_bytes=2**63),
        Filters(min_height=True),
        Filters(max_height=1.5),  # type: ignore[arg-type]
        Filters(min_width=10, max_width=9),
        Filters(after=DAY, before=DAY),
        Filters(after="2024"),  # type: ignore[arg-type]
    ],
)
def test_filter_with_a_value_it_cannot_take_is_refused_in_one_line(
    store: Store, filters: Filters
) -> None:
    with pytest.raises(BadFilter) as caught:
        store.filter_keys(filters)
    assert "\n" not in str(caught.value)


# --- coverage, settings, life -------------------------------------------------------------


def test_coverage_counts_each_state_and_reason(store: Store) -> None:
    assert store.coverage() == Coverage(total=0, indexed=0, pending=0, skipped={})
    keys = [asset.key for asset in add(store, 6)]
    store.save_results(
        MODEL,
        [indexed(keys[0])],
        [Skipped(key=key, reason=f"reason_{key == keys[1]}", detail="") for key in keys[1:4]],
    )
    store.set_state([keys[4]], State.MISSING)
    store.set_state([keys[3]], State.TRASHED)
    assert store.coverage() == Coverage(
        total=4,
        indexed=1,
        pending=1,
        skipped={"reason_True": 1, "reason_False": 1},
        missing=1,
        trashed=1,
    )
    store.remove_assets(keys)
    assert store.coverage() == Coverage(total=0, indexed=0, pending=0, skipped={})


def test_settings_and_roots_survive_reopening(open_store: Callable[[], Store]) -> None:
    store = open_store()
    assert store.get_setting("model_id") is None
    store.put_setting("model_id", "a")
    store.put_setting("model_id", "b")
    for root in ("/z", "/a", "/z"):
        store.add_root(root)
    library_id = store.get_setting("library_id")
    store.close()
    again = open_store()
    assert again.get_setting("model_id") == "b"
    assert again.list_roots() == ["/a", "/z"]
    assert library_id
    assert again.get_setting("library_id") == library_id


def test_everything_survives_reopening(open_store: Callable[[], Store]) -> None:
    store = open_store()
    keys = add_indexed(store, 3)
    store.remove_assets(keys[:1])
    assets, generation = store.get_assets(keys), store.generation()
    store.close()
    again = open_store()
    assert again.get_assets(keys) == assets
    assert again.generation() == generation
    assert searchable(again) == keys[1:]


def test_two_openings_see_each_others_writes(open_store: Callable[[], Store]) -> None:
    writer, reader = open_store(), open_store()
    assert reader.generation() == 0
    keys = add_indexed(writer, 2)
    assert searchable(reader) == keys
    reader.set_state(keys[:1], State.TRASHED)
    assert searchable(writer) == keys[1:]


def test_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    for use in (store.coverage, store.generation, lambda: store.put_setting("a", "b")):
        with pytest.raises(StoreUnavailable):
            use()


def test_threads_read_and_write_at_once(store: Store) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                path = f"/p/{number}-{turn}.jpg"
                (asset,) = store.add_assets([new(path)])
                store.save_results(MODEL, [indexed(asset.key)], [])
                assert store.find_asset(path).key == asset.key
                assert len(store.vectors(MODEL, np.array([asset.key]))[0]) == 1
                store.coverage()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.coverage().indexed == 40
    assert len(searchable(store)) == 40

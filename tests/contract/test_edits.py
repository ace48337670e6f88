"""What any store must do with what people change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lookalike.errors import (
    AlreadyExists,
    AssetNotFound,
    Conflict,
    EditNotFound,
    FolderNotFound,
    LinkedAsset,
    UndoImpossible,
)
from lookalike.stores.base import Collision, Edit, IgnoredFile, NewAsset, Store
from lookalike.types import Asset, Source, State


def upload(name: str = "a.png", folder: str = "", sha256: str = "aa") -> NewAsset:
    return NewAsset(
        name=name,
        folder=folder,
        path=None,
        source=Source.UPLOAD,
        size_bytes=10,
        mtime_ns=None,
        sha256=sha256,
    )


def linked(path: str = "/p/a.png", **changes: object) -> NewAsset:
    values: dict[str, object] = {
        "name": path.rsplit("/", 1)[-1],
        "folder": "p",
        "path": path,
        "source": Source.LINKED,
        "size_bytes": 10,
        "mtime_ns": 7,
        "root": "/p",
    }
    return NewAsset(**(values | changes))  # type: ignore[arg-type]


def now(store: Store, asset: Asset) -> Asset:
    (found,) = store.get_assets([asset.key])
    return found


# --- tags and texts -----------------------------------------------------------------------


def test_edit_changes_what_is_given_and_leaves_the_rest(store: Store) -> None:
    asset = store.add_upload(upload(), Collision.ERROR)
    store.edit_asset(asset.key, Edit(tags=("b", "a"), description="Ä", metadata={"n": [1, None]}))
    store.edit_asset(asset.key, Edit(name="b.png"))
    store.edit_asset(asset.key, Edit(folder="x/y"))
    edited = now(store, asset)
    assert (edited.name, edited.folder, edited.tags) == ("b.png", "x/y", ("a", "b"))
    assert (edited.description, edited.metadata) == ("Ä", {"n": [1, None]})
    assert edited.updated_at >= asset.updated_at
    store.edit_asset(asset.key, Edit(tags=(), description="", metadata={}))
    assert (now(store, asset).tags, now(store, asset).description) == ((), "")
    assert store.find_names("b.pn", 5).assets[0].key == asset.key
    with pytest.raises(AssetNotFound):
        store.edit_asset(999, Edit(description="x"))


def test_edit_that_fails_changes_nothing(store: Store) -> None:
    store.add_upload(upload("taken.png"), Collision.ERROR)
    asset = store.add_upload(upload(), Collision.ERROR)
    with pytest.raises(AlreadyExists):
        store.edit_asset(asset.key, Edit(tags=("x",), name="taken.png"))
    assert now(store, asset) == asset


def test_linked_asset_is_not_renamed(store: Store) -> None:
    (asset,) = store.add_assets([linked()])
    for edit in (Edit(name="b"), Edit(folder="q")):
        with pytest.raises(LinkedAsset):
            store.edit_asset(asset.key, edit)
    store.edit_asset(asset.key, Edit(name=asset.name, folder=asset.folder, tags=("x",)))
    assert now(store, asset).tags == ("x",)


def test_tags_of_many_are_changed(store: Store) -> None:
    first, second = (store.add_upload(upload(), Collision.SUFFIX) for _ in range(2))
    store.put_tags(first.key, ["a", "b"])
    store.change_tags([first.key, second.key, 999], add=["c", "c"], remove=["a", "unknown"])
    store.change_tags([first.key], add=["c"], remove=[])
    assert now(store, first).tags == ("b", "c")
    assert now(store, second).tags == ("c",)


def test_tags_of_many_are_taken_back_but_for_what_changed_since(store: Store) -> None:
    first, second, third = (store.add_upload(upload(), Collision.SUFFIX) for _ in range(3))
    store.put_tags(first.key, ["a", "b"])
    keys = [asset.key for asset in (first, second, third)]
    edit = store.change_tags(keys, add=["b", "c"], remove=["a"])
    assert now(store, first).tags == ("b", "c")
    store.put_tags(second.key, ["d"])  # somebody else took them away
    store.remove_assets([third.key])
    assert store.undo_edit(edit) == 1
    assert now(store, first).tags == ("a", "b")
    assert now(store, second).tags == ("d",)
    with pytest.raises(UndoImpossible):
        store.undo_edit(edit)
    with pytest.raises(EditNotFound):
        store.undo_edit(edit + 1)


def test_moves_of_many_are_taken_back_but_for_what_moved_since(store: Store) -> None:
    first, second, third = (
        store.add_upload(upload(folder=folder), Collision.ERROR) for folder in ("x", "y", "w")
    )
    edit = store.move_uploads([first.key, second.key, third.key], "z")
    store.move_uploads([first.key], "elsewhere")
    store.add_upload(upload(folder="y"), Collision.ERROR)  # the name is taken meanwhile
    store.edit_asset(third.key, Edit(name="mine.png"))
    assert store.undo_edit(edit) == 2
    placed = [now(store, asset) for asset in (first, second, third)]
    assert [(asset.folder, asset.name) for asset in placed] == [
        ("elsewhere", "a.png"),
        ("y", "a (2).png"),
        ("w", "mine.png"),
    ]


# --- uploads ------------------------------------------------------------------------------


def test_upload_whose_name_is_taken(store: Store) -> None:
    names = [store.add_upload(upload(folder="x"), Collision.SUFFIX).name for _ in range(3)]
    assert names == ["a.png", "a (2).png", "a (3).png"]
    assert store.add_upload(upload("A.png", "x"), Collision.ERROR).name == "A.png"
    with pytest.raises(AlreadyExists):
        store.add_upload(upload(folder="x"), Collision.ERROR)


def test_name_of_what_is_trashed_is_free(store: Store) -> None:
    asset = store.add_upload(upload(), Collision.ERROR)
    store.set_state([asset.key], State.TRASHED)
    assert store.add_upload(upload(), Collision.ERROR).key != asset.key


def test_upload_replaces_bytes_and_keeps_the_asset(store: Store) -> None:
    asset = store.add_upload(upload(), Collision.ERROR)
    store.put_tags(asset.key, ["kept"])
    replaced = store.add_upload(upload(sha256="bb"), Collision.REPLACE)
    assert (replaced.key, replaced.id, replaced.tags) == (asset.key, asset.id, ("kept",))
    assert (replaced.sha256, replaced.state) == ("bb", State.PENDING)
    assert store.unneeded_blobs() == ["aa"]
    store.replace_upload(asset.key, "aa", 10)
    assert store.unneeded_blobs() == ["bb"]
    store.add_assets([linked()])
    with pytest.raises(LinkedAsset):
        store.add_upload(upload(folder="p"), Collision.REPLACE)
    with pytest.raises(AssetNotFound):
        store.replace_upload(999, "aa", 10)


def test_moved_uploads_get_a_free_name_all_or_none(store: Store) -> None:
    first, second = (
        store.add_upload(upload(folder=folder), Collision.ERROR) for folder in ("x", "y")
    )
    (on_disk,) = store.add_assets([linked()])
    with pytest.raises(LinkedAsset):
        store.move_uploads([first.key, on_disk.key], "z")
    assert now(store, first).folder == "x"
    store.move_uploads([first.key, second.key, 999], "z")
    store.move_uploads([first.key], "z")
    moved = [now(store, asset) for asset in (first, second)]
    assert [(asset.folder, asset.name) for asset in moved] == [("z", "a.png"), ("z", "a (2).png")]


def test_uploads_that_wait_are_named_apart(store: Store) -> None:
    first = store.add_upload(upload(), Collision.SUFFIX)
    store.add_assets([linked()])
    second = store.add_upload(upload(), Collision.SUFFIX)
    assert store.pending_uploads(10) == [first, second]
    assert store.pending_uploads(1) == [first]
    assert store.pending_uploads(10, first.key) == [second]
    store.set_state([first.key, second.key], State.TRASHED)
    assert store.pending_uploads(10) == []


def test_bytes_are_unneeded_when_no_upload_has_them(store: Store) -> None:
    first, second = (store.add_upload(upload(), Collision.SUFFIX) for _ in range(2))
    store.add_assets([linked(sha256="aa")])
    store.remove_assets([first.key])
    assert store.unneeded_blobs() == []
    store.set_state([second.key], State.TRASHED)
    assert store.unneeded_blobs() == []
    store.remove_assets([second.key])
    assert store.unneeded_blobs() == ["aa"]
    store.forget_blobs(["aa", "never"])
    assert store.unneeded_blobs() == []


def test_what_was_restored_meanwhile_is_not_removed_with_the_trash(store: Store) -> None:
    kept, gone = store.add_assets([linked(), linked("/p/b.png")])
    store.set_state([gone.key], State.TRASHED)
    store.remove_assets([kept.key, gone.key], ignore=True, only_trashed=True)
    assert store.get_assets([kept.key, gone.key]) == [kept]
    assert list(store.ignored_files("/p")) == ["/p/b.png"]


# --- files and folders --------------------------------------------------------------------


def test_removed_files_are_ignored_when_asked(
    store: Store, open_store: Callable[[], Store]
) -> None:
    name = b"/p/caf\xe9.png".decode("utf-8", "surrogateescape")
    assets = store.add_assets([linked(), linked(name, sha256="aa"), linked("/q/a.png")])
    store.remove_assets([assets[2].key])
    store.remove_assets([asset.key for asset in assets[:2]], ignore=True)
    found = open_store().ignored_files("/p")
    assert list(found) == ["/p/a.png", name]
    assert found[name] == IgnoredFile(10, 7, "aa", found[name].at)
    assert found["/p/a.png"].sha256 is None
    assert store.ignored_files("/q") == store.ignored_files("/p/a") == {}
    store.welcome_files([name, "/unknown"])
    assert list(store.ignored_files("/p/")) == ["/p/a.png"]


def test_folders_are_kept_when_a_person_made_them(store: Store) -> None:
    store.make_folder("x/y")
    store.make_folder("x/y")
    assert [(f.path, f.assets) for f in store.list_folders()] == [("x/y", 0)]
    asset = store.add_upload(upload(folder="x/y"), Collision.ERROR)
    store.forget_folder("x/y")
    assert [(f.path, f.assets) for f in store.list_folders()] == [("x/y", 1)]
    store.remove_assets([asset.key])
    assert store.list_folders() == []


def test_linked_folder_is_removed_with_what_is_ignored_in_it(store: Store) -> None:
    store.add_root("/p")
    store.add_root("/pp")
    first, second = store.add_assets([linked(), linked("/p/b.png")])
    store.remove_assets([second.key], ignore=True)
    assert store.root_keys("/p", 10) == [first.key]
    assert store.root_keys("/p", 0) == store.root_keys("/pp", 10) == []
    store.remove_assets([first.key])
    store.remove_root("/p")
    assert store.list_roots() == ["/pp"]
    assert store.ignored_files("/p") == {}


def test_skipped_assets_are_listed_by_reason(store: Store) -> None:
    first, _, third = store.add_assets(
        [
            linked(f"/p/{reason}{number}", skip_reason=reason, skip_detail="Why.")
            for number, reason in enumerate(("one", "two", "one"))
        ]
    )
    assert store.list_skipped("one") == [first, third]
    assert store.list_skipped("one", 1) == [first]
    store.set_state([first.key], State.TRASHED)
    assert store.list_skipped("one") == [third]
    assert store.list_skipped("three") == []


def test_folder_is_renamed_with_all_below_it_and_nothing_beside_it(store: Store) -> None:
    store.make_folder("x/empty")
    inner = store.add_upload(upload(folder="x/y"), Collision.ERROR)
    beside = store.add_upload(upload(folder="xx"), Collision.ERROR)
    trashed = store.add_upload(upload(folder="x"), Collision.ERROR)
    store.set_state([trashed.key], State.TRASHED)
    store.rename_folder("x", "ä/z")
    assert [(f.path, f.assets) for f in store.list_folders()] == [
        ("xx", 1),
        ("ä/z/empty", 0),
        ("ä/z/y", 1),
    ]
    assert now(store, inner).folder == "ä/z/y"
    assert now(store, beside).folder == "xx"
    assert now(store, trashed).folder == "ä/z"
    for name, error in (("xx", AlreadyExists), ("ä/z/y", Conflict), ("ä/z", Conflict)):
        with pytest.raises(error):
            store.rename_folder("ä/z", name)
    with pytest.raises(FolderNotFound):
        store.rename_folder("x", "new")


def test_folder_with_linked_files_is_not_renamed(store: Store) -> None:
    store.add_assets([linked()])
    with pytest.raises(LinkedAsset):
        store.rename_folder("p", "q")
    assert [f.path for f in store.list_folders()] == ["p"]


def test_trash_is_measured(store: Store) -> None:
    first, _ = store.add_assets([linked(size_bytes=7), linked("/p/b.png")])
    assert store.measure_trash() == (0, 0)
    store.set_state([first.key], State.TRASHED)
    assert store.measure_trash() == (1, 7)

"""The media library as a program uses it: uploads, edits, trash, folders, jobs."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lookalike import Library
from lookalike.errors import (
    AlreadyExists,
    AssetNotFound,
    BadCursor,
    BadName,
    Conflict,
    EditNotFound,
    FolderNotFound,
    InputError,
    JobNotFound,
    LinkedAsset,
    QueryError,
    TooManyBytes,
    UndoImpossible,
    UnsupportedType,
    VisualSearchDisabled,
)
from lookalike.settings import Settings
from lookalike.stores.embeddings import OwnVector
from lookalike.testing import FakeEmbedder
from lookalike.types import Filters, JobKind, JobState, State

RED, BLUE, GREEN = (220, 30, 30), (35, 60, 210), (40, 160, 50)


def picture(colour: tuple[int, int, int], size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def open_library(folder: Path, **settings: object) -> Library:
    return Library.open(
        folder / "lib",
        settings=Settings(**({"decode_processes": 1} | settings)),  # type: ignore[arg-type]
        embedder=FakeEmbedder(),
    )


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path) as library:
        yield library


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    (folder / "inner").mkdir(parents=True)
    (folder / "red.png").write_bytes(picture(RED))
    (folder / "inner" / "blue.png").write_bytes(picture(BLUE))
    return folder


def blobs(library: Library) -> list[str]:
    return sorted(p.name for p in (library.folder / "originals").rglob("*") if p.is_file())


def names(library: Library, **choices: object) -> list[str]:
    return [asset.name for asset in library.list_assets(**choices).assets]  # type: ignore[arg-type]


# --- lists --------------------------------------------------------------------------------


def test_list_goes_through_pages(library: Library) -> None:
    for letter in "abc":
        library.upload(picture(RED), name=f"{letter}.png")
    first = library.list_assets(limit=2)
    assert ([a.name for a in first.assets], first.total) == (["c.png", "b.png"], 3)
    rest = library.list_assets(limit=2, cursor=first.next_cursor)
    assert ([a.name for a in rest.assets], rest.next_cursor) == (["a.png"], None)
    assert names(library, sort="name") == ["a.png", "b.png", "c.png"]


@pytest.mark.parametrize(
    ("choices", "error"),
    [
        ({"limit": 0}, QueryError),
        ({"sort": "colour"}, QueryError),
        ({"states": ["gone"]}, QueryError),
        ({"cursor": "x"}, BadCursor),
        ({"cursor": "ключ"}, BadCursor),
        ({"cursor": "WzEsMiwzXQ"}, BadCursor),
    ],
)
def test_list_that_cannot_be_made(library: Library, choices: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        library.list_assets(**choices)


def test_cursor_of_another_list_is_refused(library: Library) -> None:
    for letter in "ab":
        library.upload(picture(RED), name=f"{letter}.png")
    cursor = library.list_assets(limit=1).next_cursor
    for other in ({"folder": "x"}, {"sort": "name"}, {"filters": Filters(tags=("x",))}):
        with pytest.raises(BadCursor):
            library.list_assets(cursor=cursor, **other)


def test_folders_are_a_tree_with_counts(library: Library, pictures: Path) -> None:
    library.upload(picture(RED), name="a.png", folder="x/y")
    library.upload(picture(RED), name="b.png", folder="/x/")
    library.upload(picture(RED), name="top.png")
    library.index([pictures])
    library.make_folder("empty")
    assert [(f.path, f.name, f.assets, f.total, f.linked) for f in library.folders()] == [
        ("empty", "empty", 0, 0, False),
        ("pictures", "pictures", 1, 2, True),
        ("pictures/inner", "inner", 1, 1, True),
        ("x", "x", 1, 2, False),
        ("x/y", "y", 1, 1, False),
    ]
    with pytest.raises(Conflict):
        library.remove_folder_if_empty("x")
    library.remove_folder_if_empty("empty")
    assert "empty" not in [folder.path for folder in library.folders()]
    found = library.find_names("Y")
    assert (found.folders, found.assets) == (("x/y",), ())


# --- uploads ------------------------------------------------------------------------------


def test_upload_is_kept_and_becomes_searchable(library: Library) -> None:
    data = picture(RED)
    asset = library.upload(io.BytesIO(data), name="red.png", folder="shop/new")
    library.upload(iter([b"", picture(BLUE)]), name="blue.png")
    assert (asset.state, asset.folder, asset.size_bytes) == (State.PENDING, "shop/new", len(data))
    assert library.original(asset).read_bytes() == data
    library.work()
    assert library.search("red").matches[0].asset.id == asset.id
    assert library.status().coverage.indexed == 2
    indexed = library.asset(asset.id)
    assert (indexed.mime, indexed.width_px, indexed.mtime_ns) == ("image/png", 64, None)
    assert library.thumbnail(indexed) is not None
    assert list((library.folder / "incoming").iterdir()) == []


def test_uploads_become_searchable_by_themselves(tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        library.start_background()
        asset = library.upload(picture(RED), name="red.png")
        waiting = threading.Event()
        for _ in range(600):
            if library.asset(asset.id).state is State.INDEXED:
                break
            waiting.wait(0.05)
        assert library.search("red").matches[0].asset.id == asset.id


def test_two_uploads_of_one_file_are_one_blob(library: Library) -> None:
    first = library.upload(picture(RED), name="a.png")
    second = library.upload(picture(RED), name="b.png")
    assert first.sha256 == second.sha256
    assert blobs(library) == [first.sha256]
    library.work()
    library.trash([first])
    library.empty_trash()
    assert library.original(library.asset(second.id)).is_file()
    assert library.thumbnail(library.asset(second.id)) is not None
    library.remove([second.id])
    assert blobs(library) == []
    assert library.thumbnail(second) is None


def test_upload_with_a_name_that_is_taken(library: Library) -> None:
    first = library.upload(picture(RED), name="a.png", folder="x")
    assert library.upload(picture(RED), name="a.png", folder="x").name == "a (2).png"
    assert library.upload(picture(BLUE), name="a.png", folder="x").name == "a (3).png"
    assert library.upload(picture(BLUE), name="a.png").name == "a.png"
    with pytest.raises(AlreadyExists):
        library.upload(picture(RED), name="a.png", folder="x", on_collision="error")
    library.work()
    replaced = library.upload(picture(GREEN), name="a.png", folder="x", on_collision="replace")
    assert (replaced.id, replaced.state) == (first.id, State.PENDING)
    library.work()
    assert library.search("green").matches[0].asset.id == first.id
    with pytest.raises(InputError):
        library.upload(picture(RED), name="a.png", on_collision="guess")


def test_replaced_bytes_are_deleted_when_nobody_has_them(library: Library) -> None:
    asset = library.upload(picture(RED), name="a.png")
    after = library.replace(asset, picture(BLUE))
    assert (after.id, after.name) == (asset.id, "a.png")
    assert blobs(library) == [after.sha256]


def test_upload_that_is_replaced_while_it_is_indexed_is_indexed_again(library: Library) -> None:
    asset = library.upload(picture(RED), name="a.png")
    embed = FakeEmbedder.embed_images
    replaced = []

    class Replacing(FakeEmbedder):
        def embed_images(self, images):  # type: ignore[no-untyped-def]
            if not replaced:
                replaced.append(library.replace(asset, picture(BLUE)))
            return embed(self, images)

    library._given_embedder = Replacing()
    library.work()
    after = library.asset(asset.id)
    assert (after.state, after.sha256) == (State.INDEXED, replaced[0].sha256)


@pytest.mark.parametrize(
    ("name", "folder", "error"),
    [
        ("..", "", BadName),
        ("", "", BadName),
        ("a\x00.png", "", BadName),
        ("x" * 300, "", BadName),
        ("a.png", "../../etc", BadName),
        ("a.png", "a/./b", BadName),
        ("a.png", "/".join("abcdefgh" * 5), BadName),
        ("program.exe", "", UnsupportedType),
    ],
)
def test_upload_that_is_refused_leaves_nothing(
    library: Library, name: str, folder: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        library.upload(b"MZ nothing", name=name, folder=folder)
    assert library.status().coverage.total == 0
    assert blobs(library) == []


def test_upload_of_a_path_keeps_the_name_only(library: Library) -> None:
    assert library.upload(picture(RED), name="C:\\fakepath\\a.png").name == "a.png"
    assert library.upload(picture(RED), name="../../b.png").name == "b.png"


def test_upload_that_is_too_large_is_cut_off(tmp_path: Path) -> None:
    sent = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            sent.append(number)
            yield b"x" * 1000

    with open_library(tmp_path, max_upload_bytes=5000) as library:
        with pytest.raises(TooManyBytes):
            library.upload(chunks(), name="a.png")
        assert len(sent) == 6
        assert list((library.folder / "incoming").iterdir()) == []
        with pytest.raises(TooManyBytes):
            library.check_upload("a.png", 5001)


def test_upload_whose_bytes_are_gone_is_skipped_with_a_reason(library: Library) -> None:
    asset = library.upload(picture(RED), name="a.png")
    library.original(asset).unlink()
    library.work()
    assert library.asset(asset.id).skip_reason == "unreadable"


def test_upload_that_is_no_searchable_picture_is_listed(library: Library) -> None:
    broken = library.upload(b"\xff\xd8\xff\xe0 nothing more", name="a.jpg")
    video = library.upload(b"not looked at", name="a.mp4")
    library.work()
    assert library.asset(broken.id).skip_reason == "corrupt_image"
    assert library.asset(video.id).skip_reason == "unsupported_type"


def test_uploads_and_deletions_of_the_same_bytes_do_not_hurt_each_other(library: Library) -> None:
    failures: list[BaseException] = []

    def go_on() -> None:
        try:
            for number in range(15):
                asset = library.upload(picture(RED), name="a.png")
                assert library.original(asset).is_file()
                if number % 3:
                    library.remove([asset])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=go_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    left = library.list_assets(limit=1000).assets
    assert len(left) == 4 * 5
    assert all(library.original(asset).is_file() for asset in left)
    assert blobs(library) == [left[0].sha256]


# --- edits --------------------------------------------------------------------------------


def test_edit_changes_what_is_given(library: Library) -> None:
    asset = library.upload(picture(RED), name="a.png")
    library.edit(asset, tags=[" Sea  side ", "sun", "sun"], description="A day", by="ann")
    edited = library.edit(asset, name="b.png", folder="x", metadata={"sku": 7, "tags": ["a"]})
    assert (edited.name, edited.folder, edited.description) == ("b.png", "x", "A day")
    assert (edited.tags, edited.metadata) == (("Sea side", "sun"), {"sku": 7, "tags": ["a"]})
    assert edited == library.asset(asset.id)
    assert [(one.who, one.what) for one in library.activity(2)] == [("", "edit"), ("ann", "edit")]
    for wrong in ({"tags": [""]}, {"tags": ["a,b"]}, {"name": "a/.."}, {"folder": ".."}):
        with pytest.raises(BadName):
            library.edit(asset, **wrong)
    for wrong in ({"metadata": {"a": float("nan")}}, {"description": "x" * 100_001}):
        with pytest.raises(InputError):
            library.edit(asset, **wrong)
    library.upload(picture(RED), name="taken.png", folder="x")
    with pytest.raises(AlreadyExists):
        library.edit(asset, name="taken.png")


def test_linked_asset_keeps_its_name_and_folder(library: Library, pictures: Path) -> None:
    library.index([pictures])
    linked = library.asset(pictures / "red.png")
    for change in ({"name": "x.png"}, {"folder": "x"}):
        with pytest.raises(LinkedAsset):
            library.edit(linked, **change)
    with pytest.raises(LinkedAsset):
        library.replace(linked, picture(BLUE))
    upload = library.upload(picture(RED), name="a.png")
    with pytest.raises(LinkedAsset):
        library.move([upload, linked], "x")
    assert library.asset(upload.id).folder == ""
    assert library.edit(linked, tags=["t"], name="red.png", folder="pictures").tags == ("t",)
    with pytest.raises(LinkedAsset):
        library.upload(picture(BLUE), name="red.png", folder="pictures", on_collision="replace")


def test_many_are_tagged_and_moved_at_once(library: Library) -> None:
    assets = [library.upload(picture(RED), name="a.png", folder=f) for f in ("x", "y", "z")]
    assert library.tag(assets, add=["one", "two"]).count == 3
    library.tag([assets[0].id], add=["three"], remove=["one", "unknown"])
    assert library.asset(assets[0].id).tags == ("three", "two")
    assert library.tags() == [("one", 2), ("three", 1), ("two", 3)]
    moved = library.move(assets, "x", by="ann")
    assert moved.count == 3
    assert sorted(names(library, folder="x")) == ["a (2).png", "a (3).png", "a.png"]
    assert library.undo_edit(moved.id, by="ann") == 2  # one was there already
    assert [library.asset(asset.id).folder for asset in assets] == ["x", "y", "z"]
    assert library.activity(1)[0].detail == "an edit of 2 assets"
    for wrong, error in ((moved.id, UndoImpossible), (999, EditNotFound), (-1, EditNotFound)):
        with pytest.raises(error):
            library.undo_edit(wrong)
    with pytest.raises(AssetNotFound):
        library.tag([assets[0], "unknown"], add=["four"])
    assert library.asset(assets[0].id).tags == ("three", "two")


# --- trash --------------------------------------------------------------------------------


def test_trash_hides_and_restore_brings_back(library: Library) -> None:
    red, blue = (
        library.upload(picture(colour), name=name)
        for colour, name in ((RED, "red.png"), (BLUE, "blue.png"))
    )
    library.work()
    assert library.trash([red]) == 1
    assert [match.asset.id for match in library.search("red").matches] == [blue.id]
    assert names(library) == ["blue.png"]
    assert names(library, states=["trashed"]) == ["red.png"]
    assert library.restore([red, blue]) == 1
    assert library.search("red").matches[0].asset.id == red.id
    assert library.asset(red.id).state is State.INDEXED
    assert library.empty_trash() == 0


def test_emptied_linked_file_stays_on_disk_and_is_passed_by(
    library: Library, pictures: Path
) -> None:
    library.index([pictures])
    file = pictures / "red.png"
    library.trash([file])
    assert library.empty_trash() == 1
    assert file.is_file()
    assert library.ignored() == [str(file)]
    assert library.index().added == 0
    file.touch()  # another time, the same content
    assert library.index().added == 0
    library.welcome([file])
    assert library.index().added == 1


def test_removed_linked_file_with_new_content_is_a_new_picture(
    library: Library, pictures: Path
) -> None:
    library.index([pictures])
    file = pictures / "red.png"
    assert [asset.name for asset in library.remove([file])] == ["red.png"]
    file.write_bytes(picture(GREEN, (65, 48)))
    assert library.index().added == 1
    assert library.ignored() == []
    assert library.search("green").matches[0].asset.name == "red.png"


# --- linked folders and jobs --------------------------------------------------------------


def test_linked_folder_is_indexed_by_a_job_and_forgotten_by_another(
    library: Library, pictures: Path
) -> None:
    job = library.add_folder(pictures, by="ann")
    assert (job.state, job.asked_by) == (JobState.QUEUED, "ann")
    assert library.linked_folders() == [str(pictures)]
    library.work()
    done = library.job(job.id)
    assert (done.state, done.message) == (
        JobState.DONE,
        "2 indexed, 0 skipped, 0 missing.",
    )
    with pytest.raises(AlreadyExists):
        library.add_folder(pictures / "inner")
    library.remove([pictures / "red.png"])
    removal = library.remove_folder(pictures)
    library.work()
    assert library.job(removal.id).message == "1 assets forgotten."
    assert (library.linked_folders(), library.status().coverage.total) == ([], 0)
    library.add_folder(pictures)
    library.work()
    assert library.status().coverage.total == 2
    assert sorted(p.name for p in pictures.rglob("*.png")) == ["blue.png", "red.png"]


def test_job_that_a_dead_process_left_is_done_again(tmp_path: Path, pictures: Path) -> None:
    with open_library(tmp_path) as library:
        job = library.add_folder(pictures)
        assert library._store.claim_job() == library.job(job.id)
    with open_library(tmp_path) as library:
        assert library.job(job.id).state is JobState.RUNNING
        library.work()
        assert library.job(job.id).state is JobState.DONE
        assert library.status().coverage.indexed == 2


def test_job_that_is_stopped_goes_on_later(tmp_path: Path, pictures: Path) -> None:
    stop = threading.Event()

    class Stopping(FakeEmbedder):
        def embed_images(self, images):  # type: ignore[no-untyped-def]
            stop.set()
            return super().embed_images(images)

    with open_library(tmp_path, batch_size=1) as library:
        library._given_embedder = Stopping()
        job = library.add_folder(pictures)
        library.work(stop=stop)
        assert library.job(job.id).state is JobState.RUNNING
    with open_library(tmp_path) as library:
        library.work()
        assert library.job(job.id).state is JobState.DONE
        assert library.status().coverage.indexed == 2


def test_jobs_are_queued_once_cancelled_and_fail_with_a_reason(
    library: Library, pictures: Path, tmp_path: Path
) -> None:
    job = library.add_folder(pictures)
    assert [one.id for one in library.rescan()] == [job.id]
    assert library.cancel_job(job.id).state is JobState.CANCELLED
    library.work()
    assert library.status().coverage.total == 0
    again = library.rescan(pictures)[0]
    pictures.rename(tmp_path / "elsewhere")
    library.work()
    failed = library.job(again.id)
    assert failed.state is JobState.FAILED
    assert "disk mounted" in failed.message
    assert library.jobs(open_only=True) == []
    assert [one.id for one in library.jobs()] == [again.id, job.id]
    with pytest.raises(JobNotFound):
        library.cancel_job(999)


def test_linked_folders_are_looked_through_again_when_settings_say_so(
    tmp_path: Path, pictures: Path
) -> None:
    with open_library(tmp_path, rescan_every_s=1000.0) as library:
        library.index([pictures])
        (pictures / "new.png").write_bytes(picture(GREEN))
        for _ in range(2):  # the second time it is not due
            library._work_when_there_is_some(threading.Event())
        assert library.status().coverage.indexed == 3
        assert [job.kind for job in library.jobs()].count(JobKind.INDEX) == 1


def test_folder_that_cannot_be_linked(library: Library, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", library.folder):
        with pytest.raises(FolderNotFound):
            library.add_folder(path)
    for use in (library.remove_folder, library.rescan):
        with pytest.raises(FolderNotFound):
            use(tmp_path)


# --- switches -----------------------------------------------------------------------------


def test_visual_search_is_switched_off_requested_and_granted(tmp_path: Path) -> None:
    with open_library(tmp_path) as library:
        library.upload(picture(RED), name="red.png")
        library.work()
        library.request_access(by="too early")
        library.set_visual_search(False, by="ann")
    with open_library(tmp_path) as library:
        with pytest.raises(VisualSearchDisabled, match="administrator"):
            library.search("red")
        library.request_access(by="bob")
        library.request_access(by="bob")
        assert [request.who for request in library.access_requests()] == ["bob"]
        library.set_visual_search(True, by="ann")
        assert library.access_requests() == []
        assert library.search("red").matches
        assert [one.what for one in library.activity()][:2] == [
            "visual_search_on",
            "visual_search_off",
        ]


# --- what may go wrong --------------------------------------------------------------------


def test_files_that_moved_to_another_linked_folder_stay_when_the_former_is_unlinked(
    library: Library, tmp_path: Path
) -> None:
    former, later = tmp_path / "former", tmp_path / "later"
    for folder in (former, later):
        folder.mkdir()
    (former / "a.png").write_bytes(picture(RED))
    library.index([former, later])
    library.edit(former / "a.png", tags=["kept"])
    (former / "a.png").rename(later / "a.png")
    library.index([former, later])
    library.remove_folder(former)
    library.work()
    assert library.asset(later / "a.png").tags == ("kept",)
    library.remove_folder(later)
    library.work()
    assert names(library) == []


def test_forgetting_of_a_folder_is_cancelled_in_between(
    library: Library, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.index([pictures])
    monkeypatch.setattr("lookalike.library.linking._BATCH", 1)
    job = library.remove_folder(pictures)
    forget = library._store.remove_assets

    def cancel_after(keys: list[int]) -> None:
        forget(keys)
        library.cancel_job(job.id)

    monkeypatch.setattr(library._store, "remove_assets", cancel_after)
    library.work()
    assert library.job(job.id).state is JobState.CANCELLED
    assert len(names(library)) == 1
    assert library.linked_folders() == [str(pictures)]


def test_upload_that_was_changed_on_disk_is_skipped_until_it_is_uploaded_again(
    library: Library,
) -> None:
    asset = library.upload(picture(RED), name="a.png")
    library.original(asset).write_bytes(picture(BLUE))
    library.work()
    spoilt = library.asset(asset.id)
    assert (spoilt.state, spoilt.skip_reason) == (State.SKIPPED, "unreadable")
    library.replace(asset, picture(RED))
    library.work()
    assert library.asset(asset.id).state is State.INDEXED
    assert library.original(asset).read_bytes() == picture(RED)


def test_upload_that_is_refused_leaves_no_bytes(library: Library, pictures: Path) -> None:
    library.index([pictures])
    library.upload(picture(RED), name="a.png")
    before = blobs(library)
    with pytest.raises(AlreadyExists):
        library.upload(picture(BLUE), name="a.png", on_collision="error")
    with pytest.raises(LinkedAsset):
        library.replace(pictures / "red.png", picture(GREEN))
    assert blobs(library) == before
    # The bytes that an asset has are not loose, whoever else brought them.
    library.upload(picture(RED), name="b.png")
    library.collect_blobs()
    assert blobs(library) == before


def test_vectors_of_other_models_go_with_the_bytes_that_they_are_of(library: Library) -> None:
    asset = library.upload(picture(RED), name="a.png")
    library.work()
    store = library._store
    store.use_model(library.status().model_id)
    (sha256,) = {library.asset(asset.id).sha256}
    assert sha256 is not None
    store.save_vectors("other", [OwnVector(key=1, sha256=sha256, vector=np.ones(3, "f2"))])
    assert store.count_without_vector("other")[0] == 0
    library.replace(asset, picture(BLUE))
    library.work()
    assert store.count_without_vector("other") == (1, 1)


def test_linked_file_that_is_spoilt_is_not_taken_for_its_former_content(
    library: Library, pictures: Path
) -> None:
    library.index([pictures])
    file = pictures / "red.png"
    good = file.read_bytes()
    file.write_bytes(good[:40])
    library.index([pictures])
    assert library.asset(file).state is State.SKIPPED
    library.upload(good, name="rescued.png", unless_here=True)
    library.work()
    file.write_bytes(good)
    library.index([pictures])
    assert library.asset(file).state is State.INDEXED


def test_file_from_the_far_future_is_indexed(library: Library, pictures: Path) -> None:
    os.utime(pictures / "red.png", ns=(10**18, 10**19))
    library.index([pictures])
    report = library.index([pictures])
    assert (library.coverage().indexed, report.unchanged) == (2, 2)


@pytest.mark.parametrize("name", ["~nobodyhere", "a\0b", "\ud800", "~nobodyhere/a.png"])
def test_name_that_is_no_path_is_not_found(library: Library, name: str) -> None:
    with pytest.raises(AssetNotFound):
        library.asset(name)
    assert library.assets([name]) == []
    with pytest.raises(FolderNotFound):
        library.add_folder(name)
    with pytest.raises(FolderNotFound):
        library.remove_folder(name)


def test_half_of_a_character_is_refused(library: Library) -> None:
    asset = library.upload(picture(RED), name="a.png")
    for edit in ({"description": "a\ud800"}, {"metadata": {"k": ["\ud800"]}}):
        with pytest.raises(InputError, match="half of a character"):
            library.edit(asset, **edit)  # type: ignore[arg-type]

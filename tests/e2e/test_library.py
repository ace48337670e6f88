"""The library as a program uses it: real files, real decoding, real database, a fake model."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from lookalike import Library, Term
from lookalike.errors import (
    AssetNotFound,
    BadCursor,
    BadSetting,
    CorruptImage,
    FolderNotFound,
    ForbiddenAddress,
    LibraryBusy,
    ModelMismatch,
    StoreUnavailable,
    TooManyBytes,
    VisualSearchDisabled,
)
from lookalike.ingest.lock import hold_lock
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from lookalike.types import Band, Filters, Progress, Relation

COLOURS = {"red": (220, 30, 30), "blue": (35, 60, 210), "green": (40, 160, 50)}


def draw(colour: tuple[int, int, int], size: tuple[int, int] = (320, 200)) -> Image.Image:
    picture = Image.new("RGB", size, colour)
    width, height = size
    box = (width // 6, height // 4, width // 2, height * 3 // 4)
    ImageDraw.Draw(picture).ellipse(box, fill=(250, 250, 250))
    return picture


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "trips").mkdir()
    for name, colour in COLOURS.items():
        draw(colour).save(folder / f"{name}.jpg", quality=90)
        draw(colour, (160, 100)).save(folder / "trips" / f"{name}-small.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    return folder


@pytest.fixture(scope="module")
def indexed(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library") / "lib"
    with Library.open(folder, embedder=FakeEmbedder()) as library:
        report = library.index([pictures])
    assert (report.indexed, dict(report.skipped)) == (6, {"corrupt_image": 1})
    return folder


@pytest.fixture
def library(indexed: Path) -> Iterator[Library]:
    with Library.open(indexed, embedder=FakeEmbedder()) as library:
        yield library


@pytest.fixture
def own_library(pictures: Path, tmp_path: Path) -> Iterator[Library]:
    """One that a test may change."""
    with Library.open(tmp_path / "lib", embedder=FakeEmbedder()) as library:
        library.index([pictures])
        yield library


def names(found) -> list[str]:
    return [match.asset.name for match in found.matches]


# --- search -------------------------------------------------------------------------------


def test_search_by_words(library: Library) -> None:
    found = library.search("something blue", stack=False)
    assert set(names(found)[:2]) == {"blue.jpg", "blue-small.png"}
    assert [match.band for match in found.matches[:3]] == [Band.STRONG, Band.STRONG, Band.WEAK]
    assert (found.coverage.indexed, found.coverage.total) == (6, 7)
    assert found.coverage.skipped == {"corrupt_image": 1}


def test_search_stacks_copies(own_library: Library) -> None:
    found = own_library.search("something blue")
    stacks = [{m.asset.name, *(v.asset.name for v in m.variants)} for m in found.matches]
    assert {"blue.jpg", "blue-small.png"} in stacks
    assert sorted(name for stack in stacks for name in stack) == sorted(
        names(own_library.search("something blue", stack=False))
    )
    own_library.compare()
    variants = [v for m in own_library.search("something blue").matches for v in m.variants]
    assert [v.relation for v in variants] == [Relation.RESIZED] * 3


def test_outline_is_a_search_whose_assets_are_read_when_they_are_wanted(
    own_library: Library,
) -> None:
    library = own_library
    for query, stack in (("red", True), ("red", False), ('"small"', True)):
        found = library.search(query, stack=stack)
        outline = library.outline(query, stack=stack)
        assert library.outlined(outline, outline.entries) == found.matches
        assert library.outlined(outline, outline.entries[1:2]) == found.matches[1:2]
        assert (outline.coverage, outline.next_cursor) == (found.coverage, found.next_cursor)
    outline = library.outline("red")
    best, *variants = library.outlined(outline, outline.entries[:1])[0].variants
    library.remove([best.asset])
    (match,) = library.outlined(outline, outline.entries[:1])
    assert list(match.variants) == variants
    library.remove([match.asset])
    assert library.outlined(outline, outline.entries[:1]) == ()


def test_search_by_image_labels_copies(library: Library, pictures: Path) -> None:
    found = library.search(library.image_term(pictures / "blue.jpg"))
    assert names(found)[:2] == ["blue.jpg", "blue-small.png"]
    assert [match.relation for match in found.matches[:3]] == [
        Relation.IDENTICAL,
        Relation.RESIZED,
        None,
    ]


def test_search_by_recompressed_image_labels_it(library: Library, pictures: Path) -> None:
    buffer = io.BytesIO()
    Image.open(pictures / "green.jpg").save(buffer, "WEBP", quality=60)
    found = library.search(Term.image(buffer.getvalue()))
    assert found.matches[0].asset.name == "green.jpg"
    assert found.matches[0].relation is Relation.RE_ENCODED


def test_similar_by_id_path_or_asset(library: Library, pictures: Path) -> None:
    asset = library.asset(pictures / "red.jpg")
    for named in (asset, asset.id, pictures / "red.jpg", str(pictures / "trips/../red.jpg")):
        found = library.similar(named)
        assert names(found)[:2] == ["red.jpg", "red-small.png"]
        assert found.matches[0].relation is Relation.SELF


def test_search_by_several_terms(library: Library, pictures: Path) -> None:
    terms = [Term.like(str(pictures / "red.jpg")), "blue", Term.text("white", weight=-0.5)]
    found = library.search(terms)
    assert {"red.jpg", "blue.jpg"} <= set(names(found)[:4])


def test_search_filtered(library: Library) -> None:
    found = library.search("red", filters=Filters(folder="trips", types=("png",)))
    assert names(found)[0] == "red-small.png"
    assert len(found.matches) == 3


def test_search_goes_on_from_a_cursor(library: Library) -> None:
    first = library.search("red", limit=4, stack=False)
    rest = library.search("red", limit=4, cursor=first.next_cursor, stack=False)
    assert sorted(names(first) + names(rest)) == sorted(names(library.search("red", stack=False)))
    assert rest.next_cursor is None
    with pytest.raises(BadCursor):
        library.search("blue", cursor=first.next_cursor)


def test_search_with_a_broken_image_says_so(library: Library, pictures: Path) -> None:
    with pytest.raises(CorruptImage):
        library.search(library.image_term(pictures / "broken.jpg"))


def test_search_with_a_large_image_names_both_sizes(indexed: Path, pictures: Path) -> None:
    settings = Settings(max_query_upload_bytes=100)
    with Library.open(indexed, settings=settings, embedder=FakeEmbedder()) as library:
        with pytest.raises(TooManyBytes, match="at most 100 bytes"):
            library.image_term(pictures / "red.jpg")
        with pytest.raises(TooManyBytes, match="at most 100 bytes"):
            library.search(Term.image((pictures / "red.jpg").read_bytes()))


def test_search_by_url_of_this_machine_is_refused(library: Library) -> None:
    with pytest.raises(ForbiddenAddress):
        library.search(Term.url("http://127.0.0.1/picture.jpg"))


def test_search_switched_off_says_how_to_switch_it_on(indexed: Path) -> None:
    settings = Settings(visual_search=False)
    with (
        Library.open(indexed, settings=settings, embedder=FakeEmbedder()) as library,
        pytest.raises(VisualSearchDisabled, match="visual_search = true"),
    ):
        library.search("red")


def test_search_from_several_threads(library: Library, pictures: Path) -> None:
    data = (pictures / "blue.jpg").read_bytes()
    answers: list[list[str]] = []

    def ask() -> None:
        answers.append(names(library.search(Term.image(data), limit=2)))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [["blue.jpg", "blue-small.png"]] * 4


# --- changes ------------------------------------------------------------------------------


def test_index_tells_its_progress(pictures: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    with Library.open(tmp_path / "lib", embedder=FakeEmbedder()) as library:
        library.index([pictures], progress=told.append)
    assert {progress.stage for progress in told} == {"scan", "index"}


def test_index_without_folders_looks_at_all_known(own_library: Library) -> None:
    report = own_library.index()
    assert (report.unchanged, report.added) == (7, 0)


def test_index_of_a_folder_that_is_not_there_is_refused(own_library: Library) -> None:
    with pytest.raises(FolderNotFound):
        own_library.index(["/nowhere/at/all"])


def test_index_while_another_process_indexes_is_refused(own_library: Library) -> None:
    with hold_lock(own_library.folder / "index.lock"):
        with pytest.raises(LibraryBusy):
            own_library.index()
        with pytest.raises(LibraryBusy):
            own_library.rebuild()


def test_remove_forgets_asset_vector_and_thumbnail(own_library: Library, pictures: Path) -> None:
    asset = own_library.asset(pictures / "red.jpg")
    assert own_library.thumbnail(asset)
    assert own_library.remove([pictures / "red.jpg", asset.id]) == [asset]
    assert own_library.thumbnail(asset) is None
    assert "red.jpg" not in names(own_library.search("red"))
    assert (pictures / "red.jpg").exists()
    with pytest.raises(AssetNotFound):
        own_library.asset(asset.id)


def test_remove_of_an_unknown_asset_removes_nothing(own_library: Library, pictures: Path) -> None:
    with pytest.raises(AssetNotFound):
        own_library.remove([pictures / "red.jpg", "unknown"])
    assert own_library.status().coverage.indexed == 6


def index_file(library: Library) -> Path:
    return library.folder / f"index-{FakeEmbedder().model_id}.cache"


def test_rebuild_restores_a_damaged_index(own_library: Library) -> None:
    before = names(own_library.search("red"))
    index_file(own_library).write_bytes(b"damaged")
    assert own_library.rebuild() == 6
    assert names(own_library.search("red")) == before
    assert own_library.status().index_bytes > 100


def test_index_cache_may_be_deleted(own_library: Library) -> None:
    before = names(own_library.search("red"))
    own_library.close()
    index_file(own_library).unlink()
    with Library.open(own_library.folder, embedder=FakeEmbedder()) as library:
        assert names(library.search("red")) == before
    assert index_file(own_library).exists()


def test_status_says_what_there_is(library: Library, pictures: Path) -> None:
    status = library.status()
    assert status.model_id == "fake-colours-1"
    assert status.roots == (str(pictures),)
    assert status.coverage.indexed == 6
    assert min(status.database_bytes, status.index_bytes, status.thumbnails_bytes) > 0
    (skipped,) = library.skipped()
    assert (skipped.name, skipped.skip_reason) == ("broken.jpg", "corrupt_image")


# --- opening ------------------------------------------------------------------------------


def test_open_with_another_model_says_what_to_do(indexed: Path) -> None:
    with pytest.raises(ModelMismatch, match=r"fake-colours-1.*other.*new library"):
        Library.open(indexed, embedder=FakeEmbedder(model_id="other"))


def test_open_without_creating_needs_a_library(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="lookalike index"):
        Library.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_open_of_a_folder_with_other_files_is_refused(pictures: Path) -> None:
    with pytest.raises(StoreUnavailable, match="other files"):
        Library.open(pictures)
    assert not (pictures / "library.db").exists()


def test_open_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable):
        Library.open(tmp_path / "file")


def test_open_of_a_damaged_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "library.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreUnavailable):
        Library.open(tmp_path)


def test_open_reads_the_settings_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("visual_search = false\n")
    with Library.open(tmp_path) as library:
        assert not library.settings.visual_search
    (tmp_path / "settings.toml").write_text("nonsense = 1\n")
    with pytest.raises(BadSetting, match="nonsense"):
        Library.open(tmp_path)


def test_open_chooses_the_folder_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOKALIKE_LIBRARY", str(tmp_path / "chosen"))
    with Library.open() as library:
        assert library.folder == tmp_path / "chosen"


def test_close_twice_does_nothing_more(indexed: Path) -> None:
    library = Library.open(indexed, embedder=FakeEmbedder())
    library.search("red")
    library.close()
    library.close()
    with pytest.raises(StoreUnavailable):
        library.search("red")

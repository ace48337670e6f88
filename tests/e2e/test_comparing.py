"""Comparing by itself: jobs that follow indexing, give way, and survive."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from lookalike import Library
from lookalike.images.signed import SIGNED_BYTES, Signed
from lookalike.library import comparing
from lookalike.search import crew, duplicates
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from lookalike.types import Job, JobKind, JobState, Progress


def photo(seed: int) -> Image.Image:
    """Texture everywhere, as in a photograph."""
    random = np.random.default_rng(seed)
    total = np.zeros((200, 300, 3))
    for cells, weight in ((4, 120), (12, 60), (40, 40)):
        coarse = random.integers(0, 256, (cells, cells * 3 // 2, 3), dtype=np.uint8)
        grown = Image.fromarray(coarse).resize((300, 200), Image.Resampling.BICUBIC)
        total += weight * (np.asarray(grown) / 255 - 0.5)
    return Image.fromarray(np.clip(total + 128, 0, 255).astype(np.uint8))


def encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


@pytest.fixture
def open_library(tmp_path: Path) -> Callable[[], Library]:
    def open_one() -> Library:
        return Library.open(
            tmp_path / "lib", settings=Settings(decode_processes=1), embedder=FakeEmbedder()
        )

    return open_one


@pytest.fixture
def library(open_library: Callable[[], Library]) -> Iterator[Library]:
    with open_library() as opened:
        for seed in range(4):
            opened.upload(encoded(photo(seed)), name=f"{seed}.jpg")
        opened.upload(encoded(ImageOps.mirror(photo(1))), name="mirrored.jpg")
        yield opened


def compare_jobs(library: Library) -> list[Job]:
    """Oldest first."""
    return [job for job in reversed(library.jobs()) if job.kind is JobKind.COMPARE]


def names(library: Library) -> list[set[str]]:
    return [{d.asset.name for d in group.duplicates} for group in library.duplicates().groups]


def test_new_pictures_are_compared_by_themselves(library: Library) -> None:
    library.work()
    (job,) = compare_jobs(library)
    assert (job.state, job.stage, job.done) == (JobState.DONE, "compare", 5)
    assert job.message == "5 compared, 1 new pairs of duplicates found."
    assert library.compare().compared == 0  # nothing is left to do
    assert names(library) == [{"1.jpg", "mirrored.jpg"}]
    library.upload(encoded(ImageOps.flip(photo(2))), name="flipped.jpg")
    library.work()
    assert compare_jobs(library)[-1].message == "1 compared, 1 new pairs of duplicates found."


def test_interpreters_beside_this_one_give_the_same_pairs(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With chunks so small that a picture's relatives meet in several."""
    monkeypatch.setattr(duplicates, "CHUNK", 3)
    for seed in range(4):
        whole = photo(seed)
        library.upload(encoded(whole.crop((20, 10, 290, 195))), name=f"cropped {seed}.jpg")
        library.upload(encoded(ImageOps.mirror(whole).convert("L")), name=f"grey {seed}.jpg")
        library.upload(encoded(whole.resize((150, 100))), name=f"small {seed}.jpg")
    library.work()
    here = library._store.list_pairs()
    assert {"cropped", "resized", "mirrored"} <= {pair.relation.value for pair in here}
    monkeypatch.setattr(crew, "MIN_ASSETS", 1)
    assert library.compare(again=True).compared == 17
    assert sorted(map(repr, library._store.list_pairs())) == sorted(map(repr, here))


def test_what_pictures_are_screened_by_is_made_once(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By indexing; for a library from before that was done, by the comparison that needs it."""
    signed: list[Image.Image] = []
    make = Signed.of

    def note(image: Image.Image) -> Signed:
        signed.append(image)
        return make(image)

    monkeypatch.setattr(Signed, "of", note)
    library.work()  # decoders are processes of their own
    contents = [asset.sha256 or "" for asset in library.list_assets().assets]
    kept = library._store.get_signatures(contents)
    assert (signed, kept.keys()) == ([], {*contents})

    with library._store._connections.writing() as connection:
        connection.execute("DELETE FROM signatures")
        connection.execute(
            "INSERT INTO signatures SELECT key, x'00' FROM assets WHERE name = '0.jpg'"
        )
    assert library.compare(again=True).compared == 5
    assert names(library) == [{"1.jpg", "mirrored.jpg"}]
    assert len(signed) == 5
    assert {len(one) for one in library._store.get_signatures(contents).values()} == {SIGNED_BYTES}
    assert library.compare(again=True).compared == 5
    assert len(signed) == 5


def test_everything_is_compared_anew_by_a_job_and_stays_shown_meanwhile(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.work()
    monkeypatch.setattr(duplicates, "CHUNK", 2)
    shown: list[set[str]] = []
    scan = duplicates.scan

    def watched(around, *, progress, stop):  # type: ignore[no-untyped-def]
        def look(progress_now: Progress) -> None:
            shown.append({pair.relation.value for pair in library._store.list_pairs()})
            progress(progress_now)

        return scan(around, progress=look, stop=stop)

    monkeypatch.setattr(duplicates, "scan", watched)
    job = library.compare_later(again=True, by="ann")
    assert library.compare_later(again=True, by="bob").id == job.id
    library.work()
    done = library.job(job.id)
    assert (done.state, done.asked_by, done.message) == (
        JobState.DONE,
        "ann",
        "5 compared, 1 new pairs of duplicates found.",
    )
    assert len(shown) > 2
    assert all("mirrored" in relations for relations in shown)


def test_comparison_of_everything_that_is_cut_off_goes_on_where_it_was(
    library: Library, open_library: Callable[[], Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    library.work()
    monkeypatch.setattr(duplicates, "CHUNK", 2)
    stop = threading.Event()
    report = comparing.Comparing._compare

    def cut_off(self, *, progress, stop):  # type: ignore[no-untyped-def]
        def look(progress_now: Progress) -> None:
            progress(progress_now)
            if progress_now.done == 2:
                halt.set()

        return report(self, progress=look, stop=stop)

    halt = stop
    job = library.compare_later(again=True)
    with monkeypatch.context() as patch:
        patch.setattr(comparing.Comparing, "_compare", cut_off)
        library.work(stop=stop)
    assert library.job(job.id).state is JobState.RUNNING
    with open_library() as other:
        other.work()
        assert other.job(job.id).message == "3 compared, 0 new pairs of duplicates found."
        assert names(other) == [{"1.jpg", "mirrored.jpg"}]


def test_comparison_gives_way_to_an_upload(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.work()
    monkeypatch.setattr(duplicates, "CHUNK", 2)
    monkeypatch.setattr("lookalike.library.working._REPORT_EVERY_S", 0.0)
    order: list[str] = []
    compare, index = library._compare_for, library._index_uploads

    def note_compare(*arguments):  # type: ignore[no-untyped-def]
        order.append("compare")
        if order.count("compare") == 1:
            library.upload(encoded(photo(9)), name="9.jpg")
        return compare(*arguments)

    def note_index(stop: threading.Event) -> int:
        order.append("index")
        return index(stop)

    monkeypatch.setattr(library, "_compare_for", note_compare)
    monkeypatch.setattr(library, "_index_uploads", note_index)
    job = library.compare_later(again=True)
    library.work()
    assert order[:3] == ["compare", "index", "compare"]
    assert library.job(job.id).state is JobState.DONE
    assert library.jobs(open_only=True) == []
    assert library.compare().compared == 0


def test_cancelled_comparison_keeps_what_it_found(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lookalike.library.working._REPORT_EVERY_S", 0.0)
    monkeypatch.setattr(duplicates, "CHUNK", 2)
    report = library._store.report_job

    def cancel(id: int, *rest: object) -> None:
        report(id, *rest)  # type: ignore[arg-type]
        if library.job(id).kind is JobKind.COMPARE:
            library.cancel_job(id)

    monkeypatch.setattr(library._store, "report_job", cancel)
    library.work()
    (job,) = compare_jobs(library)
    assert job.state is JobState.CANCELLED
    assert 0 < library.compare().compared < 5
    assert names(library) == [{"1.jpg", "mirrored.jpg"}]

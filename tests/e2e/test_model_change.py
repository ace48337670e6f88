"""Changing the model of a library: beside, compared, switched, back, dropped; killed in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lookalike import Library
from lookalike.errors import Conflict, ModelUnavailable
from lookalike.library import tuning as tuning_theme
from lookalike.library.models import Models
from lookalike.models import registry
from lookalike.models.registry import SHIPPED
from lookalike.models.tuning import find_tuning
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from lookalike.types import Filters, JobState
from tests.unit.models import tiny

from .killing import kill_at

COUNT = 24


@pytest.fixture(scope="module")
def shelf_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With two models, `one` and `two`, whose vectors differ in length."""
    folder = tmp_path_factory.mktemp("shelf")
    models = Models(Settings(models_folder=str(folder / "models")))
    for seed, name in enumerate(("one", "two"), 1):
        models.add(
            tiny.write_model(
                folder / name, "siglip" if name == "two" else "clip", seed=seed, dim=24 + 8 * seed
            ),
            name=name,
        )
    return folder / "models"


def write_pictures(folder: Path, count: int = COUNT, *, start: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(start, start + count):
        random = np.random.default_rng(number)
        rough = Image.fromarray(random.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        rough.resize((60, 40)).save(folder / f"{number:03}.png")
    return folder


@pytest.fixture
def settings(shelf_folder: Path) -> Settings:
    return Settings(models_folder=str(shelf_folder), decode_processes=1, batch_size=4)


@pytest.fixture
def library(tmp_path: Path, settings: Settings) -> Iterator[Library]:
    """Its vectors are of `one`."""
    with Library.open(tmp_path / "library", settings=settings) as library:
        library.use_model("one")
        library.index([write_pictures(tmp_path / "pictures")])
        yield library


def first(library: Library, name: str) -> str:
    return library.similar(library.folder.parent / "pictures" / name).matches[0].asset.name


def scores(library: Library, words: str) -> dict[str, float]:
    found = library.search(words, limit=100, stack=False)
    return {match.asset.name: match.score for match in found.matches}


def change(library: Library, name: str) -> None:
    library.use_model(name)
    library.work()
    library.switch_model()
    library.work()


def test_new_library_takes_the_model_at_once(library: Library) -> None:
    assert library.model_use().model_id.startswith("one@")
    assert library.model_use().change is None
    assert first(library, "003.png") == "003.png"


def test_search_goes_on_with_the_old_model_until_the_switch(library: Library) -> None:
    old = library.model_use().model_id
    before = [m.score for m in library.search("red").matches]
    generation = library.generation()
    library.use_model("two")
    assert not library.model_change().is_ready
    with pytest.raises(Conflict, match="not all there yet"):
        library.switch_model()
    library.work()
    change = library.model_change()
    assert (change.is_ready, change.done, change.total) == (True, COUNT, COUNT)
    assert library.generation() == generation  # nothing that is found has changed
    assert [m.score for m in library.search("red").matches] == before
    job = library.switch_model()
    library.work()
    assert library.job(job.id).state is JobState.DONE
    use = library.model_use()
    assert use.model_id.startswith("two@")
    assert use.others == ((old, COUNT),)
    assert library.generation() > generation
    assert [m.score for m in library.search("red").matches] != before
    assert first(library, "007.png") == "007.png"
    assert library.coverage().indexed == COUNT


def test_the_way_back_gives_the_same_results(library: Library, tmp_path: Path) -> None:
    before = scores(library, "blue")
    change(library, "two")
    write_pictures(tmp_path / "pictures", 3, start=COUNT)  # these have vectors of `two` only
    library.index()
    change(library, "one")
    after = scores(library, "blue")
    assert len(after) == COUNT + 3
    assert before.items() <= after.items()


def test_what_is_new_or_changed_during_the_change_gets_both(
    library: Library, tmp_path: Path
) -> None:
    library.use_model("two")
    library.work()
    pictures = write_pictures(tmp_path / "pictures", 2, start=COUNT)
    Image.new("RGB", (50, 50), "red").save(pictures / "000.png")
    library.upload(_png("blue"), name="up.png")
    library.index()
    library.work()
    assert first(library, "025.png") == "025.png"
    library._top_up_soon()
    library.work()
    assert library.model_change().done == COUNT + 3
    library.switch_model()
    library.work()
    assert library.coverage().indexed == COUNT + 3
    assert {first(library, name) for name in ("000.png", "025.png")} == {"000.png", "025.png"}
    assert len(library.search("red", limit=100, stack=False).matches) == COUNT + 3


def test_new_pictures_that_nobody_topped_up_are_added_by_the_switch(
    library: Library, tmp_path: Path
) -> None:
    library.use_model("two")
    library.work()
    write_pictures(tmp_path / "pictures", 2, start=COUNT)
    library.index()
    library.switch_model()
    library.work()
    assert len(library.search("red", limit=100, stack=False).matches) == COUNT + 2


def test_picture_that_cannot_be_read_again_waits_instead_of_being_claimed(
    library: Library, tmp_path: Path
) -> None:
    """It has no vector of the new model, so it must not count as searchable."""
    (tmp_path / "pictures" / "005.png").unlink()
    library.use_model("two")
    library.work()
    assert library.model_change().failed == 1
    library.switch_model()
    library.work()
    coverage = library.coverage()
    assert (coverage.indexed, coverage.missing) == (COUNT - 1, 1)  # it was looked for again
    assert len(library._store.filter_keys(Filters())) == COUNT - 1


def test_trashed_picture_is_looked_at_again_when_it_is_restored(library: Library) -> None:
    asset = library.asset(library.folder.parent / "pictures" / "004.png")
    library.trash([asset])
    change(library, "two")
    library.restore([asset])
    assert library.coverage().pending == 1
    library.index()
    assert library.coverage().indexed == COUNT
    assert first(library, "004.png") == "004.png"


def test_open_libraries_follow_the_switch(library: Library, settings: Settings) -> None:
    """Another process has the library open; its next search uses the new model."""
    with Library.open(library.folder, settings=settings) as other:
        old = [m.score for m in other.search("red").matches]
        change(library, "two")
        new = [m.score for m in other.search("red").matches]
        assert new != old
        assert new == [m.score for m in library.search("red").matches]
        change(other, "one")
        assert [m.score for m in library.search("red").matches] == old


def test_searches_during_switches_lack_nothing(library: Library, settings: Settings) -> None:
    """Two threads search without a pause while another process changes over and back."""
    ended = threading.Event()

    def search(opened: Library) -> list[int]:
        counts = []
        while not ended.is_set():
            counts.append(len(opened.search("red", limit=100, stack=False).matches))
        return counts

    with (
        Library.open(library.folder, settings=settings) as opened,
        ThreadPoolExecutor(2) as threads,
    ):
        running = [threads.submit(search, opened) for _ in range(2)]
        try:
            change(library, "two")
            change(library, "one")
        finally:
            ended.set()
        counts = [count for one in running for count in one.result()]
    assert len(counts) > 10
    assert set(counts) == {COUNT}


def test_dropped_vectors_are_gone_and_those_in_use_are_kept(library: Library) -> None:
    change(library, "two")
    for name in ("two", "nothing"):
        with pytest.raises((Conflict, ModelUnavailable)):
            library.drop_model(name)
    library.drop_model("one")
    library.work()
    assert library.model_use().others == ()
    assert len(list(library.folder.glob("index-*.cache"))) == 1
    assert first(library, "001.png") == "001.png"


def test_cancelled_change_leaves_the_old_model(library: Library) -> None:
    library.use_model("two")
    library.work()
    library.cancel_model_change()
    assert library.model_change() is None
    assert library.model_use().model_id.startswith("one@")
    assert [count for _, count in library.model_use().others] == [COUNT]
    with pytest.raises(Conflict, match="No change"):
        library.switch_model()


def test_one_change_at_a_time(library: Library, tmp_path: Path, settings: Settings) -> None:
    library.use_model("two")
    with pytest.raises(Conflict, match="A change to two is going on"):
        library.use_model("lookalike-small")
    library.cancel_model_change()
    with pytest.raises(Conflict, match="in use already"):
        library.use_model("one")
    with pytest.raises(ModelUnavailable, match="models pull nothing"):
        library.use_model("nothing")


def test_model_that_is_gone_says_so_and_another_can_be_used(
    library: Library, tmp_path: Path, settings: Settings
) -> None:
    elsewhere = replace(settings, models_folder=str(tmp_path / "empty"))
    models = Models(elsewhere)
    models.add(settings_model(settings, "two"), name="two")
    with Library.open(library.folder, settings=elsewhere) as other:
        with pytest.raises(ModelUnavailable, match="models pull one"):
            other.search("red")
        change(other, "two")
        assert len(other.search("red", limit=100).matches) == COUNT


def settings_model(settings: Settings, name: str) -> Path:
    return Path(settings.models_folder).parent / name


def test_given_model_gives_way_to_another(tmp_path: Path, settings: Settings) -> None:
    pictures = write_pictures(tmp_path / "pictures", 6)
    with Library.open(tmp_path / "library", settings=settings, embedder=FakeEmbedder()) as library:
        library.index([pictures])
        change(library, "one")
        assert library.similar(pictures / "000.png").matches[0].asset.name == "000.png"
        change(library, "fake-colours-1")
        assert library.model_use().model_id == "fake-colours-1"


def _png(colour: str) -> bytes:
    import io

    file = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(file, "PNG")
    return file.getvalue()


# --- kill -9 --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "calls"),
    [
        ("claim_job", 2),  # nothing is computed yet
        ("save_vectors", 1),
        ("save_vectors", 3),  # in the middle
        ("save_background", 1),
        ("use_model", 1),  # switched, but the job does not know
        ("drop_vectors", 1),
    ],
)
def test_killed_change_is_gone_on_from(
    library: Library, settings: Settings, moment: str, calls: int
) -> None:
    names = {m.asset.name for m in library.search("red", limit=100, stack=False).matches}
    library.use_model("two")
    if moment in {"use_model", "drop_vectors"}:
        library.work()
        library.switch_model()
    if moment == "drop_vectors":
        library.work()
        library.drop_model("one")
    at = f"stores.sqlite:SqliteStore.{moment}"
    kill_at(library.folder, at, calls, models=settings.models_folder)
    assert {m.asset.name for m in library.search("red", limit=100, stack=False).matches} == names
    library.work()
    if library.model_change() is not None:
        assert library.model_change().is_ready
        library.switch_model()
        library.work()
    use = library.model_use()
    assert use.model_id.startswith("two@")
    assert use.change is None
    assert library.jobs(open_only=True) == []
    assert [count for _, count in use.others] == ([] if moment == "drop_vectors" else [COUNT])
    assert {m.asset.name for m in library.search("red", limit=100, stack=False).matches} == names
    assert library.coverage().indexed == COUNT


def test_measured_threads_and_batch_are_used_unless_the_settings_say_otherwise(
    library: Library, settings: Settings, tmp_path: Path
) -> None:
    model_id = library.model_use().model_id
    assert model_id is not None
    tuning = library.tune_model()
    with Library.open(library.folder, settings=replace(settings, batch_size=0)) as measured:
        assert measured._batch_size(model_id) == tuning.batch_size
        assert measured._tuning(model_id) == tuning
    assert library._batch_size(model_id) == settings.batch_size
    (Path(settings.models_folder) / "tuning.json").unlink()


def test_first_index_of_many_pictures_measures_and_uses_it(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once; a second library on this machine finds the measurement."""
    monkeypatch.setattr(tuning_theme, "WORTH", 6)
    folder = tmp_path / "models"
    chosen = replace(settings, batch_size=0, models_folder=str(folder))
    monkeypatch.setitem(registry.FOLDERS, SHIPPED, tiny.write_generation(tmp_path / "own", "1"))
    small, many = write_pictures(tmp_path / "small", 3), write_pictures(tmp_path / "many", 6)
    with Library.open(tmp_path / "one", settings=chosen) as library:
        library.index([small])
        assert not (folder / "tuning.json").exists()
    with Library.open(tmp_path / "two", settings=chosen) as library:
        library.index([many])
        tuning = find_tuning(folder, f"{SHIPPED}@1", "cpu")
        assert tuning is not None
        assert library._batch_size(f"{SHIPPED}@1") == tuning.batch_size
        assert library._embedder.get()._threads == tuning.threads
    before = (folder / "tuning.json").stat().st_mtime_ns
    with Library.open(tmp_path / "three", settings=chosen) as library:
        library.index([many])
        assert (folder / "tuning.json").stat().st_mtime_ns == before
    facts = Models(chosen).find(SHIPPED)
    assert facts.tuning == tuning

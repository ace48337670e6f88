"""A new generation of the model that ships: old libraries change to it by themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from lookalike import Library
from lookalike.errors import Conflict, LibraryBusy, ModelUnavailable, NotIndexedYet
from lookalike.library.models import Models
from lookalike.models import registry
from lookalike.models.registry import SHIPPED
from lookalike.settings import Settings
from lookalike.stores.embeddings import OwnVector
from lookalike.types import JobKind, JobState, Relation, State
from tests.e2e.killing import kill_at
from tests.e2e.test_model_change import first, scores, write_pictures
from tests.unit.models import tiny

COUNT = 24
FIRST, SECOND, THIRD = (f"{SHIPPED}@{version}" for version in ("9", "10", "11"))

Carry = Callable[[str], None]


@pytest.fixture(scope="module")
def generations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Version -> its files; vectors of the first are shorter."""
    folder = tmp_path_factory.mktemp("generations")
    return {
        version: tiny.write_generation(folder / version, version, seed=seed, dim=24 + 8 * seed)
        for seed, version in enumerate(("9", "10", "11"))
    }


@pytest.fixture
def carry(generations: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Carry:
    """Makes the package carry another generation."""
    return lambda version: monkeypatch.setitem(registry.FOLDERS, SHIPPED, generations[version])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(models_folder=str(tmp_path / "models"), decode_processes=1, batch_size=4)


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, carry: Carry) -> Path:
    """A library of the first generation, as the second one finds it."""
    carry("9")
    pictures = write_pictures(tmp_path / "pictures")
    (pictures / "copy.png").write_bytes((pictures / "003.png").read_bytes())
    with Library.open(tmp_path / "library", settings=settings) as library:
        library.index([pictures])
        library.duplicates()
        library.decide_not_duplicates([pictures / "003.png", pictures / "copy.png"])
    carry("10")
    return tmp_path / "library"


@pytest.fixture
def library(folder: Path, settings: Settings) -> Iterator[Library]:
    with Library.open(folder, settings=settings) as library:
        yield library


def renew_half(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stops the job that renews after a few pictures."""
    stop, store = threading.Event(), library._store
    real = store.save_vectors

    def save(model_id: str, vectors: Sequence[OwnVector]) -> None:
        real(model_id, vectors)
        stop.set()

    job = store.claim_job({JobKind.PREPARE_MODEL})
    assert job is not None
    with monkeypatch.context() as patch:
        patch.setattr(store, "save_vectors", save)
        library._renew_for(job, lambda _: None, stop)


def test_words_find_what_is_ready_and_pictures_find_all(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    total = COUNT + 1
    assert library.model_use().model_id == SECOND
    renewal = library.renewal()
    assert renewal is not None
    assert (renewal.former_id, renewal.done, renewal.total) == (FIRST, 0, total)
    found = library.search("red", limit=100)
    assert found.matches == ()
    assert (found.coverage.indexed, found.coverage.pending, found.coverage.renewing) == (
        0,
        total,
        total,
    )
    assert first(library, "005.png") == "005.png"
    assert library.similar(library.assets_by_key([1])[0]).coverage.renewing == 0

    renew_half(library, monkeypatch)
    seen = library.search("red", limit=100, stack=False)
    assert 0 < len(seen.matches) < total
    assert seen.coverage.indexed == len(seen.matches)
    assert library.coverage() == seen.coverage
    assert library.status().renewal == library.renewal()
    assert len(library.similar(library.folder.parent / "pictures/001.png", limit=100).matches) > 20

    library.work()
    assert library.renewal() is None
    found = library.search("red", limit=100, stack=False)
    assert len(found.matches) == total
    assert found.coverage.renewing == 0
    assert first(library, "005.png") == "005.png"
    assert library.model_use().others == ()  # nobody can go back
    assert len(list(library.folder.glob("index-*.cache"))) == 1


def test_what_needs_the_model_of_before_says_so(library: Library) -> None:
    asset = library.asset(library.folder.parent / "pictures" / "001.png")
    for query in ("red", ["red"]):
        with pytest.raises(NotIndexedYet, match="waits for the renewed model"):
            library.explain(asset, query)
    with pytest.raises(LibraryBusy, match="renewed"):
        library.arrange(anew=True)
    with pytest.raises(Conflict, match="needed"):
        library.drop_model(FIRST)


def test_pages_duplicates_and_decisions_stay(library: Library, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    assert library.duplicates(relations=[Relation.IDENTICAL]).groups == ()  # decided
    library.undo_not_duplicates([pictures / "003.png", pictures / "copy.png"])
    assert len(library.duplicates().groups) == 1
    library.decide_not_duplicates([pictures / "003.png", pictures / "copy.png"])
    library.work()
    assert library.duplicates().groups == ()
    assert library.coverage().indexed == COUNT + 1


def test_new_pictures_are_found_by_words_during_the_renewal(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew_half(library, monkeypatch)
    seen = len(scores(library, "red"))
    write_pictures(tmp_path / "pictures", 1, start=50)
    (job,) = library.rescan()
    library._work_on_files(threading.Event())
    assert library.job(job.id).state is JobState.DONE
    assert library.renewal() is not None
    assert "050.png" in scores(library, "red")
    assert len(scores(library, "red")) == seen + 1
    assert first(library, "050.png") == "050.png"  # with vectors of the new one
    library.work()
    assert len(scores(library, "red")) == COUNT + 2


def test_indexing_carries_the_renewal_to_its_end(folder: Path, settings: Settings) -> None:
    stages = set()
    with Library.open(folder, settings=settings) as library:
        report = library.index(progress=lambda progress: stages.add(progress.stage))
        assert not report.interrupted
        assert library.renewal() is None
        assert "vectors" in stages
        assert len(scores(library, "red")) == COUNT + 1


def test_picture_that_cannot_be_read_again_waits(folder: Path, settings: Settings) -> None:
    (folder.parent / "pictures" / "005.png").unlink()
    with Library.open(folder, settings=settings) as library:
        library.work()
        coverage = library.coverage()
        assert (coverage.indexed, coverage.missing) == (COUNT, 1)
        assert library.renewal() is None


def test_renewal_that_was_cancelled_goes_on_when_it_is_asked_for(library: Library) -> None:
    renewal = library.renewal()
    assert renewal is not None
    assert renewal.job is not None
    library.cancel_job(renewal.job.id)
    library.work()
    renewal = library.renewal()
    assert renewal is not None
    assert renewal.job is None
    library.use_model(SHIPPED)
    library.work()
    assert library.renewal() is None
    with pytest.raises(Conflict, match="in use already"):
        library.use_model(SHIPPED)


def test_generation_after_the_next_one_takes_over(
    folder: Path, settings: Settings, carry: Carry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(folder, settings=settings) as library:
        renew_half(library, monkeypatch)
    carry("11")
    with Library.open(folder, settings=settings) as library:
        renewal = library.renewal()
        assert renewal is not None
        assert (renewal.model_id, renewal.former_id) == (THIRD, FIRST)
        assert first(library, "020.png") == "020.png"
        library.work()
        assert library.model_use().model_id == THIRD
        assert library.model_use().others == ()
        assert len(scores(library, "red")) == COUNT + 1


def test_earlier_generation_leaves_a_library_alone(
    folder: Path, settings: Settings, carry: Carry
) -> None:
    with Library.open(folder, settings=settings) as library:
        library.work()
    carry("9")
    with Library.open(folder, settings=settings) as library:
        assert library.model_use().model_id == SECOND
        assert library.renewal() is None
        with pytest.raises(ModelUnavailable, match="newer version of Lookalike"):
            library.search("red")
        assert library.asset(folder.parent / "pictures" / "001.png").state is State.INDEXED


def test_change_to_the_model_that_ships_goes_on_with_its_next_generation(
    folder: Path, settings: Settings, carry: Carry, tmp_path: Path
) -> None:
    Models(settings).add(tiny.write_model(tmp_path / "mine"))
    with Library.open(folder, settings=settings) as library:
        library.work()
        library.use_model("mine")
        library.work()
        library.switch_model()
        library.work()
        library.use_model(SHIPPED)
    carry("11")
    with Library.open(folder, settings=settings) as library:
        assert library.renewal() is None  # another is in use
        change = library.model_change()
        assert change is not None
        assert change.model_id == THIRD
        library.work()
        assert library.model_change().is_ready


def test_change_to_another_model_may_begin_during_the_renewal(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Models(library.settings).add(tiny.write_model(tmp_path / "mine"))
    renew_half(library, monkeypatch)
    library.use_model("mine")
    library.work()
    assert library.renewal() is None
    library.switch_model()
    library.work()
    assert library.model_use().model_id.startswith("mine@")
    assert len(scores(library, "red")) == COUNT + 1


@pytest.mark.parametrize(
    ("moment", "calls"),
    [
        ("renew_model", 1),  # the job is not queued yet
        ("save_vectors", 1),
        ("save_vectors", 3),  # in the middle
        ("settle_model", 1),  # settled, but the vectors of before are not forgotten yet
        ("drop_vectors", 1),
    ],
)
def test_killed_renewal_is_gone_on_from(
    folder: Path, settings: Settings, generations: dict[str, Path], moment: str, calls: int
) -> None:
    at, code = f"stores.sqlite:SqliteStore.{moment}", carrying(generations["10"])
    kill_at(folder, at, calls, models=settings.models_folder, first=code)
    with Library.open(folder, settings=settings) as library:
        assert library.model_use().model_id == SECOND
        assert first(library, "005.png") == "005.png"
        library.work()
        assert library.renewal() is None
        assert library.model_use().others == ()
        assert library.jobs(open_only=True) == []
        assert library.coverage().indexed == COUNT + 1
        assert len(scores(library, "red")) == COUNT + 1
        assert library.duplicates().groups == ()


def carrying(generation: Path) -> str:
    """Code that makes another process carry it."""
    return (
        "from pathlib import Path; from lookalike.models import registry; "
        f"registry.FOLDERS[{SHIPPED!r}] = Path({str(generation)!r})"
    )

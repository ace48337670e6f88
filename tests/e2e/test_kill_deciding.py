"""kill -9 while duplicates are decided: nothing acknowledged is lost, nothing is done by half or
twice, jobs go on, and all of it can be undone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from lookalike import Library
from lookalike.decisions import Keeping, Plan, Rule
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from lookalike.types import JobState, State

from .killing import kill_at
from .test_duplicates import photo

PAIRS = 8
STORE = "stores.sqlite:SqliteStore"


def open_at(folder: Path) -> Library:
    return Library.open(folder, settings=Settings(decode_processes=1), embedder=FakeEmbedder())


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight pictures, each with a smaller copy."""
    folder = tmp_path_factory.mktemp("album")
    for seed in range(PAIRS):
        photo(seed).save(folder / f"{seed}.jpg", quality=92)
        photo(seed).resize((240, 160)).save(folder / f"{seed} small.jpg", quality=85)
    return folder


@pytest.fixture(scope="module")
def compared(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their library, in which each copy has a tag of its own."""
    folder = tmp_path_factory.mktemp("compared") / "library"
    with open_at(folder) as library:
        library.index([pictures])
        library.compare()
        for seed in range(PAIRS):
            library.edit(pictures / f"{seed} small.jpg", tags=[f"tag {seed}"])
        assert library.review().total == PAIRS
    return folder


@pytest.fixture
def folder(compared: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(compared, tmp_path / "library"))


def check_decided(library: Library, pictures: Path, count: int) -> None:
    """So many pairs are decided, each of them wholly and once; the others not at all."""
    decided = 0
    for seed in range(PAIRS):
        copy = library.asset(pictures / f"{seed} small.jpg")
        kept = library.asset(pictures / f"{seed}.jpg")
        after = library.successor(copy.id)
        is_decided = copy.state is State.TRASHED
        assert kept.state is State.INDEXED
        assert kept.tags == ((f"tag {seed}",) if is_decided else ())
        assert (after is not None) == is_decided
        decided += is_decided
    holding = library.journal(100, open_only=True)
    assert decided == len(holding) == len({entry.kept_id for entry in holding}) == count
    assert library.review().total == PAIRS - count


def plan_all(library: Library) -> Plan:
    plan = library.plan_duplicates(Rule(keep=Keeping.LARGEST, merge=True))
    assert plan.groups == PAIRS
    return plan


@pytest.mark.parametrize(
    ("moment", "calls", "is_before", "decided"),
    [
        (f"{STORE}.claim_job", 1, False, 0),
        ("stores.merges:merge", 1, False, 0),  # in the middle of a transaction
        ("stores.journal:_set_apart", 4, True, 3),
        (f"{STORE}.decide", 5, False, 5),  # the job has not heard that it was done
        (f"{STORE}.finish_job", 1, True, PAIRS),
    ],
)
def test_killed_rule_is_carried_on_and_undone(
    folder: Path, pictures: Path, moment: str, calls: int, is_before: bool, decided: int
) -> None:
    with open_at(folder) as library:
        plan = plan_all(library)
        job = library.apply_plan(plan.id, by="ann")
    kill_at(folder, moment, calls, is_before=is_before)
    with open_at(folder) as library:
        check_decided(library, pictures, decided)
        before = {entry.id for entry in library.journal(100)}
        library.work()
        job = library.job(job.id)
        assert (job.state, job.message) == (JobState.DONE, f"{PAIRS} groups decided.")
        check_decided(library, pictures, PAIRS)
        entries = library.journal(100)
        assert before <= {entry.id for entry in entries}
        assert {(entry.plan, entry.who) for entry in entries} == {(plan.id, "ann")}
        library.undo(entries[0].id)
        check_decided(library, pictures, PAIRS - 1)
        library.undo_plan(plan.id)
        library.work()
        check_decided(library, pictures, 0)
        assert len(library.journal(100)) == PAIRS


@pytest.mark.parametrize(
    ("moment", "calls", "is_before", "left"),
    [
        ("stores.merges:take_back", 2, False, PAIRS - 1),  # in the middle of a transaction
        (f"{STORE}.undo", 3, False, PAIRS - 3),
        (f"{STORE}.finish_job", 1, True, 0),
    ],
)
def test_killed_undoing_of_a_rule_is_carried_on(
    folder: Path, pictures: Path, moment: str, calls: int, is_before: bool, left: int
) -> None:
    with open_at(folder) as library:
        plan = plan_all(library)
        library.apply_plan(plan.id)
        library.work()
        job = library.undo_plan(plan.id)
    kill_at(folder, moment, calls, is_before=is_before)
    with open_at(folder) as library:
        check_decided(library, pictures, left)
        library.work()
        job = library.job(job.id)
        assert (job.state, job.message) == (JobState.DONE, f"{PAIRS} decisions undone.")
        check_decided(library, pictures, 0)


@pytest.mark.parametrize("call", ["set_apart", "keep_all", "keep", "undo"])
def test_killed_decision_is_there_once_it_was_acknowledged_and_else_not_at_all(
    folder: Path, pictures: Path, call: str
) -> None:
    one, other = str(pictures / "3.jpg"), str(pictures / "3 small.jpg")
    given: tuple[Any, ...] = (one, [other]) if call == "keep" else ([one, other],)
    with open_at(folder) as library:
        if call == "undo":
            given = (library.keep(one, [other], merge=True).id,)
        before = seen(library, other)
    middle = "stores.merges:take_back" if call == "undo" else "stores.journal:_set_apart"
    kill_at(folder, middle, call=call, given=given)
    with open_at(folder) as library:
        assert seen(library, other) == before
    kill_at(folder, call=call, given=given)
    with open_at(folder) as library:
        after = seen(library, other)
        assert after != before
        (entry,) = library.journal()
        if call != "undo":
            assert entry.undone_at is None
            library.undo(entry.id)
            assert seen(library, other) == before
        else:
            assert entry.undone_at is not None
            check_decided(library, pictures, 0)


def seen(library: Library, copy: str) -> tuple[object, ...]:
    """What a decision may change."""
    return (
        library.review().total,
        library.asset(copy).state,
        library.decisions(),
        len(library.journal(open_only=True)),
    )

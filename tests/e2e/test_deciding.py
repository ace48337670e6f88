"""Deciding about duplicates through the library, on real files: journal, undo, plans."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lookalike import Library
from lookalike.decisions import Keeping, ReviewFilter, Rule, Verdict
from lookalike.errors import Conflict, EntryNotFound, InputError, UndoImpossible
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from lookalike.types import JobState, Relation, State

from .test_duplicates import index_anew, make_pictures, photo

SETTINGS = Settings(decode_processes=1)


def open_at(folder: Path, model_id: str = "fake-colours-1") -> Library:
    return Library.open(folder, settings=SETTINGS, embedder=FakeEmbedder(model_id=model_id))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Six versions of a lake, two of a hill, one town."""
    folder = make_pictures(tmp_path / "pictures")
    (folder / "old").mkdir()
    photo(1).resize((240, 160)).save(folder / "old" / "hill small.jpg", quality=90)
    return folder


@pytest.fixture
def library(pictures: Path, tmp_path: Path) -> Iterator[Library]:
    with open_at(tmp_path / "lib") as library:
        library.index([pictures])
        library.compare()
        yield library


def groups(library: Library, **only: object) -> list[set[str]]:
    found = library.review(only=ReviewFilter(**only))  # type: ignore[arg-type]
    return [{copy.asset.name for copy in one.group.duplicates} for one in found.groups]


LAKES = {"lake.jpg", "lake copy.jpg", "lake small.jpg", "lake mirrored.jpg", "lake part.jpg"}
HILLS = {"hill.jpg", "hill small.jpg"}


def test_review_shows_what_gains_most_first(library: Library, pictures: Path) -> None:
    assert groups(library) == [LAKES, HILLS]
    review = library.review(limit=1)
    assert (review.total, review.copies, review.waiting) == (2, 5, 0)
    copies = [copy.asset for one in library.review().groups for copy in one.group.duplicates[1:]]
    assert review.gain_bytes == sum(asset.size_bytes for asset in copies)
    assert review.next_cursor is not None
    rest = library.review(cursor=review.next_cursor)
    assert [one.group.original.name for one in rest.groups] == ["hill.jpg"]
    assert rest.next_cursor is None
    assert groups(library, relations=frozenset({Relation.MIRRORED})) == [LAKES]
    (found,) = library.review_of([pictures / "hill.jpg", pictures / "old/hill small.jpg"])
    assert found.group.original.name == "hill.jpg"


def test_kept_picture_takes_over_and_all_of_it_is_undone(library: Library, pictures: Path) -> None:
    small = pictures / "old/hill small.jpg"
    library.edit(small, tags=["hill"], description="From above", metadata={"sku": 7})
    entry = library.keep(pictures / "hill.jpg", [small], merge=True, by="ann")
    kept = library.asset(pictures / "hill.jpg")
    assert (kept.tags, kept.description, kept.metadata) == (("hill",), "From above", {"sku": 7})
    assert library.asset(small).state is State.TRASHED
    assert small.exists()  # a linked file is never touched
    assert groups(library) == [LAKES]
    assert library.last_decision() == entry
    assert (entry.verdict, entry.who) == (Verdict.TRASH, "ann")
    successor = library.successor(library.asset(small).id)
    assert successor is not None
    assert successor.id == kept.id
    library.undo(entry.id)
    kept = library.asset(pictures / "hill.jpg")
    assert (kept.tags, kept.description, kept.metadata) == ((), "", {})
    assert groups(library) == [LAKES, HILLS]
    with pytest.raises(EntryNotFound):
        library.last_decision()


def test_links_follow_from_copy_to_copy_even_after_the_trash_is_emptied(
    library: Library, pictures: Path
) -> None:
    first, second, last = (pictures / f"lake{name}.jpg" for name in (" small", " copy", ""))
    ids = [library.asset(path).id for path in (first, second, last)]
    entry = library.keep(second, [first])
    library.keep(last, [second])
    assert [getattr(library.successor(id), "id", None) for id in ids] == [ids[2], ids[2], None]
    library.empty_trash()
    assert [getattr(library.successor(id), "id", None) for id in ids] == [ids[2], ids[2], None]
    with pytest.raises(UndoImpossible, match="emptied"):
        library.undo(entry.id)


def test_copies_that_all_stay_are_shown_no_more(library: Library, pictures: Path) -> None:
    entry = library.keep_all([pictures / name for name in LAKES])
    assert groups(library) == [HILLS]
    assert library.asset(pictures / "lake copy.jpg").state is State.INDEXED
    library.undo(entry.id)
    assert groups(library) == [LAKES, HILLS]


def test_one_of_a_group_is_set_apart_from_the_rest(library: Library, pictures: Path) -> None:
    library.set_apart(
        [pictures / "lake part.jpg"], [pictures / n for n in LAKES if "part" not in n]
    )
    assert groups(library) == [LAKES - {"lake part.jpg"}, HILLS]


@pytest.mark.parametrize("others", [[], ["lake.jpg"]])
def test_decision_needs_two_pictures(library: Library, pictures: Path, others: list[str]) -> None:
    with pytest.raises(InputError):
        library.keep(pictures / "lake.jpg", [pictures / name for name in others])
    with pytest.raises(InputError):
        library.set_apart([pictures / name for name in others])


def test_no_decision_comes_back_whatever_happens(
    pictures: Path, tmp_path: Path, library: Library
) -> None:
    """Indexed anew, another model, files renamed and moved, restarted, compared again."""
    apart = library.set_apart(
        [pictures / "lake part.jpg"], [pictures / n for n in LAKES if "part" not in n]
    )
    library.keep_all([pictures / "hill.jpg", pictures / "old/hill small.jpg"])
    library.keep(pictures / "lake.jpg", [pictures / "lake small.jpg"])
    expected = [LAKES - {"lake part.jpg", "lake small.jpg"}]
    assert groups(library) == expected

    index_anew(library)
    library.compare(again=True)
    assert groups(library) == expected
    renamed = {"lake part.jpg": "part.jpg", "hill.jpg": "mountain.jpg", "lake copy.jpg": "x.jpg"}
    (pictures / "moved").mkdir()
    for old, new in renamed.items():
        shutil.move(pictures / old, pictures / "moved" / new)
    expected = [{renamed.get(name, name) for name in each} for each in expected]
    library.index()
    library.compare()
    assert groups(library) == expected
    library._store.put_setting("model_id", "fake-colours-2")
    library.close()

    with open_at(tmp_path / "lib", "fake-colours-2") as again:
        again.index()
        index_anew(again)
        again.compare(again=True)
        assert groups(again) == expected
        assert [{d.asset.name for d in g.duplicates} for g in again.duplicates().groups] == (
            expected
        )
        assert len(again.journal()) == 3
        again.undo(apart.id)
        assert groups(again) == [expected[0] | {"part.jpg"}]


# --- plans --------------------------------------------------------------------------------


def test_plan_names_every_change_and_is_carried_out_and_undone(
    library: Library, pictures: Path
) -> None:
    library.edit(pictures / "lake small.jpg", tags=["water"], metadata={"sku": 1})
    plan = library.plan_duplicates(Rule(keep=Keeping.LARGEST, merge=True), by="ann")
    changes = library.planned_changes(plan.id)
    named = {c.kept.name: {a.name for a in c.trashed} for c in changes}
    kept = next(name for name in named if "lake" in name)
    assert named == {kept: LAKES - {kept}, "hill.jpg": {"hill small.jpg"}}
    lake = next(change for change in changes if change.kept.name == kept)
    assert (lake.merge.tags, lake.merge.metadata) == (("water",), {"sku": 1})
    assert plan.savings.size_bytes == sum(change.size_bytes for change in changes)
    assert plan.savings.linked_bytes == plan.savings.size_bytes
    assert plan.savings.freed_bytes == 0  # linked files stay on disk
    assert groups(library) == [LAKES, HILLS]  # nothing was changed

    job = library.apply_plan(plan.id, by="ann")
    library.work()
    job = library.job(job.id)
    assert (job.state, job.message) == (JobState.DONE, "2 groups decided.")
    assert groups(library) == []
    assert library.asset(lake.kept.id).tags == ("water",)
    assert {entry.plan for entry in library.journal()} == {plan.id}
    with pytest.raises(Conflict, match="already"):
        library.apply_plan(plan.id)

    job = library.undo_plan(plan.id)
    library.work()
    assert library.job(job.id).message == "2 decisions undone."
    assert groups(library) == [LAKES, HILLS]
    assert library.asset(lake.kept.id).tags == ()


def test_plan_passes_by_what_changed_since(library: Library, pictures: Path) -> None:
    plan = library.plan_duplicates(Rule(keep=Keeping.ORIGINAL))
    library.keep_all([pictures / "hill.jpg", pictures / "old/hill small.jpg"])
    job = library.apply_plan(plan.id)
    library.work()
    assert "1 had changed and were passed by" in library.job(job.id).message
    assert library.asset(pictures / "old/hill small.jpg").state is State.INDEXED


def test_plan_for_a_filter_a_folder_and_a_selection(library: Library, pictures: Path) -> None:
    crops = ReviewFilter(relations=frozenset({Relation.MIRRORED}))
    only = library.planned_changes(
        library.plan_duplicates(Rule(keep=Keeping.ORIGINAL, only=crops)).id
    )
    assert [{a.name for a in change.trashed} for change in only] == [{"lake mirrored.jpg"}]
    rule = Rule(keep=Keeping.FOLDER, folder="pictures/old/")
    plan = library.plan_duplicates(rule)
    assert [c.kept.name for c in library.planned_changes(plan.id)] == ["hill small.jpg"]
    assert plan.passed_by == 1
    chosen = (library.asset(pictures / "old/hill small.jpg").id,)
    one = library.plan_duplicates(Rule(keep=Keeping.ORIGINAL, groups=chosen))
    assert [c.kept.name for c in library.planned_changes(one.id)] == ["hill.jpg"]
    with pytest.raises(InputError, match="folder"):
        library.plan_duplicates(replace(rule, folder=""))


def test_uploads_that_go_free_their_bytes(tmp_path: Path, pictures: Path) -> None:
    with open_at(tmp_path / "uploads") as library:
        for name in ("hill.jpg", "old/hill small.jpg", "lake.jpg", "lake copy.jpg"):
            library.upload((pictures / name).read_bytes(), name=Path(name).name)
        library.work()
        library.compare()
        plan = library.plan_duplicates(Rule(keep=Keeping.ORIGINAL))
        small = (pictures / "old/hill small.jpg").stat().st_size
        lake = (pictures / "lake.jpg").stat().st_size
        assert plan.savings.size_bytes == small + lake
        assert plan.savings.freed_bytes == small  # the bytes of a copy are kept once

"""What any store must do for those who review duplicates."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from lookalike.decisions import (
    Change,
    Keeping,
    Merge,
    ReviewFilter,
    ReviewPlace,
    Rule,
    Savings,
    UndoExtent,
    Verdict,
)
from lookalike.errors import AssetNotFound, EntryNotFound, PlanNotFound, UndoImpossible
from lookalike.search.copies import group
from lookalike.stores.base import Collision, Edit, NewAsset
from lookalike.stores.review import GroupSums, NewEntry
from lookalike.stores.service import ServiceStore
from lookalike.types import Asset, Pair, Relation, Source, State

from .test_pairs import A, B, C, put

ANY = ReviewFilter()


def pair(one: str, other: str, confidence: float = 0.9, relation: str = "resized") -> Pair:
    return Pair(one=one, other=other, relation=Relation(relation), confidence=confidence)


def regroup(store: ServiceStore) -> None:
    while store.regroup(group, 2):
        pass


def shown(store: ServiceStore, only: ReviewFilter = ANY) -> list[list[int]]:
    regroup(store)
    return [
        sorted(copy.asset.key for copy in one.group.duplicates)
        for one in store.list_groups(only, 100)
    ]


def decide(store: ServiceStore, kept: Asset, *trashed: Asset, merge: Merge | None = None) -> int:
    new = NewEntry(
        who="ann", verdict=Verdict.TRASH, detail="d", kept=kept, trashed=trashed, merge=merge
    )
    return store.decide(new).id


def apart(store: ServiceStore, *pairs: tuple[str, str], is_copy: bool = False) -> int:
    verdict = Verdict.KEEP_ALL if is_copy else Verdict.NOT_DUPLICATES
    new = NewEntry(who="ann", verdict=verdict, detail="d", pairs=pairs, judged=pairs)
    return store.decide(new).id


def states(store: ServiceStore, keys: Sequence[int]) -> list[State]:
    return [asset.state for asset in store.get_assets(keys)]


# --- groups -------------------------------------------------------------------------------


def test_groups_follow_pairs_decisions_and_assets(store: ServiceStore) -> None:
    keys = put(store, A, B, C)
    assert shown(store) == []
    store.save_pairs("s", [pair(A, B), pair(B, C), pair(A, C)], 3)
    assert shown(store) == [keys]
    entry = apart(store, (A, C), (B, C))
    assert shown(store) == [keys[:2]]
    store.undo(entry)
    assert shown(store) == [keys]
    store.set_state([keys[0]], State.TRASHED)
    assert shown(store) == [keys[1:]]
    store.set_state([keys[0]], State.INDEXED)
    store.remove_assets([keys[1]])
    assert shown(store) == [[keys[0], keys[2]]]
    store.doubt_pairs()
    assert shown(store) == [[keys[0], keys[2]]]
    store.save_pairs("s", [], 4, is_last=True)
    assert shown(store) == []
    assert store.regroup(group, 10) == 0


def test_files_with_the_same_bytes_are_a_group(store: ServiceStore) -> None:
    keys = put(store, A, A, B)
    assert shown(store) == [keys[:2]]
    apart(store, (A, A))
    assert shown(store) == []


def test_other_pictures_make_no_groups(store: ServiceStore) -> None:
    put(store, A, B)
    store.save_pairs("s", [pair(A, B, relation="same_scene")], 3)
    assert shown(store) == []


def test_pair_that_turns_out_to_be_another_picture_leaves_its_group(store: ServiceStore) -> None:
    keys = put(store, A, B)
    store.save_pairs("s", [pair(A, B)], 3)
    assert shown(store) == [keys]
    store.save_pairs("s", [pair(A, B, relation="same_scene")], 4)
    assert shown(store) == []


def test_groups_are_filtered_paged_and_summed(store: ServiceStore) -> None:
    keys = put(store, A, B, C, "d" * 64, "e" * 64, "e" * 64)
    store.save_pairs("s", [pair(A, B, 0.85), pair(C, "d" * 64, 0.95, "cropped")], 3)
    assert len(shown(store)) == 3
    first = store.list_groups(ANY, 1)[0]
    rest = store.list_groups(ANY, 5, ReviewPlace(first.gain_bytes, first.id))
    assert sorted(one.id for one in [first, *rest]) == sorted({first.id, *(o.id for o in rest)})
    assert len(rest) == 2
    crops = ReviewFilter(relations=frozenset({Relation.CROPPED}))
    assert shown(store, crops) == [keys[2:4]]
    assert len(shown(store, ReviewFilter(min_confidence=0.9))) == 2
    assert store.sum_groups(ANY) == GroupSums(3, 3, 3)
    assert store.sum_groups(crops) == GroupSums(1, 1, 1)
    assert [one.id for one in store.groups_of([keys[0], keys[1]])] == [
        one.id
        for one in store.list_groups(ReviewFilter(min_confidence=0), 9)
        if keys[0] in {copy.asset.key for copy in one.group.duplicates}
    ]


def test_groups_survive_a_restart(open_store: Callable[[], ServiceStore]) -> None:
    store = open_store()
    keys = put(store, A, B)
    store.save_pairs("s", [pair(A, B)], 3)
    store.close()
    assert shown(open_store()) == [keys]


# --- the journal --------------------------------------------------------------------------


def test_decision_is_written_with_its_effect_and_undone(store: ServiceStore) -> None:
    one, other = store.get_assets(put(store, A, B))
    entry = store.get_entry(decide(store, one, other))
    assert (entry.verdict, entry.kept_id, entry.trashed) == (Verdict.TRASH, one.id, 1)
    assert states(store, [one.key, other.key]) == [State.INDEXED, State.TRASHED]
    assert store.successor(other.id) == one.id
    undone = store.undo(entry.id)
    assert undone.undone_at is not None
    assert states(store, [one.key, other.key]) == [State.INDEXED, State.INDEXED]
    assert store.successor(other.id) is None
    with pytest.raises(UndoImpossible):
        store.undo(entry.id)
    assert store.list_entries(5, open_only=True) == []
    assert [e.id for e in store.list_entries(5)] == [entry.id]


def test_decision_about_what_is_gone_changes_nothing(store: ServiceStore) -> None:
    one, other, third = store.get_assets(put(store, A, B, C))
    store.set_state([one.key], State.TRASHED)
    store.remove_assets([third.key])
    for kept, trashed in ((one, other), (other, one), (other, third)):
        with pytest.raises(AssetNotFound):
            decide(store, kept, trashed)
    assert states(store, [other.key]) == [State.INDEXED]
    assert store.list_entries(5) == []


def test_emptied_trash_ends_undo_but_links_still_lead_on(store: ServiceStore) -> None:
    one, other = store.get_assets(put(store, A, B))
    entry = decide(store, one, other)
    store.remove_assets([other.key], only_trashed=True)
    with pytest.raises(UndoImpossible):
        store.undo(entry)
    assert store.successor(other.id) == one.id


def test_what_undoing_a_plan_would_do_is_measured(store: ServiceStore) -> None:
    first, second, kept, gone, other = store.get_assets(put(store, A, A, B, C, C))
    plan = store.add_plan(
        "ann",
        Rule(keep=Keeping.LARGEST),
        [],
        Savings(size_bytes=0, freed_bytes=0, linked_bytes=0),
        0,
    ).id
    for place, (stays, goes) in enumerate([(kept, (first, second)), (other, (gone,))]):
        new = NewEntry(
            who="ann",
            verdict=Verdict.TRASH,
            detail="d",
            kept=stays,
            trashed=goes,
            plan=(plan, place),
        )
        store.decide(new)
    assert store.measure_undo(plan) == UndoExtent(decisions=2, lost=0, pictures=3)
    assert [store.count_led_here(one.id) for one in (kept, other, first)] == [2, 1, 0]
    store.remove_assets([gone.key])
    assert store.measure_undo(plan) == UndoExtent(decisions=2, lost=1, pictures=2)
    assert store.count_led_here(other.id) == 1  # links to it still lead on
    store.set_state([first.key], State.INDEXED)
    assert store.measure_undo(plan) == UndoExtent(decisions=2, lost=1, pictures=1)
    assert store.count_led_here(kept.id) == 1
    store.undo(store.list_entries(10)[-1].id)
    assert store.measure_undo(plan) == UndoExtent(decisions=1, lost=1, pictures=0)
    assert store.count_led_here(kept.id) == 0
    assert store.measure_undo(plan + 1) == UndoExtent(decisions=0, lost=0, pictures=0)


def test_copy_that_came_back_by_itself_leads_nowhere(store: ServiceStore) -> None:
    one, other = store.get_assets(put(store, A, B))
    entry = decide(store, one, other)
    store.set_state([other.key], State.INDEXED)
    assert store.successor(other.id) is None
    store.set_state([other.key], State.TRASHED)  # for another reason
    assert store.successor(other.id) is None
    assert store.undo(entry).undone_at is not None


def test_merge_gives_what_is_new_and_takes_back_what_is_untouched(store: ServiceStore) -> None:
    one, other = store.get_assets(put(store, A, B))
    store.edit_asset(one.key, Edit(tags=("sea",), description="A day", metadata={"sku": 7}))
    change = Merge(tags=("sea", "sun"), description="A day\nout", metadata={"sku": 8, "shop": "x"})
    entry = decide(store, one, other, merge=change)
    (kept,) = store.get_assets([one.key])
    assert kept.tags == ("sea", "sun")
    assert (kept.description, kept.metadata) == ("A day\nout", {"sku": 7, "shop": "x"})
    store.edit_asset(one.key, Edit(description="Mine", metadata={"sku": 7, "shop": "y", "n": 1}))
    store.undo(entry)
    (kept,) = store.get_assets([one.key])
    assert kept.tags == ("sea",)
    assert (kept.description, kept.metadata) == ("Mine", {"sku": 7, "shop": "y", "n": 1})


def test_words_said_twice_hold_until_both_are_undone(store: ServiceStore) -> None:
    put(store, A, B)
    store.save_pairs("s", [pair(A, B)], 3)
    first, second = apart(store, (A, B)), apart(store, (B, A))
    store.undo(first)
    assert store.list_pairs() == []
    store.undo(second)
    assert store.list_pairs() == [pair(A, B)]


def test_words_taken_back_one_by_one_end_their_entry(store: ServiceStore) -> None:
    put(store, A, B)
    entry = apart(store, (A, B))
    assert store.remove_decisions([(A, B)]) == 1
    assert store.get_entry(entry).undone_at is not None


def test_judgements_are_the_last_words_about_pairs(store: ServiceStore) -> None:
    put(store, A, B, C)
    store.save_pairs("s", [pair(A, B, 0.9), pair(B, C, 0.8), pair(A, C, 0.5, "same_scene")], 3)
    apart(store, (A, B), (B, C), (A, C))
    assert [(j.confidence, j.is_copy) for j in store.judgements()] == [(0.8, False), (0.9, False)]
    apart(store, (A, B), is_copy=True)
    assert [(j.confidence, j.is_copy) for j in store.judgements()] == [(0.8, False), (0.9, True)]


def test_unknown_entry_is_not_found(store: ServiceStore) -> None:
    for call in (store.undo, store.get_entry):
        with pytest.raises(EntryNotFound):
            call(99)


# --- plans --------------------------------------------------------------------------------


def test_plan_is_kept_and_carried_out_step_by_step(
    open_store: Callable[[], ServiceStore],
) -> None:
    store = open_store()
    one, other, third = store.get_assets(put(store, A, B, C))
    rule = Rule(
        keep=Keeping.LARGEST,
        merge=True,
        only=ReviewFilter(relations=frozenset({Relation.CROPPED}), min_confidence=0.9),
        groups=(one.id,),
    )
    change = Change(kept=one, trashed=(other,), merge=Merge(tags=("x",), left_out=("sku",)))
    savings = Savings(size_bytes=1, freed_bytes=0, linked_bytes=1)
    plan = store.add_plan("ann", rule, [change, replace(change, kept=third)], savings, 4)
    assert (plan.groups, plan.trashed, plan.savings, plan.passed_by) == (2, 2, savings, 4)
    assert (plan.rule, plan.applied_at) == (rule, None)
    assert store.start_plan(plan.id)
    assert not store.start_plan(plan.id)
    (planned,) = store.waiting_changes(plan.id, 1)
    assert (planned.kept_key, planned.trashed_keys) == (one.key, (other.key,))
    assert planned.merge == change.merge
    new = NewEntry(
        who="ann", verdict=Verdict.TRASH, detail="d", kept=one, trashed=(other,), plan=(plan.id, 0)
    )
    store.decide(new)
    store.close()
    again = open_store()
    assert [planned.place for planned in again.waiting_changes(plan.id, 5)] == [1]
    again.pass_by(plan.id, 1)
    assert again.plan_outcomes(plan.id) == {"done": 1, "passed_by": 1}
    assert [e.trashed for e in again.list_entries(5, plan=plan.id)] == [1]
    assert again.list_planned(plan.id, 1, 5)[0].outcome == "passed_by"
    with pytest.raises(PlanNotFound):
        again.get_plan(plan.id + 1)


def test_freed_bytes_are_those_of_uploads_that_nobody_else_has(store: ServiceStore) -> None:
    linked = put(store, A)
    uploads = [
        store.add_upload(
            NewAsset(
                name=name, folder="", path=None, source=Source.UPLOAD, size_bytes=10,
                mtime_ns=None, sha256=content,
            ),
            Collision.SUFFIX,
        ).key
        for name, content in (("a", A), ("b", B), ("c", B), ("d", C))
    ]  # fmt: skip
    assert store.freed_bytes([*linked, uploads[1], uploads[3]]) == 10
    assert store.freed_bytes(uploads[1:3]) == 10
    assert store.freed_bytes(uploads) == 30


def test_library_of_the_version_before_shows_its_groups(tmp_path) -> None:  # type: ignore[no-untyped-def]
    from lookalike.stores.migrations import load_migrations, migrate
    from lookalike.stores.sqlite import SqliteStore

    path = tmp_path / "library.db"
    steps = load_migrations()
    number = next(n for n, sql in steps.items() if "duplicate_groups" in sql)
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, {n: sql for n, sql in steps.items() if n < number})
    connection.execute("INSERT INTO pairs VALUES (?, ?, 'resized', 0.9, NULL, 0)", (A, B))
    connection.close()
    store = SqliteStore.open(path)
    assert store.regroup(group, 0) == 2  # wait to be sorted
    keys = put(store, A, B)
    assert shown(store) == [keys]
    store.close()

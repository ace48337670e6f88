"""Which picture a rule keeps, and what it takes over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lookalike.decisions import Keeping, Merge, ReviewFilter, Rule
from lookalike.search.keeping import MAX_LETTERS, merge, plan_group
from lookalike.types import Asset, Duplicate, DuplicateGroup, Relation, Source, State

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def asset(key: int, **values: Any) -> Asset:
    return Asset(
        **{
            "key": key, "id": f"{key:026}", "name": f"{key}.jpg", "folder": "", "path": None,
            "source": Source.UPLOAD, "state": State.INDEXED, "size_bytes": 10, "sha256": f"{key}",
            "created_at": NOW, "updated_at": NOW, "width_px": 10, "height_px": 10,
        }
        | values
    )  # fmt: skip


def group(original: Asset, *copies: tuple[Asset, str, float]) -> DuplicateGroup:
    return DuplicateGroup(
        duplicates=(
            Duplicate(asset=original, relation=None, confidence=1.0),
            *(
                Duplicate(asset=copy, relation=Relation(relation), confidence=confidence)
                for copy, relation, confidence in copies
            ),
        ),
        confidence=0.8,
        reason="",
    )


ORIGINAL = asset(1, folder="a", taken_at=datetime(2020, 1, 2, tzinfo=UTC))
LARGE = asset(2, folder="a/b", width_px=20, mtime_ns=10**18 * 3)
OLD = asset(3, folder="ab", mtime_ns=10**9)
GROUP = group(ORIGINAL, (LARGE, "resized", 0.9), (OLD, "cropped", 0.85))


@pytest.mark.parametrize(
    ("keep", "folder", "kept"),
    [
        (Keeping.ORIGINAL, "", ORIGINAL),
        (Keeping.LARGEST, "", LARGE),
        (Keeping.OLDEST, "", OLD),
        (Keeping.FOLDER, "a/b", LARGE),
        (Keeping.FOLDER, "a", ORIGINAL),  # and all below; of several, the likely original
        (Keeping.FOLDER, "ab", OLD),
    ],
)
def test_rule_keeps_one(keep: Keeping, folder: str, kept: Asset) -> None:
    change = plan_group(GROUP, Rule(keep=keep, folder=folder))
    assert change is not None
    assert change.kept == kept
    assert {a.key for a in change.trashed} == {1, 2, 3} - {kept.key}
    assert change.size_bytes == 20


def test_group_with_none_in_the_folder_is_left_alone() -> None:
    assert plan_group(GROUP, Rule(keep=Keeping.FOLDER, folder="b")) is None


def test_copies_that_do_not_count_stay() -> None:
    sure = plan_group(GROUP, Rule(keep=Keeping.LARGEST, only=ReviewFilter(min_confidence=0.9)))
    assert sure is not None
    assert (sure.kept, sure.trashed) == (LARGE, (ORIGINAL,))
    crops = ReviewFilter(relations=frozenset({Relation.MIRRORED}))
    assert plan_group(GROUP, Rule(keep=Keeping.ORIGINAL, only=crops)) is None


def test_merge_takes_what_is_new() -> None:
    kept = asset(1, tags=("sea",), description="A day", metadata={"sku": 1})
    others = [
        asset(2, tags=("sun", "sea"), description="day", metadata={"sku": 2, "shop": "x"}),
        asset(3, tags=("sun",), description="By Ann", metadata={"sku": 1, "shop": "y", "n": None}),
    ]
    assert merge(kept, others) == Merge(
        tags=("sun",),
        description="A day\nBy Ann",
        metadata={"shop": "x", "n": None},
        left_out=("sku", "shop"),
    )
    assert merge(kept, [asset(2)]).is_empty()


def test_description_that_would_be_too_long_stays() -> None:
    long = asset(2, description="x" * MAX_LETTERS)
    assert merge(asset(1, description="a"), [long]).description is None

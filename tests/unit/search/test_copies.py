from __future__ import annotations

from datetime import UTC, datetime

from lookalike.search.copies import LARGE, group
from lookalike.types import Asset, Decision, DuplicateGroup, Pair, Relation, Source, State

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def asset(name: str, number: int = 0, **changes: object) -> Asset:
    values: dict[str, object] = {
        "key": number,
        "id": f"{name}{number:03}",
        "name": f"{name}.jpg",
        "folder": "",
        "path": f"/{name}{number}.jpg",
        "source": Source.LINKED,
        "state": State.INDEXED,
        "size_bytes": 100,
        "mtime_ns": 5,
        "mime": "image/jpeg",
        "width_px": 600,
        "height_px": 400,
        "sha256": name,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Asset(**(values | changes))  # type: ignore[arg-type]


def pair(one: str, other: str, relation: Relation = Relation.RE_ENCODED, **values: object) -> Pair:
    return Pair(
        **{"one": one, "other": other, "relation": relation, "confidence": 0.95} | values  # type: ignore[arg-type]
    )


def names(found: DuplicateGroup) -> list[str]:
    return [duplicate.asset.name.removesuffix(".jpg") for duplicate in found.duplicates]


def shelf(*assets: Asset) -> dict[str, list[Asset]]:
    held: dict[str, list[Asset]] = {}
    for one in assets:
        held.setdefault(str(one.sha256), []).append(one)
    return held


def test_group_of_a_chain_is_not_made() -> None:
    assets = shelf(asset("a"), asset("b"), asset("c"))
    links = [pair("a", "b", confidence=0.99), pair("b", "c")]
    (found,) = group(links, assets, [])
    assert sorted(names(found)) == ["a", "b"]


def test_group_in_which_every_two_are_linked() -> None:
    assets = shelf(asset("a"), asset("b"), asset("c"))
    (found,) = group([pair("a", "b"), pair("b", "c"), pair("a", "c")], assets, [])
    assert sorted(names(found)) == ["a", "b", "c"]


def test_original_has_the_most_pixels_and_the_group_says_so() -> None:
    assets = shelf(asset("a", width_px=300, height_px=200), asset("b"))
    (found,) = group([pair("a", "b", Relation.RESIZED, copy="a")], assets, [])
    assert names(found) == ["b", "a"]
    assert found.original.name == "b.jpg"
    assert found.duplicates[0].relation is None
    assert found.duplicates[1].relation is Relation.RESIZED
    assert found.confidence == 0.95


def test_original_is_what_lies_within_the_border() -> None:
    assets = shelf(asset("a"), asset("b", width_px=700, height_px=500))
    (found,) = group([pair("a", "b", Relation.PADDED, copy="b")], assets, [])
    assert names(found) == ["a", "b"]
    assert found.reason == "others were made from it"


def test_original_keeps_its_metadata() -> None:
    assets = shelf(asset("a", size_bytes=900), asset("b", taken_at=NOW))
    (found,) = group([pair("a", "b")], assets, [])
    assert names(found) == ["b", "a"]
    assert found.reason == "it keeps its metadata"


def test_original_is_turned_as_most_are() -> None:
    assets = shelf(asset("a", size_bytes=900), asset("b"), asset("c", size_bytes=90))
    links = [pair("a", "b", Relation.ROTATED), pair("a", "c", Relation.ROTATED), pair("b", "c")]
    (found,) = group(links, assets, [])
    assert names(found)[0] == "b"


def test_original_of_identical_files_is_the_oldest() -> None:
    assets = shelf(asset("a", 1, mtime_ns=9), asset("a", 2, mtime_ns=3))
    (found,) = group([], assets, [])
    assert found.original.key == 2
    assert found.reason == "it is the oldest file"
    assert [duplicate.relation for duplicate in found.duplicates] == [None, Relation.IDENTICAL]


def test_identical_files_that_are_both_to_be_kept_are_no_group() -> None:
    assets = shelf(asset("a", 1), asset("a", 2))
    assert group([], assets, [Decision(one="a", other="a", decided_at=NOW)]) == []


def test_group_over_fifty_says_why() -> None:
    (found,) = group([], shelf(*(asset("a", n) for n in range(LARGE + 1))), [])
    assert "50 identical" in found.note
    (found,) = group([], shelf(*(asset("a", n) for n in range(LARGE))), [])
    assert found.note == ""


def test_groups_come_surest_first() -> None:
    assets = shelf(*(asset(name) for name in "abcd"))
    found = group([pair("a", "b", confidence=0.85), pair("c", "d", confidence=0.97)], assets, [])
    assert [each.confidence for each in found] == [0.97, 0.85]

from __future__ import annotations

from pathlib import Path

import pytest

from lookalike.search.suggestions import correct, suggest
from lookalike.types import Filters, Suggestion, SuggestionKind


def names(found: list[Suggestion]) -> list[tuple[str, str, int]]:
    return [(item.kind.value, item.value, item.count) for item in found]


@pytest.fixture
def named(shelf, random_vectors):
    """Three pictures in `sea/Beach`, one of them tagged, and one in `wood`."""
    keys = shelf.put(random_vectors(3), folder="sea/Beach") + shelf.put(random_vectors(1), "wood")
    shelf.store.put_tags(keys[0], ["Beach", "red car"])
    shelf.store.put_tags(keys[3], ["red car"])
    return shelf.store


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("beach", [("tag", "Beach", 1), ("folder", "Beach", 3)]),
        ("BEACH without people", [("tag", "Beach", 1), ("folder", "Beach", 3)]),
        ("a red car in the wood", [("tag", "red car", 2), ("folder", "wood", 1)]),
        ("000001", [("name", "000001.jpg", 1)]),
        ("the file 000001.jpg", [("name", "000001.jpg", 1)]),
        ("umbrella", []),
        ("people without beach", []),
        ("baech with umbrela", [("spelling", "beach with umbrella", 0)]),
        ("baech without umbrelas", [("spelling", "beach without umbrellas", 0)]),
        ("", []),
    ],
)
def test_suggest_offers_what_words_equal(named, words: str, found: list) -> None:
    assert names(suggest(words, named, Filters())) == found


def test_suggest_leaves_out_filters_that_are_set_and_tags_without_pictures(named) -> None:
    filters = Filters(tags=("Beach",), folder="Beach")
    assert suggest("beach", named, filters) == []
    named.remove_assets([1, 4])
    assert suggest("red car", named, Filters()) == []


def test_suggest_sees_folders_and_tags_that_are_new(named, shelf, random_vectors) -> None:
    assert suggest("garden", named, Filters()) == []
    (key,) = shelf.put(random_vectors(1), folder="garden")
    named.put_tags(key, ["garden"])
    assert names(suggest("garden", named, Filters())) == [
        ("tag", "garden", 1),
        ("folder", "garden", 1),
    ]


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("a baech with umbrela", "a beach with umbrella"),
        ("Mountian", "mountain"),
        ("brid on a tree", "bird on a tree"),
        ("red car", None),
        ("dgo", None),  # short words are one letter from too many others
        ("IMG_1234.jpg", None),
        ("kayakers", None),
        ("Zürich Straßenbahn Haltestelle", None),
        ("rouge voiture", None),
    ],
)
def test_correct_suggests_likely_typos_only(text: str, better: str | None) -> None:
    assert correct(text) == better


def test_correct_trusts_the_words_of_the_library() -> None:
    assert correct("baech", {"baech"}) is None


def test_suggestions_of_a_typo_know_the_names_of_the_library(
    shelf, random_vectors, tmp_path: Path
) -> None:
    shelf.put(random_vectors(1), folder="baech")
    assert names(suggest("baech", shelf.store, Filters())) == [("folder", "baech", 1)]
    assert suggest("x", shelf.store, Filters()) == []
    assert SuggestionKind.SPELLING not in {
        item.kind for item in suggest("red baech", shelf.store, Filters())
    }

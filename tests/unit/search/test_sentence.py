from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lookalike.search.sentence import literal, read
from lookalike.types import MINUS_WEIGHT, Term


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        # What is not wanted.
        ("beach without people", "beach", ["people"]),
        ("Beach WITHOUT People", "Beach", ["People"]),
        ("a dog, no leash", "a dog", ["leash"]),
        ("a dog, no leash, on grass", "a dog, on grass", ["leash"]),
        ("not blurry", "", ["blurry"]),
        ("NO PEOPLE", "", ["PEOPLE"]),
        ("no cars no people", "", ["cars", "people"]),
        ("dog with no collar", "dog", ["collar"]),
        ("a dog but not a puppy", "a dog", ["puppy"]),
        ("not a cat but a dog", "a dog", ["cat"]),
        ("mountains minus snow", "mountains", ["snow"]),
        ("anything except cars", "", ["cars"]),
        ("everything except for red cars", "", ["red cars"]),
        ("photos that are not blurry", "", ["blurry"]),
        ("a man who is not smiling", "a man", ["smiling"]),
        ("a dog. No people.", "a dog.", ["people"]),
        ("city not at night", "city", ["at night"]),
        # Where it ends.
        ("a man without a hat on a bench", "a man on a bench", ["hat"]),
        ("girl without glasses who is smiling", "girl who is smiling", ["glasses"]),
        ("beach without people and dogs", "beach", ["people", "dogs"]),
        ("beach without people and with dogs", "beach with dogs", ["people"]),
        ("beach without people or dogs at sunset", "beach at sunset", ["people", "dogs"]),
        ("street without cars, people or bikes", "street", ["cars", "people", "bikes"]),
        ("street without cars, palm trees", "street, palm trees", ["cars"]),
        (
            "dog without a leash and a cat sleeping on a sofa",
            "dog and a cat sleeping on a sofa",
            ["leash"],
        ),
        ("snow, but no trees, and no people", "snow", ["trees", "people"]),
        # A hyphen.
        ("beach -people", "beach", ["people"]),
        ('-"red car" beach', "beach", ["red car"]),
        ("-people", "", ["people"]),
        ('without "red car"', "", ["red car"]),
    ],
)
def test_read_takes_out_what_is_not_wanted(text: str, wanted: str, unwanted: list[str]) -> None:
    terms = read(text)
    assert [term.text_value for term in terms if term.weight == 1] == [wanted] * bool(wanted)
    assert [t.text_value for t in terms if t.weight == MINUS_WEIGHT] == unwanted
    assert all(not term.phrases for term in terms)


@pytest.mark.parametrize(
    "text",
    [
        "red boat",
        "no parking sign",
        "a No Smoking sign",
        "not only dogs",
        "nothing",
        "nobody on the beach",
        "no-one on the beach",
        "room with no one",
        "notebook on a desk",
        "a knot in a rope",
        "beach no",
        "beach without",
        "it's not",
        "no",
        "not",
        "no, thanks",
        "the letters no",
        "no country for old men",
        "doctors without borders",
        "without a doubt",
        "minus 5 degrees",
        "10 minus 5",
        "a minus sign",
        "to be or not to be",
        "do not enter",
        "why not",
        "yes or no",
        "Dr. No",
        "No. 5",
        "no 5 perfume",
        "forget me not",
        "forget-me-not flowers",
        "t-shirt 2024-05",
        "- 5 degrees",
        "red -",
        "without without",
        "a b c not d e f g h i j k",
        '"',
        '""',
        "",
    ],
)
def test_read_takes_the_rest_literally(text: str) -> None:
    assert read(text) == (Term.text(text),)


@pytest.mark.parametrize(
    ("text", "said", "phrases"),
    [
        ('"IMG_1234.jpg"', "IMG_1234.jpg", ("IMG_1234.jpg",)),
        ('"red car" at night', "red car at night", ("red car",)),
        ("“red car”", "red car", ("red car",)),
        ("„rotes Auto“", "rotes Auto", ("rotes Auto",)),
        ('"no parking" sign', "no parking sign", ("no parking",)),
        ('"red  car", "blue car"', "red car, blue car", ("red car", "blue car")),
    ],
)
def test_read_keeps_what_is_in_quotes_as_it_stands(
    text: str, said: str, phrases: tuple[str, ...]
) -> None:
    assert read(text) == (Term.text(said, phrases=phrases),)


def test_read_gives_a_phrase_to_what_is_wanted_only() -> None:
    assert read('"red car" without "old man"') == (
        Term.text("red car", phrases=("red car",)),
        Term.text("old man", weight=MINUS_WEIGHT),
    )


def test_literal_takes_every_word_as_it_stands() -> None:
    assert literal("beach without people") == (Term.text("beach without people"),)


TRICKY = (
    'no not without except for minus and or but with a the people dogs at "red car" “x -cat is'
    " who , . ; sign 5 - anything"
)
SENTENCES = st.lists(st.sampled_from(TRICKY.split()), max_size=14).map(" ".join)


@given(st.one_of(st.text(max_size=60), SENTENCES))
@settings(max_examples=500, deadline=None)
def test_read_always_finds_something_in_what_says_something(text: str) -> None:
    terms = read(text)
    assert terms
    assert [term.weight for term in terms if term.weight > 0] in ([], [1.0])
    assert all(term.text_value or not text.strip() for term in terms)
    assert all(term.weight > 0 or not term.phrases for term in terms)

"""What files say, checked and put into words."""

from __future__ import annotations

import math

import pytest

from lookalike.photo_facts import MAX_KEYWORDS, NO_FACTS, PhotoFacts, describe, make_facts, said


def test_facts_come_back_from_what_they_said() -> None:
    facts = PhotoFacts(
        make="Canon", f_number=2.8, latitude=-1.5, longitude=2.25, keywords=("a", "b")
    )
    assert make_facts(said(facts)) == facts
    assert said(NO_FACTS) == {}
    assert NO_FACTS.is_empty()


@pytest.mark.parametrize(
    "values",
    [
        {"iso": "many", "make": 7, "keywords": "abc", "unknown": 1},
        {"iso": True, "f_number": math.nan, "exposure_s": math.inf, "focal_mm": 10**400},
        {"latitude": 91.0, "longitude": 5.0, "altitude_m": 3.0},
        {"keywords": [None, 3, "", " \0"]},
        ["iso", 100],
        None,
    ],
)
def test_facts_that_are_not_of_their_kind_are_not_taken(values: object) -> None:
    assert make_facts(values) == NO_FACTS


def test_keywords_are_few_and_short() -> None:
    facts = make_facts({"keywords": ["x" * 1000, *map(str, range(1000))]})
    assert (len(facts.keywords[0]), len(facts.keywords)) == (200, MAX_KEYWORDS)


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        (
            {"f_number": 2.8, "exposure_s": 0.004, "iso": 200.0, "focal_mm": 35.0},
            "f/2.8, 1/250 s, ISO 200, 35 mm",
        ),
        ({"f_number": 11.0, "exposure_s": 30.0}, "f/11, 30 s"),
        (
            {"exposure_s": 0.4, "focal_mm": 4.25, "focal_35_mm": 26.0},
            "0.4 s, 4.2 mm, as 26 mm on 35 mm film",
        ),
        ({"focal_mm": 50.0, "focal_35_mm": 50.0}, "50 mm"),
    ],
)
def test_exposure_in_words(facts: dict[str, float], wanted: str) -> None:
    assert dict(describe(make_facts(facts)))["Exposure"] == wanted


@pytest.mark.parametrize(
    ("make", "model", "wanted"),
    [
        ("Canon", "Canon EOS R6", "Canon EOS R6"),
        ("NIKON CORPORATION", "NIKON D750", "NIKON D750"),
        ("Apple", "iPhone 15", "Apple iPhone 15"),
        ("", "Pixel 8", "Pixel 8"),
        ("Leica", "", "Leica"),
    ],
)
def test_camera_in_words(make: str, model: str, wanted: str) -> None:
    assert describe(PhotoFacts(make=make, model=model)) == [("Camera", wanted)]


def test_place_in_words() -> None:
    south = make_facts({"latitude": -33.8568, "longitude": 151.2153, "altitude_m": 4.4})
    assert describe(south) == [("Place", "33.85680° S, 151.21530° E, 4 m")]
